import type { ClientAuthenticationMethod } from './client-authentication-settings.ts';
import type { ClientCapability } from './entities.ts';
import type { BoundAccessTokens } from './client-settings.ts';
import type { SubjectType } from './openid-settings.ts';

/** What shows that somebody may register a client, where one of several is enough. RFC 7591 section 3. */
export type RegistrationAccess =
  /** A token that an administrator has made for it, used once or a few times. */
  | 'initial-access-token'
  /** An access token of the profile with the scope of the endpoint. */
  | 'access-token'
  /** What an issuer that the profile trusts has signed about the software. RFC 7591 section 2.3. */
  | 'software-statement'
  /** Nothing: open registration. RFC 7591 section 3. */
  | 'anyone';
export const REGISTRATION_ACCESS: readonly RegistrationAccess[] = ['initial-access-token', 'access-token', 'software-statement', 'anyone'];

/** Who may register clients at an endpoint, and by which template they are made. */
export interface RegistrationSettings {
  /** The template where nothing names another. */
  readonly template: string;
  /** Others that initial access tokens may name. */
  readonly templates: readonly string[];
  /** Each is enough by itself. */
  readonly access: readonly RegistrationAccess[];
  /** What an access token must have; null where `access` has no `access-token`. */
  readonly accessTokenScope: string | null;
  /** Whose software statements count; empty for nobody's: then one that is sent is refused. */
  readonly softwareStatements: readonly StatementIssuer[];
  /** Whether there is no registration without a software statement, whatever else is shown. */
  readonly softwareStatementRequired: boolean;
  /** Registrations in a minute from one address. */
  readonly perMinute: number;
}

/** An issuer of software statements, of those that the profile trusts. */
export interface StatementIssuer {
  /** Value of `iss`. */
  readonly issuer: string;
  /** Of clients that it vouches for; null for that of the endpoint. */
  readonly template: string | null;
}

/** What a client may do that registers itself: never look at tokens, at people's passwords or decide for them. */
export type RegisteredCapability = Extract<
  ClientCapability,
  'authorization-code' | 'device-authorization' | 'client-credentials' | 'refresh-token' | 'token-exchange' | 'assertion'
>;

/** Defaults and ceilings of clients that register themselves. They hold for those that have, too, from the moment in which they change. */
export interface RegistrationTemplate {
  /** What they may do at most; those that ask for no grant types get the first that RFC 7591 names, if it is among them, else all. */
  readonly capabilities: readonly RegisteredCapability[];
  /** Scopes they may have at most. */
  readonly scopes: readonly string[];
  /** Scopes of those that ask for none; null for all of them. RFC 7591 section 2. */
  readonly defaultScopes: readonly string[] | null;
  /** How they may authenticate; the first is for those that do not say. */
  readonly authenticationMethods: readonly ClientAuthenticationMethod[];
  /** By which subjects they may know people, the first for those that do not say. Absent, `public`, where it was stored by an earlier version. */
  readonly subjectTypes?: readonly SubjectType[];
  /** Audiences of their tokens; empty for their own ids. */
  readonly audiences: readonly string[];
  /** URIs of the profile's resources that their tokens may be for; null for any of them. */
  readonly resources: readonly string[] | null;
  /** Seconds; null for the profile's. */
  readonly accessTokenLifetime: number | null;
  /** Seconds; null for the profile's. */
  readonly refreshTokenLifetime: number | null;
  /** Seconds; null for the profile's. */
  readonly delegationLifetime: number | null;
  /** What access tokens of all of them are bound to; null where they choose. */
  readonly boundAccessTokens: BoundAccessTokens | null;
  /** Whether people are asked what they may do. */
  readonly consent: boolean;
  /** Whether all of them must push their requests; else they choose. RFC 9126 section 6. */
  readonly pushedRequestsOnly: boolean;
  /** Hosts of redirect URIs, `app.example` or `*.example`; null for any. */
  readonly redirectHosts: readonly string[] | null;
  /** Origins of pages that may register clients and use them from a browser. */
  readonly webOrigins: readonly string[];
  /** What procedures see of all of them. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Other members of the metadata that become properties of the client. */
  readonly metadataProperties: readonly string[];
  /** How many of them there may be at a time. */
  readonly maximumClients: number;
  /** Seconds after which a client is gone; null for never. */
  readonly clientLifetime: number | null;
  /** Seconds after which a secret ends; null for never. An update in the second half of its life gives another. */
  readonly secretLifetime: number | null;
  /** Whether each update gives another secret. */
  readonly rotateSecretOnUpdate: boolean;
  /** Seconds for which a secret is good when there is another. */
  readonly secretOverlap: number;
}
