/**
 * The configuration as an administrator sees it: plain JSON values, each stored as one row.
 * Times are seconds since 1970 (`...At`) and lifetimes whole seconds unless a name says otherwise.
 */

import type { BackchannelAuthenticationSettings, BackchannelClientSettings } from './backchannel-settings.ts';
import type { Administrator } from './administrator.ts';
import type { ProcedureSample, VersionTests } from './procedure-samples.ts';
import type { ProfileDefaults, Resource, Scope } from './profile-settings.ts';
import type {
  AuthorizationCodeSettings,
  BoundAccessTokens,
  ClientSecret,
  IntrospectionSettings,
  RefreshTokenSettings,
} from './client-settings.ts';
import type { ClientAuthenticationSettings } from './client-authentication-settings.ts';
import type { DeviceAuthorizationSettings, ForwardAuthSettings, TokenValidationSettings, UserPagesSettings } from './endpoint-settings.ts';
import type { AuthenticationContexts, OpenIdSettings } from './openid-settings.ts';
import type { HttpClient } from './http-client-settings.ts';
import type { RegistrationSettings, RegistrationTemplate } from './registration-settings.ts';
import type { TokenExchangeSettings, TrustedIssuer } from './token-exchange-settings.ts';
import type { UpstreamProvider } from './upstream-settings.ts';

/** Who made an entity: a configuration file may replace and remove only what files made. */
export type Origin = 'file' | 'api' | 'system';

/** An issuer with its endpoints, clients, token issuers and keys. */
export interface Profile {
  readonly id: string;
  /** An absolute `https` URL, or a path such as `/~` that is appended to the node's base URL. RFC 8414 section 2. */
  readonly issuer: string;
  readonly capabilities: readonly ProfileCapability[];
  readonly defaults: ProfileDefaults;
  /** Audiences that tokens of this profile may have; null for any. */
  readonly allowedAudiences: readonly string[] | null;
  readonly scopes: Readonly<Record<string, Scope>>;
  /** Other services whose JWTs may be exchanged for tokens of this one, or are assertions here. */
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** Other OpenID providers by which people sign in, by name. */
  readonly upstreamProviders: Readonly<Record<string, UpstreamProvider>>;
  /** By URI. */
  readonly resources: Readonly<Record<string, Resource>>;
  /** Null for one: that of a password. */
  readonly authenticationContexts: AuthenticationContexts | null;
  /** Of clients that register themselves, by id. RFC 7591. */
  readonly registrationTemplates: Readonly<Record<string, RegistrationTemplate>>;
  readonly origin: Origin;
}

/** What a profile can do at all; a client needs the same word among its own capabilities, but for revocation. */
export const PROFILE_CAPABILITIES = [
  'client-credentials',
  'authorization-code',
  'device-authorization',
  'refresh-token',
  'token-exchange',
  'assertion',
  'password',
  'implicit',
  'hybrid',
  'authorization-none',
  'backchannel-authentication',
  'backchannel-decision',
  'introspection',
  'revocation',
] as const;
export type ProfileCapability = (typeof PROFILE_CAPABILITIES)[number];
/**
 * What has to be named: passwords and tokens of the front channel are obsolete, RFC 9700 sections 2.1.2 and 2.4, backchannel authentication
 * needs somebody who reaches people, and few want an authorization that gives them nothing.
 */
const NAMED: ReadonlySet<ProfileCapability> = new Set([
  'password',
  'implicit',
  'hybrid',
  'authorization-none',
  'backchannel-authentication',
  'backchannel-decision',
]);
/** Of a profile that says nothing of it. */
export const DEFAULT_PROFILE_CAPABILITIES: readonly ProfileCapability[] = PROFILE_CAPABILITIES.filter((name) => !NAMED.has(name));

