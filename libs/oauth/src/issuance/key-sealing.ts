import { hash } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, type JWK } from 'jose';

/** Private keys could not be opened: the key encryption key is not the one they were sealed with. */
export class KeySealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeySealError';
  }
}

/**
 * Seals private keys for storage, as compact JWE under a 256-bit key encryption key (`dir`, A256GCM; RFC 7516).
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
    return new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: this.id, cty: 'jwk+json' })
      .encrypt(this.#key);
  }

  async open(sealed: string): Promise<JWK> {
    try {
      const { plaintext } = await compactDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      return JSON.parse(Buffer.from(plaintext).toString()) as JWK;
    } catch (cause) {
      throw new KeySealError('a signing key cannot be opened with this key encryption key; start with the one it was sealed with', {
        cause,
      });
    }
  }
}
