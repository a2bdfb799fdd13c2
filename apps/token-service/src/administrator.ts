import { randomBytes, timingSafeEqual } from 'node:crypto';
import { entityKey, hashGeneratedSecret, put, type Administrator, type LiveConfiguration } from '#libs/oauth';
import { rmSync } from 'node:fs';
import { adminTokenFile, writeSecret } from './data-directory.ts';
import { StartError } from './start-error.ts';

/** The administrator every installation starts with. */
const BOOTSTRAP = 'admin';
const SHORTEST_TOKEN = 32;

/**
 * Sees to the bootstrap administrator: with the token given by the operator, else at first start with a new one that is
 * left in the data directory, mode 0600. The database keeps its hash only.
 *
 * @param reset gives a new token even if there is an administrator already
 * @returns the file the token was written to, or null when nothing was written
 */
export async function bootstrapAdministrator(
  live: LiveConfiguration,
  options: {
    readonly dataDir: string;
    readonly given: string | null;
    readonly now: number;
    readonly reset?: boolean;
    readonly actor?: string;
  },
): Promise<string | null> {
  const { given, now } = options;
  if (given !== null && given.length < SHORTEST_TOKEN)
    throw new StartError(`TOKENWRIGHT_ADMIN_TOKEN must have at least ${SHORTEST_TOKEN} characters`);
  const present = live.current.get('administrator', entityKey(BOOTSTRAP));
  if (options.reset !== true) {
    if (given === null && live.current.count('administrator') > 0) return null;
    if (given !== null && present !== undefined && sameHash(present.tokenHash, hashGeneratedSecret(given))) return null;
  }
  const token = given ?? `twadm_${randomBytes(32).toString('base64url')}`;
  const file = given === null ? adminTokenFile(options.dataDir) : null;
  // Written first: a token that is in the file but not in force is mended by a reset, one that nobody has seen is not.
  if (file !== null) writeSecret(file, token);
  const { result: isInForce } = await live.change((configuration) => {
    // Another node may have been first: its token stands.
    if (options.reset !== true && given === null && configuration.count('administrator') > 0)
      return { changes: [], audit: [], result: false };
    const before = configuration.get('administrator', entityKey(BOOTSTRAP));
    const after: Administrator = {
      id: BOOTSTRAP,
      role: 'admin',
      tokenHash: hashGeneratedSecret(token),
      createdAt: before?.createdAt ?? now,
      origin: 'system',
    };
    const shown = { id: BOOTSTRAP, role: 'admin' };
    const action = before === undefined ? 'administrator.create' : 'administrator.reset-token';
    return {
      changes: [put('administrator', after)],
      audit: [
        {
          at: now,
          actor: options.actor ?? 'system',
          action,
          kind: 'administrator',
          key: BOOTSTRAP,
          before: before === undefined ? null : shown,
          after: shown,
        },
      ],
      result: true,
    };
  });
  if (isInForce) return file;
  if (file !== null) rmSync(file, { force: true });
  return null;
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
