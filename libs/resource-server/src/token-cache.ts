import type { TokenClaims } from './auth.ts';
import type { Introspection } from './introspection-client.ts';
import { matches, type Criterion } from './revocations.ts';

export interface TokenCacheSettings {
  /** Entries of each sort, active and not. */
  readonly size: number;
  /** Milliseconds that an active token may be taken for active after it was asked for, and others for the others. */
  readonly lag: number;
  readonly negative: number;
  /** Milliseconds after the lag in which an entry counts while the service is down. */
  readonly stale: number;
}

interface Entry {
  readonly claims: TokenClaims;
  /** Milliseconds since 1970, exclusive. */
  readonly freshUntil: number;
  readonly staleUntil: number;
}

/**
 * What the service has said of tokens, by hashes of them: the tokens themselves are not kept. Bounded; what was used longest ago
 * goes first. Tokens that are not active have a share of their own, so that made-up ones do not push out good ones.
 */
export class TokenCache {
  readonly #active = new Map<string, Entry>();
  readonly #inactive = new Map<string, number>();

  constructor(private readonly settings: TokenCacheSettings) {}

  /** The claims, null for a token known not to be active, undefined for one to ask for. */
  get(digest: string, now: number): TokenClaims | null | undefined {
    const entry = this.#entry(digest, now);
    if (entry !== undefined && now < entry.freshUntil) return entry.claims;
    const until = this.#inactive.get(digest);
    if (until === undefined) return undefined;
    if (now < until) return null;
    this.#inactive.delete(digest);
    return undefined;
  }

  /** For when the service does not answer: also what the lag is over for. */
  stale(digest: string, now: number): TokenClaims | undefined {
    return this.#entry(digest, now)?.claims;
  }

  /** @param askedAt milliseconds; the answer is at least as old as the question */
  put(digest: string, { claims, maxAge }: Introspection, askedAt: number): void {
    this.#active.delete(digest);
    this.#inactive.delete(digest);
    const { lag, negative, stale, size } = this.settings;
    if (claims === null) {
      if (negative > 0) keep(this.#inactive, digest, askedAt + negative, size);
      return;
    }
    const end = typeof claims.exp === 'number' ? claims.exp * 1000 : Infinity;
    const freshUntil = Math.min(end, askedAt + Math.min(lag, (maxAge ?? Infinity) * 1000));
    const staleUntil = Math.min(end, freshUntil + stale);
    if (staleUntil > askedAt) keep(this.#active, digest, { claims, freshUntil, staleUntil }, size);
  }

  forget(criterion: Criterion): void {
    const { digest } = criterion;
    if (digest !== undefined) {
      this.#inactive.delete(digest);
      const entry = this.#active.get(digest);
      if (entry !== undefined && matches(criterion, digest, entry.claims)) this.#active.delete(digest);
      return;
    }
    for (const [each, { claims }] of this.#active) if (matches(criterion, each, claims)) this.#active.delete(each);
  }

  forgetAll(): void {
    this.#active.clear();
    this.#inactive.clear();
  }

  #entry(digest: string, now: number): Entry | undefined {
    const entry = this.#active.get(digest);
    if (entry === undefined) return undefined;
    this.#active.delete(digest);
    if (now >= entry.staleUntil) return undefined;
    this.#active.set(digest, entry);
    return entry;
  }
}

function keep<V>(map: Map<string, V>, name: string, value: V, most: number): void {
  map.set(name, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
