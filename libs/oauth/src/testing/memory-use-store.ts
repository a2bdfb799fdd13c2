import type { Use, UseStore } from '../single-use-store.ts';

export class MemoryUseStore implements UseStore {
  /** Ends, by what is over then. */
  readonly #used = new Map<string, number>();

  once(uses: readonly Use[]): readonly boolean[] {
    return uses.map(({ profile, kind, hash, expiresAt }) => {
      const name = `${profile}\n${kind}\n${Buffer.from(hash).toString('hex')}\n${expiresAt}`;
      if (this.#used.has(name)) return false;
      this.#used.set(name, expiresAt);
      return true;
    });
  }

  deleteExpired(before: number, limit: number): number {
    const ended = [...this.#used].filter(([, expiresAt]) => expiresAt < before).slice(0, limit);
    for (const [name] of ended) this.#used.delete(name);
    return ended.length;
  }
}
