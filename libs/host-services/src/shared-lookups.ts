import type { LookupAddress } from 'node:dns';
import type { Resolve } from './guarded-connection.ts';

/**
 * The lookups of one client, one at a time; who asks for a name that is being looked up shares the answer, which is not kept.
 * The system looks names up on few threads, which a name server that does not answer holds for many seconds: this way a client
 * takes but one of them, however many names it asks for.
 */
export class SharedLookups {
  readonly #underWay = new Map<string, Lookup>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly resolve: Resolve) {}

  /** @param milliseconds after which the caller waits no longer: what nobody waits for is not looked up any more */
  of(hostname: string, milliseconds: number): Promise<readonly LookupAddress[]> {
    const until = performance.now() + milliseconds;
    const known = this.#underWay.get(hostname);
    if (known !== undefined) {
      known.until = Math.max(known.until, until);
      return known.addresses;
    }
    const addresses = this.#last.then(() => {
      if (lookup.until <= performance.now()) throw Object.assign(new Error('nobody waits for it'), { code: 'ETIMEDOUT' });
      return this.resolve(hostname);
    });
    const lookup: Lookup = { until, addresses };
    this.#underWay.set(hostname, lookup);
    this.#last = addresses.catch(() => undefined).then(() => this.#underWay.delete(hostname));
    return addresses;
  }
}

interface Lookup {
  until: number;
  readonly addresses: Promise<readonly LookupAddress[]>;
}
