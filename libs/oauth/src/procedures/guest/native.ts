import type { Guest } from '../sandbox.ts';
import type { Sha256 } from './digest.ts';
import type { Keeping } from './keeping.ts';
import type { OwnMembers } from './members.ts';
import type { OctetCodecs } from './octets.ts';
import type { JavaShapes } from './shapes.ts';
import type { JwtVerification } from './verification.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * The service's own globals: `base64url`, `sha256`, `randomUuid`, `jwt`, `cache` and `secrets`.
 */
export function nativeGlobals(
  guest: Guest,
  members: OwnMembers,
  shapes: JavaShapes,
  octets: OctetCodecs,
  digest: Sha256,
  verify: JwtVerification,
  { cache, secrets }: Keeping,
) {
  const { parse } = JSON;
  const { elementsOf, isObject } = members;
  const { base64Decode, base64Encode, utf8Decode, utf8Encode } = octets;
  const LONGEST_JWT = 65_536;

  function requireText(value: unknown, what: string): string {
    if (typeof value === 'string') return value;
    if (value instanceof String) return String(value);
    throw new TypeError(`${what}: expected text`);
  }

  const base64url = {
    /** Text as UTF-8, or an array of bytes, to base64url without padding. */
    encode(value: unknown): string {
      const bytes = isObject(value) && !(value instanceof String) ? elementsOf(value) : utf8Encode(requireText(value, 'base64url.encode'));
      for (const byte of bytes) if (typeof byte !== 'number') throw new TypeError('base64url.encode: expected text or bytes');
      return base64Encode(bytes as number[], true, false);
    },
    /** The text whose UTF-8 it is. Throws `TypeError` for anything malformed. */
    decode: (text: unknown): string => utf8Decode(base64Decode(requireText(text, 'base64url.decode'), true), true),
  };

  /** SHA-256 of text as UTF-8: `hex` unless `base64url` is asked for, as `{ encoding }` or alone. */
  function sha256(text: unknown, options?: unknown): string {
    const encoding = isObject(options) ? options['encoding'] : options;
    const bytes = digest(utf8Encode(requireText(text, 'sha256')));
    if (encoding === 'base64url') return base64Encode(bytes, true, false);
    if (encoding !== undefined && encoding !== null && encoding !== 'hex') throw new TypeError('sha256: the encoding is hex or base64url');
    return bytes.map((byte) => (byte + 256).toString(16).slice(1)).join('');
  }

  const randomUuid = (): string => guest.mint('uuid').value;

  function part(text: string, what: string): object {
    let value: unknown;
    try {
      value = parse(utf8Decode(base64Decode(text, true), true));
    } catch {
      throw new TypeError(`jwt.decode: the ${what} is not base64url of JSON`);
    }
    if (!isObject(value) || Array.isArray(value)) throw new TypeError(`jwt.decode: the ${what} is not an object`);
    return shapes.dress(value);
  }

  const jwt = {
    /** Header and payload as maps. Nothing is verified: do not trust what it says. */
    decode(token: unknown): { readonly header: object; readonly payload: object } {
      const text = requireText(token, 'jwt.decode');
      if (text.length > LONGEST_JWT) throw new TypeError(`jwt.decode: a JWT has at most ${LONGEST_JWT} characters`);
      const parts = text.split('.');
      if (parts.length !== 3) throw new TypeError('jwt.decode: a signed JWT has three parts');
      return { header: part(parts[0] as string, 'header'), payload: part(parts[1] as string, 'payload') };
    },
    verify,
  };

  return { base64url, cache, jwt, randomUuid, secrets, sha256 };
}
