import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2';

/**
 * Client secrets at rest. One that the service generated has 256 bits, so a plain SHA-256 keeps it;
 * one that a person chose needs argon2id.
 */

/** A new secret with 256 bits of randomness, in characters that need no escaping anywhere. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** `sha256$<base64url>`: only for secrets of `generateSecret`. */
export function hashGeneratedSecret(secret: string): string {
  return `sha256$${hash('sha256', secret, 'base64url')}`;
}

/** An argon2id string in PHC form, with OWASP's parameters (19 MiB, 2 passes). Takes about 10 ms off the event loop. */
export function hashChosenSecret(secret: string): Promise<string> {
  return argon2Hash(secret, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

/** Whether a text is a hash in one of the forms that `verifySecret` knows. */
export function isSecretHash(text: string): boolean {
  return /^sha256\$[A-Za-z0-9_-]{43}$/.test(text) || isBearableArgon2(text);
}

/** Whether verifying against this hash is slow enough to be queued. */
export function isSlowHash(text: string): boolean {
  return text.startsWith('$argon2id$');
}

/** Compares at once and in constant time; only for hashes that are not slow. */
export function verifyGeneratedSecret(secret: string, stored: string): boolean {
  const expected = Buffer.from(stored.slice('sha256$'.length), 'base64url');
  const actual = hash('sha256', secret, 'buffer');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Verifies against either form; a slow hash is computed off the event loop. */
export async function verifySecret(secret: string, stored: string): Promise<boolean> {
  return isSlowHash(stored) ? argon2Verify(stored, secret) : verifyGeneratedSecret(secret, stored);
}

/** An argon2id string whose cost one request may have: at most 256 MiB, ten passes and four lanes. */
function isBearableArgon2(text: string): boolean {
  const cost = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/.exec(text);
  return cost !== null && Number(cost[1]) <= 262_144 && Number(cost[2]) <= 10 && Number(cost[3]) <= 4;
}
