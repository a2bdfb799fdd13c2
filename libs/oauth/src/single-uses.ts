import type { Use, UseStore } from './single-use-store.ts';
import { TurnBatch } from './turn-batch.ts';

/** Asks the store whether something is used for the first time, for all who ask in one turn of the event loop together. */
export class SingleUses {
  readonly #asked: TurnBatch<Use, boolean>;

  constructor(store: UseStore) {
    this.#asked = new TurnBatch((uses) => store.once(uses), false);
  }

  /** True for one use of a thing, whichever node it comes to. */
  isFirst(use: Use): Promise<boolean> {
    return this.#asked.ask(use);
  }
}
