import type { FoundToken, TokenKey, TokenStore } from '../stores.ts';
import { TurnBatch } from '../turn-batch.ts';

/**
 * Looks tokens up, those of one turn of the event loop together: one read transaction serves them all, and what
 * follows (the run, the reply) stays together too, which saves more than the lookup itself costs.
 * When little is under way a lookup goes at once, so that a single request does not wait.
 */
export class TokenLookup {
  readonly #keys: TurnBatch<TokenKey, FoundToken | null>;
  /** Requests under way that look up; kept by the endpoint. */
  inFlight = 0;

  constructor(private readonly store: TokenStore) {
    this.#keys = new TurnBatch((keys) => store.find(keys), null);
  }

  find(key: TokenKey): Promise<FoundToken | null> | FoundToken | null {
    if (this.inFlight < 4 && this.#keys.isEmpty) {
      const found = this.store.find([key]);
      return found instanceof Promise ? found.then((tokens) => tokens[0] ?? null) : (found[0] ?? null);
    }
    return this.#keys.ask(key);
  }
}
