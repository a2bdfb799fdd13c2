import type { TokenClaims } from './auth.ts';
import { Circuit } from './circuit.ts';
import type { Introspection } from './introspection-client.ts';
import { namesIn, type TokenNames } from './known-token.ts';
import { criterionOf, type Criterion, type Forgotten } from './revocations.ts';
import { ServiceError } from './service-error.ts';
import { TokenCache, type TokenCacheSettings } from './token-cache.ts';
import { digestOf } from './token-digest.ts';

export interface IntrospectorSettings extends TokenCacheSettings {
  readonly ask: (token: string) => Promise<Introspection>;
  /** Calls under way at a time; more are refused, since they would only wait. */
  readonly mostCalls: number;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** A call under way. */
interface Flight {
  startedAt: number;
  /** What was forgotten since it was asked: an answer that is meant by it came too early. */
  forgotten: Criterion[] | 'all';
}

/** Times that one question is asked when each answer is overtaken by a revocation. */
const MOST_TRIES = 3;

/** Introspection with memory: one call for all who present the same token, and none while the answer counts. */
export class Introspector {
  readonly #cache: TokenCache;
  readonly #circuit = new Circuit();
  /** The latest one for each token, by its hash: who presents the same token shares it. */
  readonly #latest = new Map<string, { readonly flight: Flight; readonly answer: Promise<TokenClaims | null> }>();
  readonly #flights = new Set<Flight>();

  constructor(private readonly settings: IntrospectorSettings) {
    this.#cache = new TokenCache(settings);
  }

  /**
   * The claims of a token; null when it is not active.
   * @throws ServiceError when the service cannot tell
   */
  async claimsOf(token: string): Promise<TokenClaims | null> {
    const digest = digestOf(token);
    const now = this.settings.clock();
    const known = this.#cache.get(digest, now);
    if (known !== undefined) return known;
    const latest = this.#latest.get(digest);
    // An answer is as old as its question: for who comes later than the lag after it, it is too old.
    if (latest !== undefined && now < latest.flight.startedAt + this.settings.lag) return latest.answer;
    return this.#start(token, digest, now);
  }

  /** @throws TypeError when no member is given */
  forget(what: Forgotten): void {
    this.forgetThose(criterionOf(what, digestOf));
  }

  forgetThose(criterion: Criterion): void {
    this.#cache.forget(criterion);
    for (const flight of this.#flights) if (flight.forgotten !== 'all') flight.forgotten.push(criterion);
  }

  forgetAll(): void {
    this.#cache.forgetAll();
    for (const flight of this.#flights) flight.forgotten = 'all';
  }

  #start(token: string, digest: string, now: number): Promise<TokenClaims | null> {
    if (this.#flights.size >= this.settings.mostCalls)
      return Promise.reject(new ServiceError(`more than ${this.settings.mostCalls} introspection calls are under way`));
    const flight: Flight = { startedAt: now, forgotten: [] };
    this.#flights.add(flight);
    const answer = this.#fly(flight, token, digest).finally(() => {
      this.#flights.delete(flight);
      if (this.#isLatest(digest, flight)) this.#latest.delete(digest);
    });
    this.#latest.set(digest, { flight, answer });
    return answer;
  }

  async #fly(flight: Flight, token: string, digest: string): Promise<TokenClaims | null> {
    const { clock } = this.settings;
    const names = namesIn(token);
    try {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        flight.startedAt = clock();
        flight.forgotten = [];
        const answer = await this.#ask(token);
        if (isOvertaken(flight, digest, answer.claims, names)) continue;
        // A later question may have been answered already, and its answer is the newer one.
        if (this.#isLatest(digest, flight)) this.#cache.put(digest, answer, flight.startedAt, names);
        return answer.claims;
      }
      throw new ServiceError('revocations came in faster than introspection answers', { isOutage: false });
    } catch (error) {
      const stale = error instanceof ServiceError && this.settings.stale > 0 ? this.#cache.stale(digest, clock()) : undefined;
      if (stale !== undefined) return stale;
      throw error;
    }
  }

  #isLatest(digest: string, flight: Flight): boolean {
    return this.#latest.get(digest)?.flight === flight;
  }

  async #ask(token: string): Promise<Introspection> {
    const wait = this.#circuit.wait(this.settings.clock());
    if (wait > 0)
      throw new ServiceError('the introspection endpoint has failed repeatedly and is not asked for a while', { retryAfter: wait / 1000 });
    try {
      const answer = await this.settings.ask(token);
      this.#circuit.succeeded();
      return answer;
    } catch (error) {
      if (error instanceof ServiceError && !error.isOutage) this.#circuit.succeeded();
      else this.#circuit.failed(this.settings.clock());
      throw error;
    }
  }
}

function isOvertaken({ forgotten }: Flight, digest: string, claims: TokenClaims | null, names: TokenNames): boolean {
  if (claims === null) return false;
  return forgotten === 'all' || forgotten.some((criterion) => criterion.isMet({ digest, claims, names }));
}
