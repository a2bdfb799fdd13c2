import { z } from 'zod';
import { ACCESS_TOKEN_FORMATS, DEFAULT_PROFILE_CAPABILITIES, PROFILE_CAPABILITIES, type Origin, type Profile } from '#libs/oauth';
import { registrationTemplateBody } from './registration-body.ts';
import { shape, unique } from './shape.ts';
import { authenticationContextsBody } from './openid-body.ts';
import { trustedIssuerBody } from './token-exchange-body.ts';
import { upstreamBody, upstreamName } from './upstream-body.ts';
import { audience, claimName, grace, id, issuer, label, lifetime, resourceUri, scopeName } from './values.ts';

/** What a scope means, and for how long it holds in a token. */
export const scopeBody = shape({
  description: label.optional(),
  lifetime: lifetime.optional().meta({
    description: 'Seconds after which the scope moves from `scope` to `expired_scope`; without it the scope holds as long as the token.',
  }),
  claims: z
    .array(claimName)
    .max(100)
    .superRefine(unique)
    .optional()
    .meta({ description: 'Claims about the person that it releases, beside those of OpenID Connect Core section 5.4.' }),
}).meta({ description: 'A scope that clients of the profile may have.' });

/** What holds for clients that say nothing else. */
export const profileDefaultsBody = shape({
  accessTokenLifetime: lifetime.default(600).meta({ description: 'Seconds an access token lives when its client says nothing else.' }),
  maximumTokenLifetime: lifetime
    .default(86_400)
    .meta({ description: 'Seconds that no access token of the profile outlives, whatever a procedure asks for.' }),
  refreshTokenLifetime: lifetime
    .default(1_209_600)
    .meta({ description: 'Seconds that a refresh token may lie unused when its client says nothing else.' }),
  delegationLifetime: lifetime
    .default(7_776_000)
    .meta({ description: 'Seconds after which the person is asked again, however often tokens were refreshed.' }),
  idTokenLifetime: lifetime.default(600).meta({ description: 'Seconds an id token lives.' }),
  dpopNonces: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether DPoP proofs at the token endpoint need a nonce. RFC 9449 section 8.' }),
  refreshTokenGrace: grace.default(30),
  accessTokenFormat: z
    .enum(ACCESS_TOKEN_FORMATS)
    .default('opaque')
    .meta({ description: 'Form of access tokens when the client says nothing else.' }),
}).superRefine((defaults, context) => {
  if (defaults.accessTokenLifetime > defaults.maximumTokenLifetime)
    context.addIssue({
      code: 'custom',
      path: ['accessTokenLifetime'],
      message: `must be at most maximumTokenLifetime (${defaults.maximumTokenLifetime})`,
    });
});

/** An API that tokens can be asked for by its URI. RFC 8707. */
export const resourceBody = shape({
  description: label.optional(),
  audience: audience.nullable().default(null).meta({ description: '`aud` of its tokens; null for the URI itself.' }),
  scopes: z
    .array(scopeName)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'The scopes that mean something there; null for all.' }),
  accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS).nullable().default(null).meta({ description: "Null for the client's." }),
  accessTokenLifetime: lifetime.nullable().default(null).meta({ description: 'Seconds that a token for it lives at most.' }),
}).meta({ description: 'An API that tokens can be asked for by its URI.' });

/** A profile as administrators write it; its id comes from the place where it stands. */
export const profileBody = shape({
  issuer,
  capabilities: z
    .array(z.enum(PROFILE_CAPABILITIES))
    .superRefine(unique)
    .default([...DEFAULT_PROFILE_CAPABILITIES])
    .meta({
      description:
        'What the profile can do at all; a client needs the same word among its own. By default all but `password`, which is obsolete.',
    }),
  defaults: profileDefaultsBody.prefault({}),
  allowedAudiences: z
    .array(audience)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'Audiences that tokens may have; null for any.' }),
  scopes: z
    .record(scopeName, scopeBody)
    .refine((scopes) => Object.keys(scopes).length <= 1000, 'must have at most 1000 members')
    .default({})
    .meta({ description: 'The scopes that clients of the profile may have, by name.' }),
  trustedIssuers: z.array(trustedIssuerBody).max(100).default([]).meta({
    description: 'Other services whose JWTs may be exchanged for tokens of this one, or are assertions here. RFC 8693, RFC 7523.',
  }),
  upstreamProviders: z
    .record(upstreamName, upstreamBody)
    .refine((providers) => Object.keys(providers).length <= 20, 'must have at most 20 members')
    .default({})
    .meta({ description: 'Other OpenID providers by which people sign in, by name.' }),
  resources: z
    .record(resourceUri, resourceBody)
    .refine((resources) => Object.keys(resources).length <= 1000, 'must have at most 1000 members')
    .default({})
    .meta({
      description:
        'APIs that tokens can be asked for by the parameter `resource`, by URI; without any the parameter is left to procedures. RFC 8707.',
    }),
  authenticationContexts: authenticationContextsBody
    .nullable()
    .default(null)
    .meta({ description: 'How sure it may be who somebody is, `acr`; null for one way, a password.' }),
  registrationTemplates: z
    .record(id, registrationTemplateBody)
    .refine((templates) => Object.keys(templates).length <= 100, 'must have at most 100 members')
    .default({})
    .meta({ description: 'Defaults and ceilings of clients that register themselves, by id. RFC 7591.' }),
}).meta({ description: 'An issuer with its endpoints, clients, token issuers and keys.' });

export type ProfileBody = z.output<typeof profileBody>;

/** The entity that a body describes. */
export function profileOf(profile: string, body: ProfileBody, origin: Origin): Profile {
  const { issuer, capabilities, defaults, allowedAudiences, scopes, trustedIssuers, upstreamProviders, resources } = body;
  const { authenticationContexts, registrationTemplates } = body;
  return {
    ...{ id: profile, issuer, capabilities, defaults, allowedAudiences, scopes: scopes as Profile['scopes'], trustedIssuers },
    ...{ upstreamProviders, resources: resources as Profile['resources'], authenticationContexts, registrationTemplates, origin },
  };
}
