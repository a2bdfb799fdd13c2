import { createHmac, randomInt } from 'node:crypto';

/** Consonants without look-alikes, which spell no words. RFC 8628 section 6.1. */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
/** 34 bits: of ten guesses in ten minutes by one person, less than one in two thousand million hits one of ten codes. RFC 8628 section 5.1. */
const LENGTH = 8;
/** Beyond, it was no code that somebody typed. */
export const LONGEST_TYPED = 64;

export interface UserCode {
  /** As people read it: `WDJB-MJHT`. */
  readonly text: string;
  readonly hash: Uint8Array;
}

/** Codes that people carry from a device to a browser. They are short, so they are kept as hashes under a key that the database has not. */
export class UserCodes {
  readonly #key: Uint8Array;

  /** @param key of all nodes the same: 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  mint(profile: string): UserCode {
    const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
    return { text: readable(code), hash: this.#hash(profile, code) };
  }

  /**
   * What was typed, as people read it, with its hash: in capitals or not, with dashes, dots and blanks or without. Null for what can be no code.
   */
  typed(profile: string, text: string): UserCode | null {
    if (text.length > LONGEST_TYPED) return null;
    const code = text
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[\s\p{Dash_Punctuation}._]/gu, '');
    if (!/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code)) return null;
    return { text: readable(code), hash: this.#hash(profile, code) };
  }

  #hash(profile: string, code: string): Uint8Array {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(['user code', profile, code]))
      .digest();
  }
}

function readable(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}
