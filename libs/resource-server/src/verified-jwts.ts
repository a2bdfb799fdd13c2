import { frozen, type TokenClaims } from './auth.ts';
import { isCompactJws, isJwtAccessToken, verifyJwtAccessToken } from './jwt-access-token.ts';
import type { KeySet, LocalKeys } from './key-set.ts';
import { NO_NAMES } from './known-token.ts';
import { criterionOf, type Forgotten } from './revocations.ts';
import { TokenCache } from './token-cache.ts';
import { digestOf } from './token-digest.ts';

export interface VerifiedJwtsSettings {
  readonly issuer: string;
  /** JWTs that are kept. */
  readonly size: number;
  /** Milliseconds. */
  readonly clock: () => number;
}

/**
 * JWT access tokens whose signature held: it is verified once, not for each request. One counts until it expires, for as long as
 * the service publishes the very keys it was verified with. What did not hold is not kept, so that made-up ones push out none.
 */
export class VerifiedJwts {
  #cache: TokenCache;
  /** What those in the cache were verified with. */
  #keys: LocalKeys | null = null;

  constructor(
    private readonly keySet: KeySet,
    private readonly settings: VerifiedJwtsSettings,
  ) {
    this.#cache = this.#emptyCache();
  }

  /**
   * The claims of a JWT access token of this issuer, frozen; null for any other token.
   * @throws InvalidToken with the reason, ServiceError when the keys cannot be had
   */
  async claimsOf(token: string): Promise<TokenClaims | null> {
    if (!isCompactJws(token)) return null;
    const { issuer, clock } = this.settings;
    const now = clock();
    const digest = digestOf(token);
    // The keys are asked for only when there is something to verify: a service that publishes none may introspect.
    if (this.#cache.get(digest, now) === undefined && !isJwtAccessToken(token, issuer)) return null;
    const cache = this.#cacheFor(await this.keySet.current());
    const known = cache.get(digest, now);
    if (known != null) return known;
    const claims = frozen(await verifyJwtAccessToken(token, this.keySet, { issuer, now: now / 1000 }));
    // If other keys came meanwhile, nobody looks into this cache any more.
    cache.put(digest, { claims, maxAge: undefined }, now, NO_NAMES);
    return claims;
  }

  /** @throws TypeError when no member is given */
  forget(what: Forgotten): void {
    this.#cache.forget(criterionOf(what, digestOf));
  }

  forgetAll(): void {
    this.#cache.forgetAll();
  }

  #cacheFor(keys: LocalKeys): TokenCache {
    if (keys !== this.#keys) {
      this.#keys = keys;
      this.#cache = this.#emptyCache();
    }
    return this.#cache;
  }

  #emptyCache(): TokenCache {
    return new TokenCache({ size: this.settings.size, lag: Infinity, negative: 0, stale: 0 });
  }
}
