import { createHmac, randomBytes } from 'node:crypto';
import { put, type Change, type Configuration } from '../configuration/configuration.ts';
import { entityKey } from '../configuration/entities.ts';
import type { ConfigurationProblem } from '../configuration/validation.ts';
import type { KeySealer } from '../issuance/key-sealing.ts';

/**
 * Names the secret of a profile that pairwise subjects are made with. The service makes it, no procedure may read it, and while clients
 * know people by what it gave it stays as it is: signing keys and the key encryption key may change, it does not.
 */
export const PAIRWISE_SECRET = 'pairwise-subjects';

/**
 * The `sub` by which all clients of a sector know a person, and no other. Without the secret nobody finds out who it is, or can tell
 * whether it is somebody that they know elsewhere, however many they try. OpenID Connect Core section 8.1.
 *
 * @returns 43 characters of base64url
 */
export function pairwiseSubject(secret: string, sector: string, subject: string): string {
  return keyed(secret, ['sub', sector, subject]);
}

/** The `sid` of the same: one that all clients knew would tell who is who. OpenID Connect Front-Channel Logout section 3. */
export function pairwiseSession(secret: string, sector: string, session: string): string {
  return keyed(secret, ['sid', sector, session]);
}

function keyed(secret: string, what: readonly [use: string, sector: string, name: string]): string {
  return createHmac('sha256', secret).update(JSON.stringify(what)).digest('base64url');
}

/** Makes the secret of each profile with clients that need it, where there is none. */
export async function missingPairwiseSecrets(configuration: Configuration, sealer: KeySealer, now: number): Promise<readonly Change[]> {
  const missing = [...profilesInNeed(configuration)].filter(
    (profile) => configuration.get('secret', entityKey(profile, PAIRWISE_SECRET)) === undefined,
  );
  return Promise.all(
    missing.map(async (profile) =>
      put('secret', {
        ...{ profile, id: PAIRWISE_SECRET, sealedValue: await sealer.sealText(randomBytes(32).toString('base64url')) },
        ...{ createdAt: now, updatedAt: now, origin: 'system' },
      }),
    ),
  );
}

/** Reports changes after which clients would take everybody for a stranger. */
export function pairwiseProblems(before: Configuration, changes: readonly Change[]): readonly ConfigurationProblem[] {
  const touched = changes.filter(({ kind, key }) => kind === 'secret' && before.get('secret', key)?.id === PAIRWISE_SECRET);
  if (touched.length === 0) return [];
  const after = before.with(changes);
  const known = profilesInNeed(before);
  const needed = profilesInNeed(after);
  return touched.flatMap(({ key }): ConfigurationProblem[] => {
    const secret = before.get('secret', key);
    if (secret === undefined || !known.has(secret.profile) || !needed.has(secret.profile)) return [];
    if (after.get('secret', key)?.sealedValue === secret.sealedValue) return [];
    const message =
      'makes the pairwise subjects of clients: another one, or none, would make everybody a stranger to them. Keep it as it is';
    return [{ kind: 'secret', key, pointer: '', message }];
  });
}

function profilesInNeed(configuration: Configuration): ReadonlySet<string> {
  const profiles = new Set<string>();
  for (const { profile, openId } of configuration.all('client')) if (openId?.subjectType === 'pairwise') profiles.add(profile);
  // By the time that one registers, it must be there.
  for (const { id, registrationTemplates } of configuration.all('profile'))
    if (Object.values(registrationTemplates).some(({ subjectTypes = [] }) => subjectTypes.includes('pairwise'))) profiles.add(id);
  return profiles;
}
