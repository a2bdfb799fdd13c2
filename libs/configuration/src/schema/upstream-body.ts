import { z } from 'zod';
import { UPSTREAM_ACCOUNTS, UPSTREAM_AUTHENTICATION_METHODS } from '#libs/oauth';
import { language } from './theme-body.ts';
import { shape, unique } from './shape.ts';
import { id, scopeName } from './values.ts';

/** Text of one line that people read. */
const words = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), 'must be one line without control characters');

const claim = z
  .string()
  .regex(/^(?!__proto__$)[\x21-\x7e]{1,256}$/, 'must be the name of a claim: 1 to 256 printable ASCII characters without space')
  .meta({ description: 'Name of a claim.', examples: ['email'] });
const few = (members: object) => Object.keys(members).length <= 100;
const TOO_MANY = 'must have at most 100 members';

/** Names an upstream provider; it stands in the address that the provider sends people back to. */
export const upstreamName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'must have 1 to 32 small letters, digits and "-", and begin and end with none of "-"')
  .meta({ description: 'Small letters, digits and `-`; at most 32.', examples: ['company'] });

const authenticationBody = shape({
  method: z.enum(UPSTREAM_AUTHENTICATION_METHODS).meta({ description: 'How the service shows who it is. OpenID Connect Core section 9.' }),
  secret: id.nullable().default(null).meta({
    description:
      'Name of the secret of the profile that holds the client secret, or for `private_key_jwt` the private key: a JWK with `alg`, and `kid` where the provider goes by it.',
  }),
}).meta({ description: 'How the service authenticates at the provider.' });

/** Another OpenID provider, by which people sign in. What must go together is checked with the whole configuration. */
export const upstreamBody = shape({
  enabled: z.boolean().default(true).meta({ description: 'Nobody signs in by a disabled one.' }),
  issuer: z
    .string()
    .max(512)
    .refine(isIssuer, 'must be an https URL without query and fragment (http for a provider that an HTTP client with allowHttp reaches)')
    .meta({
      description: 'Value of `iss`, exactly; the metadata is at `/.well-known/openid-configuration` below it.',
      examples: ['https://login.example.com'],
    }),
  clientId: words(256).meta({ description: 'What the service is called at the provider.' }),
  authentication: authenticationBody,
  displayName: words(64).meta({ description: 'What the provider is called on pages: "Sign in with ...".', examples: ['Example Inc.'] }),
  displayNames: z
    .record(language, words(64))
    .default({})
    .meta({ description: 'The same in some languages.', examples: [{ sv: 'Exempel AB' }] }),
  scopes: z
    .array(scopeName)
    .min(1)
    .max(50)
    .superRefine(unique)
    .refine((scopes) => scopes.includes('openid'), 'must have "openid"')
    .default(['openid', 'profile', 'email'])
    .meta({ description: 'What the provider is asked for.' }),
  responseMode: z.enum(['query', 'form_post']).default('query').meta({ description: 'How its answer comes back.' }),
  prompt: words(64)
    .nullable()
    .default(null)
    .meta({ description: 'Sent with every request; null for what the client here asks for.', examples: ['select_account'] }),
  acrValues: z.array(claim).max(20).superRefine(unique).default([]).meta({ description: 'Sent with every request, most wanted first.' }),
  loginHint: z.boolean().default(true).meta({ description: 'Whether the provider hears the `login_hint` of clients here.' }),
  userInfo: z.boolean().default(true).meta({ description: 'Whether its UserInfo endpoint is asked for what the id token has not.' }),
  accounts: z.enum(UPSTREAM_ACCOUNTS).default('link').meta({
    description:
      '`link`: only people whose account is linked to it sign in; `create`: an account is made for whoever comes for the first time.',
  }),
  linkByEmail: z.boolean().default(false).meta({
    description:
      'Whether somebody whose verified address is the username of an account gets that account. It trusts the provider with every such account.',
  }),
  subjectClaim: claim.default('sub').meta({ description: 'What tells people apart there: as lasting and as unique as `sub`.' }),
  usernameClaim: claim.default('preferred_username').meta({
    description: 'What accounts that are made are called; another number is put behind a name that is taken.',
  }),
  attributes: z
    .record(claim, claim)
    .refine(few, TOO_MANY)
    .default({ name: 'name', given_name: 'given_name', family_name: 'family_name', email: 'email', email_verified: 'email_verified' })
    .meta({ description: 'Name of the claim by name of the attribute: of accounts that it has made, at each sign-in.' }),
  allowedEmailDomains: z
    .array(
      z
        .string()
        .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/, 'must be a domain in small letters, such as example.com'),
    )
    .min(1)
    .max(100)
    .superRefine(unique)
    .nullable()
    .default(null)
    .meta({ description: 'Only people with a verified address of one of these domains; null for anybody.' }),
  requiredClaims: z
    .record(claim, z.array(words(256)).min(1).max(100).superRefine(unique))
    .refine(few, TOO_MANY)
    .default({})
    .meta({
      description: 'Only people whose claim is, or has among its elements, one of the values, for each.',
      examples: [{ groups: ['staff'] }],
    }),
  acr: z
    .record(claim, claim)
    .refine(few, TOO_MANY)
    .default({})
    .meta({ description: '`acr` here by `acr` of the provider; others are `urn:tokenwright:upstream`.' }),
  passAmr: z.boolean().default(false).meta({ description: 'Whether sessions have the `amr` of the provider beside `fed`.' }),
}).meta({ description: 'Another OpenID provider, by which people sign in.' });

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isWeb && url.search === '' && url.hash === '' && url.username === '' && url.password === '' && !/[?#\s]/.test(text);
}
