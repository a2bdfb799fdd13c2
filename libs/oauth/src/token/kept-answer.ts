import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { TokenAnswer } from './grant-type.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals the answer to a grant with a key that only the grant's own text gives: who has the database alone cannot open it.
 *
 * @param grant the refresh token, which is not stored; it must have the strength of a key
 */
export function sealAnswer(answer: TokenAnswer, grant: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(grant), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/**
 * Opens what `sealAnswer` has sealed.
 * @throws Error when it was sealed for another grant, or was changed
 */
export function openAnswer(sealed: string, grant: string): TokenAnswer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(ALGORITHM, keyOf(grant), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString('utf8')) as TokenAnswer;
}

function keyOf(grant: string): Buffer {
  return Buffer.from(hkdfSync('sha256', grant, '', 'kept answer of a refresh token', 32));
}
