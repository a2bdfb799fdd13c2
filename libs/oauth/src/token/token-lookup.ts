import type { FoundToken, TokenKey, TokenStore } from '../stores.ts';

interface Waiting {
  readonly resolve: (token: FoundToken | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks tokens up, those of one turn of the event loop together: one read transaction serves them all, and what
 * follows (the run, the reply) stays together too, which saves more than the lookup itself costs.
 * When little is under way a lookup goes at once, so that a single request does not wait.
 */
export class TokenLookup {
  #keys: TokenKey[] = [];
  #waiting: Waiting[] = [];
  /** Requests under way that look up; kept by the endpoint. */
  inFlight = 0;

  constructor(private readonly store: TokenStore) {}

  find(key: TokenKey): Promise<FoundToken | null> | FoundToken | null {
    if (this.inFlight < 4 && this.#keys.length === 0) {
      const found = this.store.find([key]);
      return found instanceof Promise ? found.then((tokens) => tokens[0] ?? null) : (found[0] ?? null);
    }
    return new Promise((resolve, reject) => {
      if (this.#keys.length === 0) setImmediate(this.#drain);
      this.#keys.push(key);
      this.#waiting.push({ resolve, reject });
    });
  }

  readonly #drain = (): void => {
    const waiting = this.#waiting;
    const keys = this.#keys;
    this.#waiting = [];
    this.#keys = [];
    try {
      const found = this.store.find(keys);
      if (found instanceof Promise)
        found.then(
          (tokens) => answer(waiting, tokens),
          (error: unknown) => fail(waiting, error),
        );
      else answer(waiting, found);
    } catch (error) {
      fail(waiting, error);
    }
  };
}

function answer(waiting: readonly Waiting[], tokens: readonly (FoundToken | null)[]): void {
  for (let i = 0; i < waiting.length; i++) waiting[i]?.resolve(tokens[i] ?? null);
}

function fail(waiting: readonly Waiting[], error: unknown): void {
  for (const one of waiting) one.reject(error);
}
