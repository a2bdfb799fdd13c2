import type { Guest } from '../sandbox.ts';
import type { JsonTexts } from './json.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * What procedures of client registration decide beside what they answer. Both are effects: the host stores the client, or does not.
 */
export function registrations(guest: Guest, json: JsonTexts) {
  function nameOf(name: unknown, what: string): string {
    if ((typeof name === 'string' || name instanceof String) && /^[^\n]{1,128}$/.test(String(name))) return String(name);
    throw new TypeError(`${what}: expected a name of 1 to 128 characters`);
  }

  return {
    /** `context.setClientProperty(name, value)`. */
    setClientProperty(name: unknown, value: unknown): void {
      const property = nameOf(name, 'setClientProperty');
      if (value === undefined) throw new TypeError('setClientProperty: expected a value');
      guest.effect('client-property', `${property}\n${json.ofData({ value }, 'setClientProperty')}`);
    },
    /** `context.removeMetadata(name)`: an answer adds and changes members, since null ones are dropped from it. */
    removeMetadata(name: unknown): void {
      guest.effect('metadata-removal', nameOf(name, 'removeMetadata'));
    },
  };
}

/** What `registrations` makes. */
export type Registrations = ReturnType<typeof registrations>;
