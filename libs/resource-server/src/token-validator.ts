import { frozen, requestAuth, type RequestAuth, type TokenClaims } from './auth.ts';
import { Binding, InvalidProof } from './binding.ts';
import { Denials, type Denied } from './denial.ts';
import { basicCredentials, IntrospectionClient } from './introspection-client.ts';
import { Introspector } from './introspector.ts';
import { InvalidToken } from './invalid-token.ts';
import { CLOCK_TOLERANCE } from './jwt-access-token.ts';
import { KeySet } from './key-set.ts';
import { discover, type ServiceMetadata } from './metadata.ts';
import { presentedToken, type PresentedToken } from './presented-token.ts';
import { Problems } from './problems.ts';
import { Refreshed } from './refreshed.ts';
import type { Forgotten, RevocationListener } from './revocations.ts';
import { missingScopes, noteAnswers } from './scopes.ts';
import { ServiceError } from './service-error.ts';
import { ServiceFeed } from './service-feed.ts';
import { ServiceFetch } from './service-fetch.ts';
import { settingsOf, type Settings, type TokenValidatorOptions } from './settings.ts';
import type { TokenRequest } from './token-request.ts';
import { missingAuthentication } from './user-authentication.ts';
import { VerifiedJwts } from './verified-jwts.ts';

/** A request that may pass. */
export interface Accepted {
  readonly ok: true;
  readonly auth: RequestAuth;
}

/** Metadata changes when operators change it; an hour without the service is bridged as for keys. Milliseconds. */
const METADATA_TIMES = { age: 600_000, most: 3_600_000, cooldown: 30_000 };

/**
 * Accepts access tokens of one service for one API. It calls nobody until the first token comes.
 *
 * @throws TypeError that says which option is wrong
 */
export function createTokenValidator(options: TokenValidatorOptions): TokenValidator {
  return new TokenValidator(settingsOf(options));
}

/** See `createTokenValidator`. */
export class TokenValidator implements RevocationListener {
  readonly #settings: Settings;
  readonly #denials: Denials;
  readonly #binding: Binding;
  readonly #metadata: Refreshed<ServiceMetadata>;
  readonly #keys: KeySet;
  readonly #jwts: VerifiedJwts;
  readonly #introspector: Introspector | null;
  readonly #feed: ServiceFeed | null;
  readonly #unsubscribe: () => void;