export const ENDPOINT_KINDS = [
  'oauth-token',
  'oauth-introspect',
  'oauth-revoke',
  'oauth-forward-auth',
  'oauth-token-validation',
  'oauth-revocation-events',
  'oauth-authorize',
  'oauth-pushed-authorization',
  'oauth-backchannel-authentication',
  'oauth-backchannel-decision',
  'oauth-device-authorization',
  'oauth-userinfo',
  'oauth-end-session',
  'oauth-dynamic-client-registration',
  'user-pages',
] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** An instance of a kind at a path. A profile may have several of one kind, of which exactly one is advertised. */
export interface Endpoint {
  readonly profile: string;
  readonly id: string;
  readonly kind: EndpointKind;
  /** Absolute path below the base URL, such as `/oauth/v2/oauth-introspect`; matched exactly. */
  readonly path: string;
  readonly enabled: boolean;
  /** Whether metadata names this one. */
  readonly advertised: boolean;
  /** Service roles that serve it; a node has one role, `default` unless told. */
  readonly deployedTo: readonly string[];
  /** Introspection and forward auth: for how long a gateway may cache an answer, at most; null for until expiry. */
  readonly revocationLag: number | null;
  /** Of the kind `oauth-forward-auth`; null for the others. */
  readonly forwardAuth: ForwardAuthSettings | null;
  /** Of the kind `oauth-token-validation`; null for the others. */
  readonly tokenValidation: TokenValidationSettings | null;
  /** Of the kind `oauth-device-authorization`; null for the others. */
  readonly deviceAuthorization: DeviceAuthorizationSettings | null;
  /** Of the kind `user-pages`; null for the others. */
  readonly userPages: UserPagesSettings | null;
  /** Of the kind `oauth-backchannel-authentication`; null for the others. */
  readonly backchannelAuthentication: BackchannelAuthenticationSettings | null;
  /** Of the kind `oauth-dynamic-client-registration`; null for the others. */
  readonly registration: RegistrationSettings | null;
  readonly origin: Origin;
}

/** Says which procedure answers a flow of an endpoint; without one the shipped default does. */
export interface Binding {
  readonly profile: string;
  readonly endpoint: string;
  /** Flow id, see `procedures/flows`. */
  readonly flow: string;
  readonly procedure: string;
  /** Pinned version, or null for the procedure's active one. */
  readonly version: number | null;
  readonly origin: Origin;
}

/** What a client may do; any client may revoke its own tokens. */
export type ClientCapability = Exclude<ProfileCapability, 'revocation'>;
export const CLIENT_CAPABILITIES: readonly ClientCapability[] = PROFILE_CAPABILITIES.filter((name) => name !== 'revocation');

export type AccessTokenFormat = 'opaque' | 'jwt' | 'wrapped-opaque';
export const ACCESS_TOKEN_FORMATS: readonly AccessTokenFormat[] = ['opaque', 'jwt', 'wrapped-opaque'];

export interface Client {
  readonly profile: string;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** At most two are valid at a time, for rotation. Empty for a public client. */
  readonly secrets: readonly ClientSecret[];
  readonly capabilities: readonly ClientCapability[];
  readonly scopes: readonly string[];
  /** Audiences of its tokens; empty for its own id. */
  readonly audiences: readonly string[];
  /** URIs of the profile's resources that its tokens may be for; null for any of them. RFC 8707. */
  readonly resources: readonly string[] | null;
  /** Free key and value for procedures. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Null for the profile's default. */
  readonly accessTokenFormat: AccessTokenFormat | null;
  /** Null for the profile's default. */
  readonly accessTokenLifetime: number | null;
  /** Null for the profile's defaults and rotation. */
  readonly refreshTokens: RefreshTokenSettings | null;
  /** Null for the profile's default. */
  readonly delegationLifetime: number | null;
  /** What its access tokens are bound to always; null for to a key when a proof of one comes along. RFC 9449 section 5.2, RFC 8705 section 3.4. */
  readonly boundAccessTokens: BoundAccessTokens | null;
  /** Null for a client that nobody signs in to. */
  readonly authorizationCode: AuthorizationCodeSettings | null;
  /** Null for the usual, where it may at all. */
  readonly backchannelAuthentication: BackchannelClientSettings | null;
  /** Null for the usual: its own tokens and those for it, for any audience that the profile allows. */
  readonly tokenExchange: TokenExchangeSettings | null;
  /** Null for its secrets, in the header or the form. */
  readonly authentication: ClientAuthenticationSettings | null;
  /** Null for a client that is told of people as the profile does by itself. */
  readonly openId: OpenIdSettings | null;
  readonly introspection: IntrospectionSettings;
  readonly origin: Origin;
}

export type TokenIssuerKind = AccessTokenFormat;

/** Mints one sort of token. Of each kind a profile has at most one default. */
export interface TokenIssuer {
  readonly profile: string;
  readonly id: string;
  readonly kind: TokenIssuerKind;
  /** The default of its kind: `context.accessTokenIssuer` for opaque, `getDefaultAccessTokenJwtIssuer()` for JWT. */
  readonly isDefault: boolean;
  readonly enabled: boolean;
  /** For kinds that sign; null for the profile's signing algorithm of choice, ES256. */
  readonly algorithm: SigningAlgorithm | null;
  /** Null for the client's, else the profile's lifetime. */
  readonly lifetime: number | null;
  /** Whether a procedure may set another `sub` than the delegation's. */
  readonly allowSubjectChange: boolean;
  readonly origin: Origin;
}

export type SigningAlgorithm = 'ES256' | 'RS256' | 'EdDSA';
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'EdDSA'];

