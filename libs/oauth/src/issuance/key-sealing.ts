import { hash, hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, type JWK } from 'jose';

/** Something sealed could not be opened: the key encryption key is not the one it was sealed with, or it is damaged. */
export class KeySealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeySealError';
  }
}

/** Content types, authenticated with what is sealed: a private key cannot be passed off as a text that procedures may read. */
const KEY = 'jwk+json';
const TEXT = 'text/plain';

/**
 * Seals private keys and secrets for storage, as compact JWE under a 256-bit key encryption key (`dir`, A256GCM; RFC 7516).
 * The key encryption key comes from the environment or a file beside the database, never from the database itself.
 */
export class KeySealer {
  /** Names the key encryption key without telling it: written into what it seals, so a wrong key is told from damage. */
  readonly id: string;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    if (key.length !== 32) throw new KeySealError('the key encryption key must have 32 bytes');
    this.#key = key;
    this.id = hash('sha256', Buffer.concat([Buffer.from('tokenwright key id\0'), key]), 'base64url').slice(0, 16);
  }

  seal(jwk: JWK): Promise<string> {
    return this.#encrypt(JSON.stringify(jwk), KEY);
  }

  /** @throws KeySealError */
  async open(sealed: string): Promise<JWK> {
    try {
      return JSON.parse(await this.#decrypt(sealed, KEY)) as JWK;
    } catch (cause) {
      throw new KeySealError('a signing key cannot be opened with this key encryption key; start with the one it was sealed with', {
        cause,
      });
    }
  }

  /** A key of 32 bytes for another purpose, the same on all nodes, from which nobody learns this one. RFC 5869. */
  derive(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key, '', `tokenwright ${purpose}`, 32));
  }

  /** Seals a secret, such as a password or a private key in PEM. */
  sealText(text: string): Promise<string> {
    return this.#encrypt(text, TEXT);
  }

  /** @throws KeySealError also for a sealed signing key, which is no text */
  async openText(sealed: string): Promise<string> {
    try {
      return await this.#decrypt(sealed, TEXT);
    } catch (cause) {
      throw new KeySealError('a secret cannot be opened with this key encryption key; start with the one it was sealed with', { cause });
    }
  }

  /** Whether this text is what was sealed; not where it was sealed under a key that is gone. */
  async holdsText(sealed: string, text: string): Promise<boolean> {
    try {
      return (await this.openText(sealed)) === text;
    } catch (error) {
      if (error instanceof KeySealError) return false;
      throw error;
    }
  }

  #encrypt(text: string, cty: string): Promise<string> {
    return new CompactEncrypt(Buffer.from(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: this.id, cty }).encrypt(this.#key);
  }

  async #decrypt(sealed: string, cty: string): Promise<string> {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, this.#key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    if (protectedHeader.cty !== cty) throw new Error(`sealed as ${protectedHeader.cty ?? 'nothing'}, not as ${cty}`);
    return Buffer.from(plaintext).toString();
  }
}
