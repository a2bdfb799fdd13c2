import type { RequestAuth } from './auth.ts';
import { networksOf } from './client-certificate.ts';
import { isSafe } from './metadata.ts';
import type { TokenPlace } from './presented-token.ts';
import type { RevocationFeed } from './revocations.ts';
import { isScope, type ScopeRule } from './scopes.ts';
import type { Fetch } from './service-fetch.ts';
import type { TokenRequest } from './token-request.ts';
import { authenticationRule, type AuthenticationRule } from './user-authentication.ts';

/**
 * A check of the API's own. Anything but `true` denies: `false` and `invalid_token` answer 401, `insufficient_scope` 403.
 * One that throws lets nobody in either; the error is the caller's.
 */
export type Check = (auth: RequestAuth, request: TokenRequest) => Verdict | Promise<Verdict>;
type Verdict = boolean | 'invalid_token' | 'insufficient_scope';

/** What an API accepts, and from whom. */
export interface TokenValidatorOptions {
  /** The service, exactly as it calls itself (`issuer` of its metadata). The rest is read from there. */
  readonly issuer: string;
  /**
   * What tokens for this API have in `aud`, one of them where there are several. Null takes tokens for any audience: then every
   * token of the issuer opens this API, also ones meant for another.
   */
  readonly audience: string | readonly string[] | null;
  /** Who this API is to the service, for introspection. Without it only JWTs are accepted. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** What every request needs. */
  readonly scopes?: ScopeRule;
  /** How, and how lately, the person of every request must have signed in. RFC 9470. */
  readonly authentication?: AuthenticationRule;
  readonly checks?: readonly Check[];

  /** Seconds that a revoked token may still be accepted for: as long is an introspection answer kept. 60; 0 asks every time. */
  readonly revocationLag?: number;
  /** Introspects JWTs too, so that revocation reaches them. */
  readonly introspectJwts?: boolean;
  /** `jwt` asks for the phantom token and verifies its signature. `json` else. */
  readonly introspection?: 'json' | 'jwt';
  /** The introspection endpoint, where it is not the one in the metadata. */
  readonly introspectionEndpoint?: string;
  /** Seconds after the lag in which a kept answer counts while the service is down. 0. */
  readonly staleIfError?: number;
  /** Seconds that a token is known not to be active. 5. */
  readonly negativeLag?: number;
  /** Tokens that are kept, of each sort. 10,000. */
  readonly cacheSize?: number;
  /** Introspection calls under way at a time; beyond, requests are answered 503. 500. */
  readonly mostCalls?: number;
  /**
   * Listens to the service's feed of revocations, named in its metadata. While it can be heard, answers are kept for
   * `revocationLagWithFeed` and a revoked token is forgotten at once; when it cannot, for `revocationLag` again.
   */
  readonly revocationEvents?: boolean;
  /** Seconds that an answer is kept while the service's feed can be heard. 3600. */
  readonly revocationLagWithFeed?: number;
  /** Tells of revocations as they happen, from elsewhere. */
  readonly revocationFeed?: RevocationFeed;

  /**
   * Switches DPoP on: the URL that clients see, as scheme, host and where there is one the path before what arrives here
   * (`https://api.example.com`), or a function. `from-request` trusts the Host header: then a proof for another host can be sent
   * here with that host's name.
   */
  readonly publicUrl?: string | ((request: TokenRequest) => string);
  /** Proxies (addresses, CIDR ranges) that end TLS and tell the client's certificate in `Client-Cert`. Else the connection's counts. */
  readonly certificateProxies?: readonly string[];
  /** Where a token may be. `['header']`; the others show tokens to logs. RFC 6750 section 2. */
  readonly acceptFrom?: readonly TokenPlace[];
  /** Of challenges; the issuer, where there is none. */
  readonly realm?: string;
  /** URL of the API's metadata, told in challenges. RFC 9728 section 5.1. */
  readonly resourceMetadata?: string;

  /** Milliseconds that the service has for an answer. 5000. */
  readonly timeout?: number;
  /** Takes `http:` URLs of the service beyond this machine: tokens and secrets can be read on the way. */
  readonly allowHttp?: boolean;
  /** What hinders the check of tokens, for the log: the service cannot be reached, refuses, or answers what cannot be used. */
  readonly onProblem?: (problem: Error) => void;
  /** Milliseconds since 1970. `Date.now`. */
  readonly clock?: () => number;
  /** The global `fetch`. */
  readonly fetch?: Fetch;
}

/** Options with what was left out. */
export type Settings = ReturnType<typeof settingsOf>;

/**
 * Checks options and adds what was left out.
 * @throws TypeError that says which option is wrong and what it should be
 */