/** `next` is published and not used yet, `active` signs, `retired` is published for as long as what it signed can live. */
export type SigningKeyState = 'next' | 'active' | 'retired';

export interface SigningKey {
  readonly profile: string;
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  /** Public JWK with `kid`, `alg` and `use`. */
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private JWK, sealed: a compact JWE under the key encryption key. */
  readonly sealedPrivateJwk: string;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly retiredAt: number | null;
  readonly origin: Origin;
}

export interface Procedure {
  readonly id: string;
  /** Fixed at creation. */
  readonly flow: string;
  readonly description: string;
  /** Null until a version was activated. */
  readonly activeVersion: number | null;
  /** By name. */
  readonly samples: readonly ProcedureSample[];
  readonly origin: Origin;
}

/** Immutable once stored, but for how its tests went. */
export interface ProcedureVersion {
  readonly procedure: string;
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly language: ProcedureLanguage;
  readonly source: string;
  /** What runs: the source with its types blanked out, so that positions stay; the source itself for JavaScript. */
  readonly script: string;
  /** Global scripts it uses, pinned, in the order in which they are evaluated. */
  readonly libraries: readonly LibraryPin[];
  /** Names of the profile's secrets that it may read. */
  readonly secrets: readonly string[];
  /** The last time; null for one that was stored without. */
  readonly tests: VersionTests | null;
  /** SHA-256 of the source, base64url. */
  readonly digest: string;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly origin: Origin;
}

export type ProcedureLanguage = 'javascript' | 'typescript';
export const PROCEDURE_LANGUAGES: readonly ProcedureLanguage[] = ['javascript', 'typescript'];

export interface LibraryPin {
  readonly library: string;
  readonly version: number;
}

/** A global script: plain functions for procedures of any flow. */
export interface Library {
  readonly id: string;
  readonly description: string;
  /** What a procedure pins that names no version; null until a version was activated. */
  readonly activeVersion: number | null;
  readonly origin: Origin;
}

/** Immutable once stored. */
export interface LibraryVersion {
  readonly library: string;
  /** 1, 2, 3, ... without gaps. */
  readonly version: number;
  readonly language: ProcedureLanguage;
  readonly source: string;
  /** What runs, as of a procedure version. */
  readonly script: string;
  /** SHA-256 of the source, base64url. */
  readonly digest: string;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly origin: Origin;
}

/** A value that procedures may read by name when their version was given it. */
export interface Secret {
  readonly profile: string;
  readonly id: string;
  readonly sealedValue: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly origin: Origin;
}

/** A store of attributes that procedures keep between runs. Its entries are data, not configuration. */
export interface Bucket {
  readonly profile: string;
  readonly id: string;
  readonly description: string;
  readonly origin: Origin;
}

export interface Entities {
  profile: Profile;
  endpoint: Endpoint;
  binding: Binding;
  client: Client;
  'token-issuer': TokenIssuer;
  'signing-key': SigningKey;
  'http-client': HttpClient;
  secret: Secret;
  bucket: Bucket;
  library: Library;
  'library-version': LibraryVersion;
  procedure: Procedure;
  'procedure-version': ProcedureVersion;
  administrator: Administrator;
}

export type EntityKind = keyof Entities;

export const ENTITY_KINDS: readonly EntityKind[] = [
  'profile',
  'endpoint',
  'client',
  'token-issuer',
  'signing-key',
  'http-client',
  'secret',
  'bucket',
  'library',
  'library-version',
  'procedure',
  'procedure-version',
  'binding',
  'administrator',
];

/** The key of an entity among its kind: the ids that name it, joined by `/`, parent first. */
export function keyOf<K extends EntityKind>(kind: K, value: Entities[K]): string {
  const parts = KEY_PARTS[kind](value);
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

/** The same key from the ids alone, such as `entityKey('token-service', 'gateway_client')`. */
export function entityKey(...ids: readonly (string | number)[]): string {
  return ids.map((id) => encodeURIComponent(String(id))).join('/');
}

const KEY_PARTS: { readonly [K in EntityKind]: (value: Entities[K]) => string[] } = {
  profile: (v) => [v.id],
  endpoint: (v) => [v.profile, v.id],
  binding: (v) => [v.profile, v.endpoint, v.flow],
  client: (v) => [v.profile, v.id],
  'token-issuer': (v) => [v.profile, v.id],
  'signing-key': (v) => [v.profile, v.kid],
  'http-client': (v) => [v.profile, v.id],
  secret: (v) => [v.profile, v.id],
  bucket: (v) => [v.profile, v.id],
  library: (v) => [v.id],
  'library-version': (v) => [v.library, String(v.version)],
  procedure: (v) => [v.id],
  'procedure-version': (v) => [v.procedure, String(v.version)],
  administrator: (v) => [v.id],
};
