import { z } from 'zod';
import {
  BOUND_ACCESS_TOKENS,
  CLIENT_AUTHENTICATION_METHODS,
  REGISTERED_CAPABILITIES,
  REGISTRATION_ACCESS,
  SUBJECT_TYPES,
} from '#libs/oauth';
import { shape, unique } from './shape.ts';
import { audience, id, lifetime, properties, resourceUri, scopeName } from './values.ts';

/** Whose software statements count, and what comes of them. */
const statementIssuerBody = shape({
  issuer: z
    .string()
    .min(1)
    .max(512)
    .meta({ description: 'Value of `iss`: one of the trustedIssuers of the profile.', examples: ['https://directory.example'] }),
  template: id.nullable().default(null).meta({ description: 'Of clients that it vouches for; null for that of the endpoint.' }),
});

/** Who may register clients at an endpoint. RFC 7591 section 3. */
export const registrationBody = shape({
  template: id.meta({ description: 'The registration template of the profile by which clients are made where nothing names another.' }),
  templates: z.array(id).max(100).superRefine(unique).default([]).meta({ description: 'Others that initial access tokens may name.' }),
  access: z.array(z.enum(REGISTRATION_ACCESS)).min(1).superRefine(unique).default(['initial-access-token']).meta({
    description:
      'What shows that somebody may register, each enough by itself: a token that an administrator has made, an access token with a scope, a software statement; `anyone` lets everybody in.',
  }),
  accessTokenScope: scopeName.nullable().default(null).meta({ description: 'What an access token must have, with `access-token`.' }),
  softwareStatements: z
    .array(statementIssuerBody)
    .max(100)
    .default([])
    .meta({ description: 'Whose software statements count. RFC 7591 section 2.3.' }),
  softwareStatementRequired: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether there is no registration without a software statement, whatever else is shown.' }),
  perMinute: z.int().min(1).max(100_000).default(60).meta({ description: 'Registrations in a minute from one address, on each node.' }),
}).meta({ description: 'Of endpoints of kind `oauth-dynamic-client-registration`: who may register clients, and what they become.' });

const redirectHost = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$|^\[[0-9a-f:]+\]$/,
    'must be a host in small letters such as app.example or *.app.example, without scheme, port and path',
  );

const webOrigin = z
  .string()
  .max(300)
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
    'must be an origin, such as https://app.example',
  );

/** Defaults and ceilings of clients that register themselves. What must go together is checked with the whole configuration. */
export const registrationTemplateBody = shape({
  capabilities: z
    .array(z.enum(REGISTERED_CAPABILITIES))
    .min(1)
    .superRefine(unique)
    .meta({ description: 'What they may do at most. Never introspection, and no passwords of people.' }),
  scopes: z.array(scopeName).max(1000).superRefine(unique).default([]).meta({ description: 'Scopes they may have at most.' }),
  defaultScopes: z
    .array(scopeName)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'Scopes of those that ask for none; null for all of them.' }),
  authenticationMethods: z
    .array(z.enum(CLIENT_AUTHENTICATION_METHODS))
    .min(1)
    .superRefine(unique)
    .default(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
    .meta({ description: 'How they may authenticate; the first is for those that do not say and may not use client_secret_basic.' }),
  subjectTypes: z.array(z.enum(SUBJECT_TYPES)).min(1).superRefine(unique).default(['public']).meta({
    description: 'By which subjects they may know people; the first is for those that do not say. OpenID Connect Core section 8.',
  }),
  audiences: z
    .array(audience)
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Audiences of their tokens; empty for their own ids.' }),
  resources: z
    .array(resourceUri)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default([])
    .meta({ description: "URIs of the profile's resources that their tokens may be for; null for any of them, by default none." }),
  accessTokenLifetime: lifetime.nullable().default(null).meta({ description: "Seconds; null for the profile's." }),
  refreshTokenLifetime: lifetime.nullable().default(null).meta({ description: "Seconds; null for the profile's." }),
  delegationLifetime: lifetime.nullable().default(null).meta({ description: "Seconds; null for the profile's." }),
  boundAccessTokens: z
    .enum(BOUND_ACCESS_TOKENS)
    .nullable()
    .default(null)
    .meta({ description: 'What access tokens of all of them are bound to; null where they choose.' }),
  consent: z.boolean().default(true).meta({ description: 'Whether people are asked what they may do.' }),
  pushedRequestsOnly: z.boolean().default(false).meta({ description: 'Whether all of them must push their requests. RFC 9126.' }),
  redirectHosts: z
    .array(redirectHost)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'Hosts of redirect URIs, `app.example` or `*.app.example`; null for any.' }),
  webOrigins: z
    .array(webOrigin)
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Origins of pages that may register clients and use them from a browser.' }),
  properties: properties.default({}).meta({ description: 'What procedures see of all of them.' }),
  metadataProperties: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be a name of letters, digits, "_" and "-"'))
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Other members of the metadata that become properties of the client: what it says of itself, unverified.' }),
  maximumClients: z.int().min(1).max(10_000_000).default(10_000).meta({ description: 'How many of them there may be at a time.' }),
  clientLifetime: lifetime.nullable().default(null).meta({ description: 'Seconds after which a client is gone; null for never.' }),
  secretLifetime: lifetime.nullable().default(null).meta({
    description: 'Seconds after which a secret ends; null for never. An update in the second half of its life gives another.',
  }),
  rotateSecretOnUpdate: z.boolean().default(false).meta({ description: 'Whether each update gives another secret. RFC 7592 section 2.2.' }),
  secretOverlap: z
    .int()
    .min(0)
    .max(2_592_000)
    .default(3600)
    .meta({ description: 'Seconds for which a secret is good when there is another.' }),
}).meta({ description: 'Defaults and ceilings of clients that register themselves; changes hold for those that have, too.' });

/** What a template is that says only what they may do. */
export const PLAIN_TEMPLATE = registrationTemplateBody.parse({ capabilities: ['client-credentials'] });