  /** Use `createTokenValidator`. */
  constructor(settings: Settings) {
    const { issuer, clock, allowHttp, realm, resourceMetadata, publicUrl, proxies } = settings;
    const service = new ServiceFetch(settings.fetch, settings.timeout);
    const problems = new Problems(settings.onProblem);
    this.#settings = settings;
    this.#denials = new Denials({
      realm,
      resourceMetadata,
      schemes: publicUrl === null ? ['Bearer'] : ['Bearer', 'DPoP'],
      scopes: settings.scopes.all.length > 0 ? settings.scopes.all : settings.scopes.any,
    });
    this.#binding = new Binding({ publicUrl, proxies, clock });
    this.#metadata = new Refreshed(() => problems.told(discover(issuer, service, allowHttp)), METADATA_TIMES, clock);
    this.#keys = new KeySet(() => this.#metadata.get(), service, problems, clock);
    this.#jwts = new VerifiedJwts(this.#keys, settings);
    this.#introspector = this.#introspection(service, problems);
    this.#feed = this.#introspector === null ? null : this.#serviceFeed(this.#introspector, service, problems);
    this.#unsubscribe = settings.revocationFeed?.subscribe(this) ?? (() => undefined);
  }

  /** Whether a request may pass, and if not, how to answer it. Rejects only with what a check of the API's own throws. */
  async validate(request: TokenRequest): Promise<Accepted | Denied> {
    const presented = presentedToken(request, this.#settings.acceptFrom);
    if (presented === null) return this.#denials.tokenWanted();
    if ('problem' in presented) return this.#denials.because('invalid_request', presented.problem, 'Bearer');
    this.#feed?.start();
    try {
      return await this.#accept(request, presented);
    } catch (error) {
      if (error instanceof InvalidToken) return this.#denials.invalidToken(presented.scheme, error.message);
      if (error instanceof InvalidProof) return this.#denials.because('invalid_dpop_proof', error.message, 'DPoP');
      if (error instanceof ServiceError) return this.#denials.unavailable(error);
      throw error;
    }
  }

  /**
   * Reads metadata and keys, and begins to listen to the feed, ahead of the first request.
   * @throws ServiceError when they cannot be had; a later call tries again
   */
  async ready(): Promise<void> {
    const { jwksUri } = await this.#metadata.get();
    if (jwksUri !== undefined) await this.#keys.current();
    this.#feed?.start();
  }

  forget(what: Forgotten): void {
    this.#jwts.forget(what);
    this.#introspector?.forget(what);
  }

  forgetAll(): void {
    this.#jwts.forgetAll();
    this.#introspector?.forgetAll();
  }

  /** Leaves the feed of revocations, which would keep the process alive. */
  close(): void {
    this.#feed?.close();
    this.#unsubscribe();
  }

  async #accept(request: TokenRequest, presented: PresentedToken): Promise<Accepted | Denied> {
    const jwt = await this.#jwts.claimsOf(presented.token);
    const claims = jwt !== null && !this.#settings.introspectJwts ? jwt : await this.#introspected(presented.token, jwt);
    this.#checkClaims(claims);
    await this.#binding.check(request, presented, claims);
    const auth = requestAuth(claims, presented.scheme, jwt === null ? 'opaque' : 'jwt');
    const denied =
      missingScopes(auth, this.#settings.scopes, this.#denials) ?? this.#authentication(auth) ?? (await this.#ownChecks(auth, request));
    if (denied !== null) return denied;
    noteAnswers(auth, { denials: this.#denials, clock: this.#settings.clock });
    return { ok: true, auth };
  }

  /** For each request: what is remembered of a token does not say how long ago the login is by now. */
  #authentication(auth: RequestAuth): Denied | null {
    const { authentication: rule, clock } = this.#settings;
    return rule === null ? null : missingAuthentication(auth, rule, this.#denials, clock() / 1000);
  }

  /** What the service says of a token; `jwt` is what the token itself says, when it is a JWT. */
  async #introspected(token: string, jwt: TokenClaims | null): Promise<TokenClaims> {
    if (this.#introspector === null)
      throw new InvalidToken('the token is no JWT of the issuer, and there is no clientId to introspect it with');
    const claims = await this.#introspector.claimsOf(token);
    if (claims === null) throw new InvalidToken('the service says that the token is not active');
    // The service's word may be narrower, and counts. Only what the token is bound to is not lost by its being left out.
    return jwt?.cnf === undefined ? claims : frozen({ ...claims, cnf: jwt.cnf });
  }

  /** What holds for all tokens, also for those of which the answer was kept. RFC 7662 section 4, RFC 9068 section 4. */
  #checkClaims({ iss, exp, nbf, aud, token_type: type, purpose, token_use: use }: TokenClaims): void {
    const { issuer, audience } = this.#settings;
    const now = this.#now();
    if (iss !== undefined && iss !== issuer) throw new InvalidToken('the token is of another issuer');
    if (exp !== undefined && !(typeof exp === 'number' && now < exp)) throw new InvalidToken('the token has expired');
    if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + CLOCK_TOLERANCE))
      throw new InvalidToken('the token is not valid yet');
    // Services introspect refresh tokens too. They open no API.
    if ([type, purpose, use].some((each) => typeof each === 'string' && /^(refresh|id)(_token)?$/i.test(each)))
      throw new InvalidToken('the token is no access token');
    if (audience !== null && ![aud].flat().some((each) => typeof each === 'string' && audience.includes(each)))
      throw new InvalidToken(`the token is for ${JSON.stringify(aud ?? null)}, not for ${JSON.stringify(audience)}`);
  }

  async #ownChecks(auth: RequestAuth, request: TokenRequest): Promise<Denied | null> {
    for (const check of this.#settings.checks) {
      const verdict = await check(auth, request);
      if (verdict === true) continue;
      const reason = 'a check of the API denied it';
      return verdict === 'insufficient_scope'
        ? this.#denials.insufficientScope(auth.scheme, [], reason)
        : this.#denials.invalidToken(auth.scheme, reason);
    }
    return null;
  }

  #introspection(service: ServiceFetch, problems: Problems): Introspector | null {
    const { client, issuer, format, clock, introspectionEndpoint } = this.#settings;
    if (client === null) return null;
    const endpoint = async (): Promise<string> => {
      if (introspectionEndpoint !== undefined) return introspectionEndpoint;
      const found = (await this.#metadata.get()).introspectionEndpoint;
      if (found === undefined)
        throw new ServiceError('the metadata of the service has no introspection_endpoint: set "introspectionEndpoint"');
      return found;
    };
    const authorization = basicCredentials(client.id, client.secret);
    const asked = new IntrospectionClient(
      { issuer, clientId: client.id, authorization, format, endpoint, keys: this.#keys, clock },
      service,
    );
    const lag = (): number => this.#lag();
    return new Introspector({
      ...this.#settings,
      get lag() {
        return lag();
      },
      ask: (token) => problems.told(asked.ask(token)),
    });
  }

  #serviceFeed(introspector: Introspector, service: ServiceFetch, problems: Problems): ServiceFeed | null {
    const { client, listens, clock } = this.#settings;
    if (client === null || !listens) return null;
    const endpoint = async (): Promise<string> => {
      const found = (await this.#metadata.get()).revocationEventsEndpoint;
      if (found === undefined) throw new ServiceError('the metadata of the service has no revocation_events_endpoint: it has no feed');
      return found;
    };
    const authorization = basicCredentials(client.id, client.secret);
    return new ServiceFeed({ endpoint, authorization, keys: this.#keys, clock }, service, problems, introspector);
  }

  /** Milliseconds that an answer counts now. */
  #lag(): number {
    const { lag, lagWithFeed } = this.#settings;
    return this.#feed?.isUp === true ? Math.max(lag, Math.min(lagWithFeed, this.#feed.maxAge)) : lag;
  }

  /** Seconds since 1970. */
  #now(): number {
    return this.#settings.clock() / 1000;
  }
}
