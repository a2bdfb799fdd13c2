import { hash, timingSafeEqual } from 'node:crypto';
import { generateSecret, hashGeneratedSecret, verifyGeneratedSecret } from '../client/client-secret.ts';
import type { ClientSecret } from '../configuration/client-settings.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import { mintOneTimeToken } from '../token/one-time-token.ts';

/** A secret that a client is given: its value is nowhere else. */
export interface GivenSecret {
  readonly value: string;
  readonly kept: ClientSecret;
}

/** 256 bits, for as long as the template says. */
export function newSecret({ secretLifetime }: RegistrationTemplate, now: number): GivenSecret {
  const value = generateSecret();
  return {
    value,
    kept: { hash: hashGeneratedSecret(value), createdAt: now, expiresAt: secretLifetime === null ? null : now + secretLifetime },
  };
}

/** Those that are still good, and for how long where there is a newer one. */
export function secretsBeside(
  secrets: readonly ClientSecret[],
  { secretOverlap }: RegistrationTemplate,
  now: number,
): readonly ClientSecret[] {
  const newest = inForce(secrets, now).at(-1);
  if (newest === undefined) return [];
  const until = now + secretOverlap;
  return [{ ...newest, expiresAt: newest.expiresAt === null ? until : Math.min(newest.expiresAt, until) }];
}

/** The newest last, as they are kept. */
export function inForce(secrets: readonly ClientSecret[], now: number): readonly ClientSecret[] {
  return secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}

/** Whether an update gives the client another secret: the template wants it, there is none, or half of its time is over. */
export function isSecretDue(secrets: readonly ClientSecret[], { rotateSecretOnUpdate }: RegistrationTemplate, now: number): boolean {
  const newest = inForce(secrets, now).at(-1);
  if (newest === undefined || rotateSecretOnUpdate) return true;
  return newest.expiresAt !== null && now >= (newest.createdAt + newest.expiresAt) / 2;
}

/** Whether a text is one of the secrets, in constant time for each. */
export function isSecretOf(secrets: readonly ClientSecret[], text: string, now: number): boolean {
  return inForce(secrets, now).some((secret) => verifyGeneratedSecret(text, secret.hash));
}

/** By which a client manages its registration. RFC 7592 section 3. */
export function newRegistrationToken(): { readonly value: string; readonly hash: string } {
  const { value, hash: digest } = mintOneTimeToken('registration_access_token');
  return { value, hash: Buffer.from(digest).toString('base64url') };
}

/** Compares in constant time. */
export function isRegistrationToken(presented: string, kept: string): boolean {
  const expected = Buffer.from(kept, 'base64url');
  const actual = hash('sha256', presented, 'buffer');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
