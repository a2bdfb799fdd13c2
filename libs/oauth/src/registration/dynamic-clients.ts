import { randomBytes } from 'node:crypto';
import { BoundedMemo } from '../client/bounded-memo.ts';
import type { DynamicClient, DynamicClientStore } from '../registration-stores.ts';
import type { MaybePromise } from '../stores.ts';

/** Clients of which what was read is kept: some 2 KB each. */
const KEPT = 10_000;

/** `dyn_` and 128 bits, so that no id is asked for in the database that cannot be one. */
const SHAPE = /^dyn_[A-Za-z0-9_-]{22}$/;

export function isDynamicClientId(id: string): boolean {
  return id.length === 26 && SHAPE.test(id);
}

export function mintDynamicClientId(): string {
  return `dyn_${randomBytes(16).toString('base64url')}`;
}

/**
 * Clients that have registered themselves, as the database has them at the moment in which they are asked for: a change or a removal on
 * any node holds on all of them at once. What is kept saves taking the row apart, and all that hangs from the object, and never asking.
 */
export class DynamicClients {
  readonly #kept: BoundedMemo<DynamicClient>;

  constructor(
    private readonly store: Pick<DynamicClientStore, 'find'>,
    /** Seconds since 1970. */
    private readonly clock: () => number,
    kept = KEPT,
  ) {
    this.#kept = new BoundedMemo(kept);
  }

  /** The very same object for as long as nothing has changed; null where there is none, or none any more. */
  find(profile: string, id: string): MaybePromise<DynamicClient | null> {
    const name = `${profile}\n${id}`;
    const kept = this.#kept.get(name);
    const found = this.store.find(profile, id, kept?.version ?? null);
    return found instanceof Promise ? found.then((one) => this.#taken(name, kept, one)) : this.#taken(name, kept, found);
  }

  #taken(name: string, kept: DynamicClient | undefined, found: DynamicClient | 'unchanged' | null): DynamicClient | null {
    const client = found === 'unchanged' ? (kept ?? null) : found;
    if (client === null) this.#kept.delete(name);
    else if (found !== 'unchanged') this.#kept.set(name, client);
    return client === null || (client.expiresAt !== null && client.expiresAt <= this.clock()) ? null : client;
  }
}
