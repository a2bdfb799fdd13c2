import { z } from 'zod';
import { ACCESS_TOKEN_FORMATS, PROFILE_CAPABILITIES, type Origin, type Profile } from '#libs/oauth';
import { shape, unique } from './shape.ts';
import { audience, issuer, label, lifetime, scopeName } from './values.ts';

/** What a scope means, and for how long it holds in a token. */
export const scopeBody = shape({
  description: label.optional(),
  lifetime: lifetime.optional().meta({
    description: 'Seconds after which the scope moves from `scope` to `expired_scope`; without it the scope holds as long as the token.',
  }),
}).meta({ description: 'A scope that clients of the profile may have.' });

/** What holds for clients that say nothing else. */
export const profileDefaultsBody = shape({
  accessTokenLifetime: lifetime.default(600).meta({ description: 'Seconds an access token lives when its client says nothing else.' }),
  maximumTokenLifetime: lifetime
    .default(86_400)
    .meta({ description: 'Seconds that no token of the profile outlives, whatever a procedure asks for.' }),
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

/** A profile as administrators write it; its id comes from the place where it stands. */
export const profileBody = shape({
  issuer,
  capabilities: z
    .array(z.enum(PROFILE_CAPABILITIES))
    .superRefine(unique)
    .default([...PROFILE_CAPABILITIES])
    .meta({ description: 'What the profile can do at all; a client needs the same word among its own.' }),
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
}).meta({ description: 'An issuer with its endpoints, clients, token issuers and keys.' });

export type ProfileBody = z.output<typeof profileBody>;

/** The entity that a body describes. */
export function profileOf(id: string, body: ProfileBody, origin: Origin): Profile {
  const { issuer, capabilities, defaults, allowedAudiences, scopes } = body;
  return { id, issuer, capabilities, defaults, allowedAudiences, scopes: scopes as Profile['scopes'], origin };
}
