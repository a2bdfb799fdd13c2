import { z } from 'zod';
import {
  ACCESS_TOKEN_FORMATS,
  BOUND_ACCESS_TOKENS,
  CLIENT_CAPABILITIES,
  INTROSPECTION_FORMATS,
  INTROSPECTION_POLICIES,
  redirectUriProblem,
  type Client,
  type ClientSecret,
  type Origin,
} from '#libs/oauth';
import { backchannelClientBody } from './backchannel-body.ts';
import { clientAuthenticationBody } from './client-authentication-body.ts';
import { shape, unique } from './shape.ts';
import { openIdBody } from './openid-body.ts';
import { tokenExchangeBody } from './token-exchange-body.ts';
import { audience, description, grace, label, lifetime, properties, resourceUri, scopeName } from './values.ts';

const ENCRYPTION_ALGORITHMS = [
  'RSA-OAEP',
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
] as const;
const CONTENT_ENCRYPTIONS = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512'] as const;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** To whom introspection responses are encrypted. RFC 9701 section 6. */
export const introspectionEncryptionBody = shape({
  alg: z.enum(ENCRYPTION_ALGORITHMS).meta({ description: '`introspection_encrypted_response_alg`.' }),
  enc: z.enum(CONTENT_ENCRYPTIONS).default('A256GCM').meta({ description: '`introspection_encrypted_response_enc`.' }),
  jwk: z.record(z.string().max(64), z.unknown()).meta({ description: "The client's public key. RFC 7517." }),
}).superRefine(({ alg, jwk }, context) => {
  const refuse = (member: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['jwk', ...(member === '' ? [] : [member])], message });
  for (const member of PRIVATE_MEMBERS)
    if (Object.hasOwn(jwk, member)) refuse(member, 'is part of a private or secret key; give the public key only');
  const kinds = alg.startsWith('RSA') ? ['RSA'] : ['EC', 'OKP'];
  const kty = jwk['kty'];
  if (typeof kty !== 'string' || !kinds.includes(kty)) {
    refuse('kty', `must be ${kinds.map((kind) => `"${kind}"`).join(' or ')} for ${alg}`);
    return;
  }
  const required = kty === 'RSA' ? ['n', 'e'] : kty === 'EC' ? ['crv', 'x', 'y'] : ['crv', 'x'];
  for (const member of required)
    if (typeof jwk[member] !== 'string' || !/^[A-Za-z0-9_-]{1,2048}$/.test(jwk[member])) refuse(member, 'is missing or no base64url text');
  const curves = kty === 'EC' ? ['P-256', 'P-384', 'P-521'] : kty === 'OKP' ? ['X25519'] : null;
  if (curves !== null && !curves.includes(String(jwk['crv'])))
    refuse('crv', `must be one of ${curves.map((curve) => `"${curve}"`).join(', ')}`);
  if (kty === 'RSA' && typeof jwk['n'] === 'string' && jwk['n'].length < 342) refuse('n', 'must have at least 2048 bits');
});

/** What a client may learn by introspection, and in which formats. */
export const introspectionBody = shape({
  policy: z
    .enum(INTROSPECTION_POLICIES)
    .nullable()
    .default(null)
    .meta({ description: 'Which tokens it may introspect; null: `any` when introspection is its only capability, else `own`.' }),
  formats: z
    .array(z.enum(INTROSPECTION_FORMATS))
    .min(1)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'Null: all when introspection is its only capability, else `json`.' }),
  encryption: introspectionEncryptionBody
    .nullable()
    .default(null)
    .meta({ description: 'When set, every answer is a response encrypted to this key. RFC 9701.' }),
  unknownTokensPerMinute: z.int().min(1).max(1_000_000).nullable().default(null).meta({
    description:
      'Tokens that nobody knows which it may present in a minute from an address, before answers for them, and for no others, are slowed and refused; null for 6000.',
  }),
});

/** How a client gets new tokens without the person. RFC 6749 section 6. */
export const refreshTokensBody = shape({
  lifetime: lifetime
    .nullable()
    .default(null)
    .meta({ description: "Seconds that a refresh token may lie unused; null for the profile's default." }),
  rotation: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether each use ends the token and gives another, so that a stolen one shows. RFC 9700 section 4.14.' }),
  grace: grace.nullable().default(null).meta({ description: "Null for the profile's default." }),
});

const redirectUri = z
  .string()
  .max(2048)
  .superRefine((text, context) => {
    const problem = redirectUriProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'An absolute URL without fragment.', examples: ['https://app.example/callback'] });

const webOrigin = z
  .string()
  .max(300)
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
    'must be an origin, such as https://app.example',
  )
  .meta({ description: 'Scheme, host and port of a page.', examples: ['https://app.example'] });

