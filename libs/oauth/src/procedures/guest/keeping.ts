import type { Guest } from '../sandbox.ts';
import type { JsonTexts } from './json.ts';
import type { JavaShapes } from './shapes.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `cache` and `secrets`. Values are kept as JSON, so that what comes back is a copy, shaped like any map of the context.
 */
export function keeping(guest: Guest, shapes: JavaShapes, json: JsonTexts) {
  const { parse, stringify } = JSON;
  const LONGEST_KEY = 512;
  const USUAL_SECONDS = 300;

  function keyOf(key: unknown, what: string): string {
    if (typeof key !== 'string' && !(key instanceof String)) throw new TypeError(`${what}: the key must be text`);
    if (key.length === 0 || key.length > LONGEST_KEY) throw new TypeError(`${what}: a key has 1 to ${LONGEST_KEY} characters`);
    return String(key);
  }

  const cache = {
    /** What was kept; null when nothing is, or no longer. */
    get(key: unknown): unknown {
      const text = guest.call('cache-get', keyOf(key, 'cache.get'));
      return text === 'null' ? null : ((shapes.dress(parse(text)) as { readonly kept?: unknown }).kept ?? null);
    },
    /** Keeps a copy for some seconds, five minutes unless told. It may be gone earlier, and other nodes do not see it. */
    set(key: unknown, value: unknown, seconds: unknown = USUAL_SECONDS): void {
      const name = keyOf(key, 'cache.set');
      if (typeof seconds !== 'number' || !(seconds > 0)) throw new TypeError('cache.set: the lifetime must be a number of seconds');
      const text = json.ofData({ kept: value }, 'cache.set');
      // What lasts for ever lasts as long as it can.
      guest.call('cache-set', `${stringify([name, seconds < 1e9 ? seconds : 1e9])}\n${text}`);
    },
  };

  const secrets = {
    /** The text of a secret that the version may read; throws for any other, saying what to set. */
    get(name: unknown): string {
      if (typeof name !== 'string' && !(name instanceof String)) throw new TypeError('secrets.get: the name must be text');
      return guest.call('secret', String(name));
    },
  };

  return { cache, secrets };
}

/** What `keeping` makes. */
export type Keeping = ReturnType<typeof keeping>;
