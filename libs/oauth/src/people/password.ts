import { pbkdf2, randomInt, timingSafeEqual } from 'node:crypto';
import { hashChosenSecret, isSecretHash, isSlowHash, verifySecret } from '../client/client-secret.ts';
import { HIGHEST_BCRYPT_COST, isBcrypt, isBearableBcrypt, isBeyondBcrypt, verifyBcrypt } from './bcrypt-hash.ts';

const SHORTEST = 8;
/** Longer ones are refused unread: no person has one. */
export const LONGEST_PASSWORD = 1024;
/** Iterations that one attempt may cost. */
const MOST_ITERATIONS = 2_000_000;

/** Without letters and digits that are taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** Why a password may not be chosen. NIST SP 800-63B section 3.1.1.2. */
export type PasswordProblem = 'too-short' | 'too-long' | 'is-username';

/** What keeps somebody from choosing a password; null for nothing. */
export function passwordProblem(password: string, username: string): PasswordProblem | null {
  if (password.length > LONGEST_PASSWORD) return 'too-long';
  if (characters(password) < SHORTEST) return 'too-short';
  return password.normalize('NFKC').toLowerCase() === username.normalize('NFKC').toLowerCase() ? 'is-username' : null;
}

/** A password with 99 bits of randomness that can be read out: four groups of five. */
export function generatePassword(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** An argon2id string. Keyboards that compose characters otherwise make the same password: RFC 8265 section 4.2.2. */
export function hashPassword(password: string): Promise<string> {
  return hashChosenSecret(password.normalize('NFC'));
}

/**
 * What keeps `verifyPassword` from a hash, without quoting it; null for nothing. It takes argon2id, bcrypt, and PBKDF2 with SHA-256 or
 * SHA-512, at a cost that one attempt may have.
 */
export function passwordHashProblem(text: string): string | null {
  if (isArgon2(text) || isBearableBcrypt(text) || parsePbkdf2(text) !== null) return null;
  if (isBcrypt(text))
    return `must be of a bcrypt cost from 4 to ${HIGHEST_BCRYPT_COST}: a higher one has everybody wait for seconds at each attempt; import the account without a hash and give it a new password`;
  return 'must be an argon2id string ($argon2id$v=19$m=...), bcrypt ($2a$..., $2b$..., $2y$...) or PBKDF2 ($pbkdf2-sha256$..., $pbkdf2-sha512$...)';
}

/**
 * Whether a hash is to be made anew from the password that was right for it: where it is not one that `hashPassword` makes. Not where
 * bcrypt has looked at a part of the password only: nobody knows then whether the rest was typed as it was chosen.
 */
export function isToBeRenewed(stored: string, password: string): boolean {
  if (stored.startsWith('$argon2id$v=19$m=19456,t=2,p=1$')) return false;
  return !isBcrypt(stored) || !isBeyondBcrypt(password.normalize('NFC'));
}

/** Verifies off the event loop. False for a hash that is not known. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const text = password.normalize('NFC');
  if (isArgon2(stored)) return verifySecret(text, stored);
  if (isBcrypt(stored)) return verifyBcrypt(text, stored);
  const parsed = parsePbkdf2(stored);
  if (parsed === null) return false;
  const { digest, iterations, salt, key } = parsed;
  const derived = await new Promise<Buffer>((resolve, reject) => {
    pbkdf2(text, salt, iterations, key.length, digest, (error, made) => (error === null ? resolve(made) : reject(error)));
  });
  return timingSafeEqual(derived, key);
}

/** Code points, which is how NIST counts. */
function characters(text: string): number {
  return Array.from(text).length;
}

function isArgon2(text: string): boolean {
  return isSlowHash(text) && isSecretHash(text);
}

/** `$pbkdf2-sha256$29000$<salt>$<key>` as passlib writes it, or with `i=29000,l=32` as the PHC string format has it. */
function parsePbkdf2(text: string) {
  const found = /^\$pbkdf2-(sha256|sha512)\$(?:i=)?(\d{1,7})(?:,l=\d{1,3})?\$([A-Za-z0-9+/.]{11,128})\$([A-Za-z0-9+/.]{22,128})$/.exec(
    text,
  );
  if (found === null) return null;
  const [, digest = '', iterations = '', salt = '', key = ''] = found;
  if (Number(iterations) < 1 || Number(iterations) > MOST_ITERATIONS) return null;
  return { digest, iterations: Number(iterations), salt: bytes(salt), key: bytes(key) };
}

/** passlib writes `.` for `+`. */
function bytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}
