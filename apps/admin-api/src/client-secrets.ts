import { generateSecret, hashChosenSecret, hashGeneratedSecret, type ClientSecret } from '#libs/oauth';
import { Problem } from './problem.ts';

/** A secret just made: its text is for one answer only. */
export interface NewSecret {
  readonly text: string;
  readonly stored: ClientSecret;
}

/** Makes a secret, of a chosen text or of a generated one. */
export async function makeSecret(chosen: string | undefined, now: number): Promise<NewSecret> {
  if (chosen !== undefined) return { text: chosen, stored: { hash: await hashChosenSecret(chosen), createdAt: now, expiresAt: null } };
  const text = generateSecret();
  return { text, stored: { hash: hashGeneratedSecret(text), createdAt: now, expiresAt: null } };
}

/**
 * A client's secrets with one more; those that are past are dropped.
 *
 * @param expireOthersIn seconds for which the others stay valid; undefined leaves them as they are
 * @throws Problem `too-many-secrets` when more than two would be valid
 */
export function withSecret(
  secrets: readonly ClientSecret[],
  added: ClientSecret,
  expireOthersIn: number | undefined,
  now: number,
): readonly ClientSecret[] {
  const others = secrets
    .map((secret) =>
      expireOthersIn === undefined ? secret : { ...secret, expiresAt: Math.min(secret.expiresAt ?? Infinity, now + expireOthersIn) },
    )
    .filter((secret) => secret.expiresAt === null || secret.expiresAt > now);
  if (others.length > 1) {
    throw new Problem('too-many-secrets', 'Delete one of the two first, or end both at once with "expireOthersIn": 0.');
  }
  return [...others, added];
}
