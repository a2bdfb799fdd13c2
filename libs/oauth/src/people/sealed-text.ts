import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const SALT_BYTES = 24;
const TAG_BYTES = 16;

/**
 * Seals what goes along in addresses under a key that all nodes have and nobody else: nobody reads or changes it. NIST SP 800-38D.
 *
 * Anybody can have texts sealed, and as many as they like, while a key of this cipher is good for no more than 2^32 random nonces (section
 * 8.3). So each text has a key and a nonce of its own, derived from the one key by a random salt (RFC 5869).
 */
export class SealedText {
  readonly #key: Uint8Array;

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  seal(text: string): string {
    const salt = randomBytes(SALT_BYTES);
    const { key, nonce } = this.#derived(salt);
    const cipher = createCipheriv(ALGORITHM, key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([salt, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Null for what was not sealed here. */
  open(sealed: string): string | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < SALT_BYTES + TAG_BYTES) return null;
    const { key, nonce } = this.#derived(bytes.subarray(0, SALT_BYTES));
    try {
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(bytes.subarray(SALT_BYTES, SALT_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(SALT_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      // Made up or changed: to whoever sent it, the same as none.
      return null;
    }
  }

  #derived(salt: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
    const bytes = new Uint8Array(hkdfSync('sha256', this.#key, salt, 'sealed text', KEY_BYTES + NONCE_BYTES));
    return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
  }
}
