/** Entries of one generation: some 50 MB. */
const MOST = 500_000;

/**
 * The proofs this process has taken, so that none is taken twice. It promises nothing across processes: there the age
 * that a proof may have is the bound, or a store behind it. RFC 9449 section 11.1.
 */
export class SeenProofs {
  #young = new Set<string>();
  #old = new Set<string>();
  /** When the young generation becomes the old one: all of the old one have expired by then. */
  #turnsAt = 0;

  /** @param generation seconds that every proof ends within */
  constructor(private readonly generation = 70) {}

  /**
   * Takes a proof; false when it has been taken before.
   *
   * @param now seconds since 1970
   * @throws RangeError when more proofs come than can be remembered
   */
  take(thumbprint: string, jti: string, now: number): boolean {
    if (now >= this.#turnsAt) {
      // After a long rest both are over.
      this.#old = now >= this.#turnsAt + this.generation ? new Set() : this.#young;
      this.#young = new Set();
      this.#turnsAt = now + this.generation;
    }
    const name = `${thumbprint} ${jti}`;
    if (this.#young.has(name) || this.#old.has(name)) return false;
    if (this.#young.size >= MOST) throw new RangeError('more DPoP proofs than can be remembered');
    this.#young.add(name);
    return true;
  }
}
