import type { Sha256 } from './digest.ts';
import type { Sha512 } from './digest-512.ts';
import type { OwnMembers } from './members.ts';
import type { OctetCodecs } from './octets.ts';
import type { JavaShapes } from './shapes.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `Java.type` for the few classes that token procedures use; byte arrays are lists of signed numbers, as in Java.
 */
export function javaTypes(members: OwnMembers, shapes: JavaShapes, octets: OctetCodecs, sha256: Sha256, sha512: Sha512) {
  const { defineProperty, getPrototypeOf, hasOwn, keys } = Object;
  const { apply } = Reflect;
  const { appendObjectTo, elementsOf, isObject } = members;
  const { base64Decode, base64Encode, utf8Decode, utf8Encode } = octets;

  const signed = (bytes: readonly number[]) => shapes.list(bytes.map((byte) => (byte << 24) >> 24));

  function bytesOf(value: unknown, what: string): number[] {
    const bytes = elementsOf(typeof value === 'string' || value instanceof String ? utf8Encode(String(value)) : value);
    for (const byte of bytes) if (typeof byte !== 'number') throw new TypeError(`${what}: expected bytes`);
    return bytes as number[];
  }

  function requireUtf8(charset: unknown): void {
    if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(String(charset))) return;
    throw new TypeError(`the charset ${String(charset)} is not available; use UTF-8`);
  }

  // As constructors they answer what they make instead of `this`.
  const HashMap = function (source?: unknown): object {
    const made = shapes.map({});
    return isObject(source) ? (appendObjectTo(source, made) as object) : made;
  };
  const ArrayList = function (source?: unknown): object {
    return shapes.list(isObject(source) ? elementsOf(source) : []);
  };
  const HashSet = function (source?: unknown): object {
    const made = shapes.set<unknown>([]) as unknown[] & { addAll(source: unknown): boolean };
    if (isObject(source)) made.addAll(source);
    return made;
  };

  // What they make is an instance of them: `instanceof` looks for the shape's own prototype.
  for (const [type, made] of [
    [HashMap, shapes.map({})],
    [ArrayList, shapes.list([])],
    [HashSet, shapes.set([])],
  ] as const)
    type.prototype = getPrototypeOf(made) as object;

  const JavaString = function (value?: unknown, charset?: unknown): object {
    requireUtf8(charset);
    const text =
      value === undefined ? '' : isObject(value) && !(value instanceof String) ? utf8Decode(bytesOf(value, 'String'), false) : value;
    return new String(text);
  };
  const stringStatics: Record<string, (...args: unknown[]) => string> = {
    valueOf: (value: unknown) => String(value),
    join: (separator: unknown, ...parts: unknown[]) =>
      (parts.length === 1 && isObject(parts[0]) ? elementsOf(parts[0]) : parts).join(String(separator)),
  };
  for (const name of keys(stringStatics)) defineProperty(JavaString, name, { value: stringStatics[name] });

  const encoder = (urlSafe: boolean, padded: boolean): object => ({
    encodeToString: (bytes: unknown) => base64Encode(bytesOf(bytes, 'encodeToString'), urlSafe, padded),
    encode: (bytes: unknown) => signed(utf8Encode(base64Encode(bytesOf(bytes, 'encode'), urlSafe, padded))),
    withoutPadding: () => encoder(urlSafe, false),
  });
  const decoder = (urlSafe: boolean): object => ({
    decode: (text: unknown) =>
      signed(
        base64Decode(isObject(text) && !(text instanceof String) ? utf8Decode(bytesOf(text, 'decode'), false) : String(text), urlSafe),
      ),
  });
  const Base64 = {
    getEncoder: () => encoder(false, true),
    getUrlEncoder: () => encoder(true, true),
    getDecoder: () => decoder(false),
    getUrlDecoder: () => decoder(true),
  };

  const MessageDigest = {
    getInstance(algorithm: unknown): object {
      const found = /^sha-?(256|512)$/i.exec(String(algorithm));
      if (found === null) throw new TypeError(`the digest ${String(algorithm)} is not available; use SHA-256 or SHA-512`);
      const hash = found[1] === '256' ? sha256 : sha512;
      let taken: number[] = [];
      const add = (bytes: unknown) => void (taken = [...taken, ...bytesOf(bytes, 'update')]);
      return {
        update: (bytes: unknown) => add(typeof bytes === 'number' ? [bytes] : bytes),
        digest(bytes?: unknown) {
          if (bytes !== undefined && bytes !== null) add(bytes);
          const digest = signed(hash(taken));
          taken = [];
          return digest;
        },
        reset: () => void (taken = []),
      };
    },
    isEqual: (a: unknown, b: unknown) => bytesOf(a, 'isEqual').join() === bytesOf(b, 'isEqual').join(),
  };

  const types: Record<string, unknown> = {
    'java.util.HashMap': HashMap,
    'java.util.LinkedHashMap': HashMap,
    'java.util.HashSet': HashSet,
    'java.util.ArrayList': ArrayList,
    'java.util.Base64': Base64,
    'java.lang.String': JavaString,
    'java.security.MessageDigest': MessageDigest,
  };

  const Java = {
    type(name: unknown): unknown {
      if (typeof name === 'string' && hasOwn(types, name)) return types[name];
      throw new TypeError(`Java.type: ${String(name)} is not available; there are ${keys(types).join(', ')}`);
    },
    /** A plain array of any collection. */
    from: (collection: unknown) => elementsOf(collection),
    /** A Java list of any collection. */
    to: (collection: unknown) => shapes.list(elementsOf(collection)),
  };

  /**
   * The methods of Java's strings that scripts call on any text. They become inherited by all strings of the realm, which
   * is the realm of this one procedure.
   */
  function extendStrings(): void {
    const helpers: Record<string, (this: string, other?: unknown) => unknown> = {
      getBytes(charset) {
        requireUtf8(charset);
        return signed(utf8Encode(this));
      },
      equals(other) {
        return (typeof other === 'string' || other instanceof String) && this === String(other);
      },
      equalsIgnoreCase(other) {
        return (typeof other === 'string' || other instanceof String) && this.toLowerCase() === String(other).toLowerCase();
      },
      contains(other) {
        return this.includes(String(other));
      },
      isEmpty() {
        return this.length === 0;
      },
    };
    for (const name of keys(helpers)) {
      const helper = helpers[name] as (this: string, other?: unknown) => unknown;
      defineProperty(String.prototype, name, {
        value: {
          [name](this: unknown, other?: unknown) {
            return apply(helper, String(this), [other]);
          },
        }[name],
        writable: true,
        enumerable: false,
        configurable: true,
      });
    }
  }

  /** Scripts ask what they catch for its message as they would ask a Java exception. */
  function extendErrors(): void {
    const { getMessage } = {
      getMessage(this: { readonly message?: unknown }) {
        return this.message;
      },
    };
    defineProperty(Error.prototype, 'getMessage', { value: getMessage, writable: true, enumerable: false, configurable: true });
  }

  return { Java, extendErrors, extendStrings, types };
}