/** How people are sent to and from a client. RFC 6749 section 4.1. */
export const authorizationCodeBody = shape({
  redirectUris: z
    .array(redirectUri)
    .min(1)
    .max(100)
    .superRefine(unique)
    .meta({ description: 'Where people come back to; compared exactly, but for the port of a loopback address.' }),
  postLogoutRedirectUris: z
    .array(redirectUri)
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Where people may be sent after they have signed out.' }),
  webOrigins: z
    .array(webOrigin)
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Origins of pages that may call the token, revocation, userinfo and PAR endpoint from a browser.' }),
  consent: z.boolean().default(true).meta({ description: 'Whether people are asked what the client may do.' }),
  signedRequestsOnly: z.boolean().default(false).meta({ description: 'Whether its requests must be signed, by its own keys. RFC 9101.' }),
  pushedRequestsOnly: z.boolean().default(false).meta({ description: 'Whether its requests must have been pushed. RFC 9126.' }),
});

/** A client as administrators write it, without its secrets. */
export const clientBody = shape({
  name: label.optional().meta({ description: 'For people; by default the id.' }),
  description: description.default(''),
  enabled: z.boolean().default(true).meta({ description: 'A disabled client cannot authenticate.' }),
  capabilities: z.array(z.enum(CLIENT_CAPABILITIES)).superRefine(unique).default([]).meta({ description: 'What it may do.' }),
  scopes: z
    .array(scopeName)
    .max(1000)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Scopes it may have, out of those of the profile.' }),
  audiences: z
    .array(audience)
    .max(100)
    .superRefine(unique)
    .default([])
    .meta({ description: 'Audiences of its tokens; empty for its own id.' }),
  properties: properties.default({}),
  accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS).nullable().default(null).meta({ description: "Null for the profile's default." }),
  accessTokenLifetime: lifetime.nullable().default(null).meta({ description: "Seconds; null for the profile's default." }),
  refreshTokens: refreshTokensBody.nullable().default(null).meta({ description: "Null for the profile's defaults and rotation." }),
  delegationLifetime: lifetime
    .nullable()
    .default(null)
    .meta({ description: "Seconds after which the person is asked again, however often tokens were refreshed; null for the profile's." }),
  tokenExchange: tokenExchangeBody
    .nullable()
    .default(null)
    .meta({ description: 'What it may exchange, and for what; null for its own tokens and those for it, for any audience.' }),
  authentication: clientAuthenticationBody
    .nullable()
    .default(null)
    .meta({ description: 'How it authenticates; null for its secrets, in the header or the form.' }),
  openId: openIdBody
    .nullable()
    .default(null)
    .meta({ description: 'How people are told to it; null for as the profile does by itself. OpenID Connect.' }),
  resources: z
    .array(resourceUri)
    .max(1000)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: "URIs of the profile's resources that its tokens may be for; null for any of them. RFC 8707." }),
  boundAccessTokens: z.enum(BOUND_ACCESS_TOKENS).nullable().default(null).meta({
    description: 'What its access tokens are bound to always; null: to a key when a DPoP proof comes along. RFC 9449, RFC 8705.',
  }),
  authorizationCode: authorizationCodeBody.nullable().default(null).meta({ description: 'Null for a client that nobody signs in to.' }),
  backchannelAuthentication: backchannelClientBody
    .nullable()
    .default(null)
    .meta({ description: 'How it has people authenticated by the backchannel; null for the usual.' }),
  introspection: introspectionBody.prefault({}),
}).meta({ description: 'Somebody who asks for tokens or introspects them.' });

export type ClientBody = z.output<typeof clientBody>;

/** A secret that a person chose. RFC 6749 appendix A.2: printable ASCII. */
export const chosenSecret = z
  .string()
  .min(4)
  .max(256)
  .regex(/^[\x20-\x7E]+$/, 'must have printable ASCII characters only')
  .meta({ description: 'A secret that a person chose: 4 to 256 printable ASCII characters.' });

/** The entity that a body describes. */
export function clientOf(profile: string, id: string, body: ClientBody, secrets: readonly ClientSecret[], origin: Origin): Client {
  return {
    profile,
    id,
    name: body.name ?? id,
    description: body.description,
    enabled: body.enabled,
    secrets,
    capabilities: body.capabilities,
    scopes: body.scopes,
    audiences: body.audiences,
    properties: body.properties,
    accessTokenFormat: body.accessTokenFormat,
    accessTokenLifetime: body.accessTokenLifetime,
    refreshTokens: body.refreshTokens,
    delegationLifetime: body.delegationLifetime,
    boundAccessTokens: body.boundAccessTokens,
    resources: body.resources,
    authorizationCode: body.authorizationCode,
    backchannelAuthentication: body.backchannelAuthentication,
    tokenExchange: body.tokenExchange,
    authentication: body.authentication,
    openId: body.openId,
    introspection: body.introspection,
    origin,
  };
}
