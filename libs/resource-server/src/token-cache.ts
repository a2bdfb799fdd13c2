import type { TokenClaims } from './auth.ts';
import type { Introspection } from './introspection-client.ts';
import type { KnownToken, TokenNames } from './known-token.ts';
import type { Criterion } from './revocations.ts';

export interface TokenCacheSettings {
  /** Entries of each sort, active and not. */
  readonly size: number;
  /** Milliseconds that an active token may be taken for active after it was asked for, as of now; and others for the others. */
  readonly lag: number;
  readonly negative: number;
  /** Milliseconds after the lag in which an entry counts while the service is down. */
  readonly stale: number;
}

interface Entry extends KnownToken {
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** Milliseconds since 1970, exclusive. */
  readonly end: number;
  /** Milliseconds after the question that the service lets the answer be kept for. */
  readonly maxAge: number;
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
    if (entry !== undefined && now < this.#freshUntil(entry)) return entry.claims;
    const until = this.#inactive.get(digest);
    if (until === undefined) return undefined;
    if (now < until) return null;
    this.#inactive.delete(digest);
    return undefined;
  }

  /** For when the service does not answer: also what the lag is over for. */
  stale(digest: string, now: number): TokenClaims | undefined {
    const entry = this.#entry(digest, now);
    return entry !== undefined && now < this.#staleUntil(entry) ? entry.claims : undefined;
  }

  /** @param askedAt milliseconds; the answer is at least as old as the question */
  put(digest: string, { claims, maxAge }: Introspection, askedAt: number, names: TokenNames): void {
    this.#active.delete(digest);
    this.#inactive.delete(digest);
    const { negative, size } = this.settings;
    if (claims === null) {
      if (negative > 0) keep(this.#inactive, digest, askedAt + negative, size);
      return;
    }
    const end = typeof claims.exp === 'number' ? claims.exp * 1000 : Infinity;
    const entry = { digest, claims, names, askedAt, end, maxAge: (maxAge ?? Infinity) * 1000 };
    if (this.#staleUntil(entry) > askedAt) keep(this.#active, digest, entry, size);
  }

  forget(criterion: Criterion): void {
    const { digest } = criterion;
    if (digest !== undefined) this.#inactive.delete(digest);
    const meant = digest === undefined ? this.#active.values() : [this.#active.get(digest)];
    for (const entry of meant) if (entry !== undefined && criterion.isMet(entry)) this.#active.delete(entry.digest);
  }

  forgetAll(): void {
    this.#active.clear();
    this.#inactive.clear();
  }

  #entry(digest: string, now: number): Entry | undefined {
    const entry = this.#active.get(digest);
    if (entry === undefined) return undefined;
    this.#active.delete(digest);
    // The lag may be longer again later.
    if (now >= entry.end) return undefined;
    this.#active.set(digest, entry);
    return entry;
  }

  #freshUntil({ askedAt, end, maxAge }: Entry): number {
    return Math.min(end, askedAt + Math.min(this.settings.lag, maxAge));
  }

  #staleUntil(entry: Entry): number {
    return Math.min(entry.end, this.#freshUntil(entry) + this.settings.stale);
  }
}

function keep<V>(map: Map<string, V>, name: string, value: V, most: number): void {
  map.set(name, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
