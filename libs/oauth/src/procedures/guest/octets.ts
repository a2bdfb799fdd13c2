/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Bytes are arrays of numbers, since the realm has no typed arrays; signed ones, as Java has them, are read too.
 */
export function octetCodecs() {
  const { fromCharCode, fromCodePoint } = String;
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const STANDARD = `${ALPHABET}+/`;
  const URL_SAFE = `${ALPHABET}-_`;

  /** Lone surrogates become U+FFFD. */
  function utf8Encode(text: string): number[] {
    const bytes: number[] = [];
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      let code = text.codePointAt(i) as number;
      if (code > 0xffff) i++;
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
      if (code < 0x80) bytes[at++] = code;
      else {
        if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
        else {
          if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12);
          else {
            bytes[at++] = 0xf0 | (code >> 18);
            bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
          }
          bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
        }
        bytes[at++] = 0x80 | (code & 0x3f);
      }
    }
    return bytes;
  }

  /** Throws `TypeError` for malformed text when `strict`; else each bad byte becomes U+FFFD. */
  function utf8Decode(bytes: readonly number[], strict: boolean): string {
    let text = '';
    let at = 0;
    while (at < bytes.length) {
      const first = (bytes[at++] as number) & 0xff;
      if (first < 0x80) {
        text += fromCharCode(first);
        continue;
      }
      const more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
      let code = more === 0 ? -1 : first & (0x3f >> more);
      for (let i = 0; i < more && code >= 0; i++) {
        const next = at + i < bytes.length ? (bytes[at + i] as number) & 0xff : 0;
        code = (next & 0xc0) === 0x80 ? (code << 6) | (next & 0x3f) : -1;
      }
      const shortest = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
      if (code < shortest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        if (strict) throw new TypeError('not valid UTF-8');
        text += '\ufffd';
      } else {
        text += fromCodePoint(code);
        at += more;
      }
    }
    return text;
  }

  function base64Encode(bytes: readonly number[], urlSafe: boolean, padded: boolean): string {
    const alphabet = urlSafe ? URL_SAFE : STANDARD;
    let text = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const left = bytes.length - i;
      const bits =
        (((bytes[i] as number) & 0xff) << 16) |
        (left > 1 ? ((bytes[i + 1] as number) & 0xff) << 8 : 0) |
        (left > 2 ? (bytes[i + 2] as number) & 0xff : 0);
      text += alphabet.charAt(bits >> 18) + alphabet.charAt((bits >> 12) & 63);
      if (left > 1) text += alphabet.charAt((bits >> 6) & 63);
      if (left > 2) text += alphabet.charAt(bits & 63);
      else if (padded) text += left > 1 ? '=' : '==';
    }
    return text;
  }

  /** Padding may be missing. Throws `TypeError` for any character outside the alphabet and for a cut-off end. */
  function base64Decode(text: string, urlSafe: boolean): number[] {
    const alphabet = urlSafe ? URL_SAFE : STANDARD;
    const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
    if (end % 4 === 1 || (end < text.length && text.length % 4 !== 0)) throw new TypeError('not valid base64: wrong length');
    const bytes: number[] = [];
    let bits = 0;
    let held = 0;
    for (let i = 0; i < end; i++) {
      const value = alphabet.indexOf(text.charAt(i));
      if (value < 0) throw new TypeError(`not valid base64: illegal character at ${i}`);
      bits = ((bits << 6) | value) & 0xffffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes[bytes.length] = (bits >> held) & 0xff;
      }
    }
    return bytes;
  }

  return { base64Decode, base64Encode, utf8Decode, utf8Encode };
}

/** What `octetCodecs` makes. */
export type OctetCodecs = ReturnType<typeof octetCodecs>;
