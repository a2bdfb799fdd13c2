import { createHash } from 'node:crypto';

/**
 * The responses of a subject's cases. The first time each case is answered they are kept; from then on each must be the same
 * again, byte for byte. The digest of all of them says whether other ways to run the procedure answer the same.
 */
export class Responses {
  #kept = [];

  check(index, response) {
    this.#kept[index] ??= response;
    if (this.#kept[index] !== response) throw new Error(`an answer changed from ${this.#kept[index]} to ${response}`);
  }

  digest() {
    return createHash('sha256').update(this.#kept.join('\n')).digest('hex');
  }
}
