import type { PageLocale } from './endpoint-settings.ts';

/** How the service authenticates at an upstream provider. OpenID Connect Core section 9. */
export const UPSTREAM_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type UpstreamAuthenticationMethod = (typeof UPSTREAM_AUTHENTICATION_METHODS)[number];

export interface UpstreamAuthentication {
  readonly method: UpstreamAuthenticationMethod;
  /** Name of the profile's secret with the client secret, or with the private key as a JWK; null for the method `none`. */
  readonly secret: string | null;
}

/** Who may sign in by an upstream provider. */
export type UpstreamAccounts =
  /** Accounts that are linked to it, and no others. */
  | 'link'
  /** Whoever comes: an account is made when somebody is seen for the first time. */
  | 'create';
export const UPSTREAM_ACCOUNTS: readonly UpstreamAccounts[] = ['link', 'create'];

/** Another OpenID provider, by which people sign in here. OpenID Connect Core. */
export interface UpstreamProvider {
  readonly enabled: boolean;
  /** Value of `iss`, exactly. Its metadata is found from it. OpenID Connect Discovery section 4. */
  readonly issuer: string;
  /** What the service is called there. */
  readonly clientId: string;
  readonly authentication: UpstreamAuthentication;
  /** What it is called on pages. */
  readonly displayName: string;
  /** The same in some languages. */
  readonly displayNames: Readonly<Partial<Record<PageLocale, string>>>;
  readonly scopes: readonly string[];
  /** How the answer comes back: in the address, or posted. OAuth 2.0 Form Post Response Mode. */
  readonly responseMode: 'query' | 'form_post';
  /** Sent with every request; null for what the client of this service asks for. OpenID Connect Core section 3.1.2.1. */
  readonly prompt: string | null;
  /** Sent with every request, most wanted first. */
  readonly acrValues: readonly string[];
  /** Whether it hears the `login_hint` of clients of this service. */
  readonly loginHint: boolean;
  /** Whether its UserInfo endpoint is asked for claims that the id token has not. */
  readonly userInfo: boolean;
  readonly accounts: UpstreamAccounts;
  /** Whether somebody with an address that it says is verified gets the account whose username is that address. */
  readonly linkByEmail: boolean;
  /** The claim that tells people apart: `sub`, or one that it promises to be as lasting and as unique. */
  readonly subjectClaim: string;
  /** The claim that names accounts that are made; the address, else the subject, where it is missing. */
  readonly usernameClaim: string;
  /** Name of the claim by name of the attribute, for accounts that it has made. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Who may come: people with a verified address of one of these domains; null for anybody. */
  readonly allowedEmailDomains: readonly string[] | null;
  /** Who may come: people whose claim is, or has, one of these values, for each. */
  readonly requiredClaims: Readonly<Record<string, readonly string[]>>;
  /** `acr` of sessions by its own `acr`; others are `urn:tokenwright:upstream`. */
  readonly acr: Readonly<Record<string, string>>;
  /** Whether sessions have its `amr`; else they have none of it but `fed`. */
  readonly passAmr: boolean;
}

/** Of a session by an upstream provider of which no mapping says more. */
export const BY_UPSTREAM = { acr: 'urn:tokenwright:upstream', amr: ['fed'] } as const;