export function settingsOf(options: TokenValidatorOptions) {
  const { issuer, audience, clientId, clientSecret, allowHttp = false, certificateProxies } = options;
  const client = clientOf(clientId, clientSecret);
  refuse(!isIssuer(issuer, allowHttp), 'issuer must be an https URL without query and fragment (http on this machine, or with allowHttp)');
  refuse(!isAudience(audience), 'audience must be a string, a list of strings, or null for any');
  refuse(
    client === null && (options.introspectJwts === true || options.introspection === 'jwt'),
    'introspection needs clientId and clientSecret',
  );
  refuse(client === null && options.revocationEvents === true, 'revocationEvents needs clientId and clientSecret');
  const endpoint = options.introspectionEndpoint;
  refuse(endpoint !== undefined && !isSafe(endpoint, allowHttp), 'introspectionEndpoint must be an https URL (or http with allowHttp)');
  const [all, any] = [listOf(options.scopes?.all, 'scopes.all'), listOf(options.scopes?.any, 'scopes.any')];
  const acceptFrom = options.acceptFrom ?? ['header'];
  refuse(!isPlaces(acceptFrom), 'acceptFrom must name places: header, form or query');
  refuse(![undefined, 'json', 'jwt'].includes(options.introspection), 'introspection must be "json" or "jwt"');
  for (const text of [options.realm, options.resourceMetadata])
    refuse(text !== undefined && !/^[\x20-\x7e]*$/.test(text), 'realm and resourceMetadata go into headers: use printable ASCII');
  return {
    issuer,
    audience: audience === null ? null : [audience].flat(),
    client,
    scopes: { all, any },
    authentication: options.authentication === undefined ? null : authenticationRule(options.authentication),
    checks: options.checks ?? [],
    lag: seconds(options.revocationLag, 60, 'revocationLag') * 1000,
    listens: options.revocationEvents ?? false,
    lagWithFeed: seconds(options.revocationLagWithFeed, 3600, 'revocationLagWithFeed') * 1000,
    stale: seconds(options.staleIfError, 0, 'staleIfError') * 1000,
    negative: seconds(options.negativeLag, 5, 'negativeLag') * 1000,
    size: count(options.cacheSize, 10_000, 'cacheSize'),
    mostCalls: count(options.mostCalls, 500, 'mostCalls'),
    introspectJwts: options.introspectJwts ?? false,
    format: options.introspection ?? 'json',
    introspectionEndpoint: endpoint,
    revocationFeed: options.revocationFeed,
    publicUrl: publicUrlOf(options.publicUrl),
    proxies: certificateProxies === undefined ? null : networksOf(certificateProxies),
    acceptFrom,
    realm: options.realm ?? issuer,
    resourceMetadata: options.resourceMetadata,
    timeout: count(options.timeout, 5000, 'timeout'),
    allowHttp,
    onProblem: options.onProblem ?? (() => undefined),
    clock: options.clock ?? Date.now,
    fetch: options.fetch ?? globalThis.fetch,
  };
}

function refuse(isWrong: boolean, message: string): void {
  if (isWrong) throw new TypeError(message);
}

function clientOf(id: unknown, secret: unknown): { readonly id: string; readonly secret: string } | null {
  if (id === undefined && secret === undefined) return null;
  if (typeof id !== 'string' || id === '' || typeof secret !== 'string' || secret === '')
    throw new TypeError('clientId and clientSecret belong together, and must not be empty; leave both out to accept JWTs alone');
  return { id, secret };
}

function isIssuer(issuer: unknown, allowHttp: boolean): boolean {
  return typeof issuer === 'string' && isSafe(issuer, allowHttp) && !/[?#]/.test(issuer);
}

function isAudience(audience: unknown): boolean {
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
  return audience === null || isText(audience) || (Array.isArray(audience) && audience.length > 0 && audience.every(isText));
}

function isPlaces(places: readonly string[]): boolean {
  return places.length > 0 && places.every((place) => ['header', 'form', 'query'].includes(place));
}

function listOf(scopes: unknown, name: string): readonly string[] {
  if (scopes === undefined) return [];
  if (Array.isArray(scopes) && scopes.every(isScope)) return scopes;
  throw new TypeError(`${name} must be a list of scopes, each without spaces`);
}

function seconds(value: number | undefined, otherwise: number, name: string): number {
  if (value === undefined) return otherwise;
  if (!Number.isFinite(value) || value < 0) throw new TypeError(`${name} must be a number of seconds, 0 or more`);
  return value;
}

function count(value: number | undefined, otherwise: number, name: string): number {
  if (value === undefined) return otherwise;
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError(`${name} must be an integer, 1 or more`);
  return value;
}

function publicUrlOf(given: TokenValidatorOptions['publicUrl']): ((request: TokenRequest) => string) | null {
  if (given === undefined) return null;
  if (typeof given === 'function') return given;
  if (given === 'from-request') return (request) => (request.origin ?? '') + request.url;
  if (!URL.canParse(given) || /[?#]/.test(given))
    throw new TypeError('publicUrl must be a URL without query and fragment, "from-request", or a function');
  const base = given.replace(/\/$/, '');
  return (request) => base + request.url;
}
