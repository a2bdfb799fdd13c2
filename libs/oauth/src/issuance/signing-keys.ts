import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { put, remove, type Change, type Configuration } from '../configuration/configuration.ts';
import { keyOf, type Origin, type SigningAlgorithm, type SigningKey } from '../configuration/entities.ts';
import type { KeySealer } from './key-sealing.ts';

/** Seconds for which key sets may be cached by those who verify; sent as `max-age` with the key set. */
export const JWKS_CACHE_SECONDS = 300;

/** Seconds within which every node has taken over a change. */
const SNAPSHOT_DELAY_SECONDS = 5;

/** A published key may sign once every cached key set must have seen it. */
export const PUBLISH_AHEAD_SECONDS = JWKS_CACHE_SECONDS + SNAPSHOT_DELAY_SECONDS;

/** The next key has not been published for long enough. */
export class RotationTooEarlyError extends Error {
  constructor(readonly secondsToWait: number) {
    super(`the next key was published too recently: verifiers may not know it for another ${secondsToWait} seconds`);
    this.name = 'RotationTooEarlyError';
  }
}

/** Makes a key pair; the `kid` is the RFC 7638 thumbprint of the public key. */
export async function createSigningKey(
  profile: string,
  algorithm: SigningAlgorithm,
  state: 'next' | 'active',
  sealer: KeySealer,
  now: number,
  origin: Origin = 'system',
): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 3072 });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    profile,
    kid,
    algorithm,
    state,
    publicJwk: { ...publicJwk, kid, alg: algorithm, use: 'sig' },
    sealedPrivateJwk: await sealer.seal(await exportJWK(privateKey)),
    createdAt: now,
    activatedAt: state === 'active' ? now : null,
    retiredAt: null,
    origin,
  };
}

/** A profile with this scope is an OpenID provider, and those must have RS256. OpenID Connect Core section 15.1, Discovery section 3. */
const OPENID = 'openid';

/** By profile, the algorithms that its issuers sign with, and its clients ask for; ES256 always, since introspection responses are signed too. */
function algorithmsInUse(configuration: Configuration): ReadonlyMap<string, ReadonlySet<SigningAlgorithm>> {
  const inUse = new Map<string, Set<SigningAlgorithm>>();
  for (const { id, scopes } of configuration.all('profile'))
    inUse.set(id, new Set(Object.hasOwn(scopes, OPENID) ? ['ES256', 'RS256'] : ['ES256']));
  for (const { profile, algorithm } of configuration.all('token-issuer')) if (algorithm !== null) inUse.get(profile)?.add(algorithm);
  for (const { profile, openId } of configuration.all('client'))
    for (const algorithm of [openId?.idTokenSignedResponseAlg ?? null, openId?.userinfoSignedResponseAlg ?? null])
      if (algorithm !== null) inUse.get(profile)?.add(algorithm);
  return inUse;
}

/** Creates what a profile lacks: for each algorithm in use an active key and a published next one. */
export async function missingSigningKeys(configuration: Configuration, sealer: KeySealer, now: number): Promise<readonly Change[]> {
  const missing: Promise<SigningKey>[] = [];
  for (const [profile, algorithms] of algorithmsInUse(configuration)) {
    for (const algorithm of algorithms) {
      for (const state of ['active', 'next'] as const) {
        if (keysOf(configuration, profile, algorithm).some((key) => key.state === state)) continue;
        // All at a time: RSA keys take a while, and none of it is this thread's.
        missing.push(createSigningKey(profile, algorithm, state, sealer, now));
      }
    }
  }
  return (await Promise.all(missing)).map((key) => put('signing-key', key));
}

export interface Rotation {
  readonly changes: readonly Change[];
  readonly activated: SigningKey;
  readonly retired: SigningKey | null;
  readonly next: SigningKey;
}

/**
 * The next key becomes active, the active one retires and stays published, a new next one is published,
 * and retired keys that nothing alive can have been signed with are removed.
 *
 * @param emergency the active key is compromised: rotate even if verifiers may not know the next key yet,
 *   and stop publishing the old one at once.
 * @throws RotationTooEarlyError
 */
export async function rotateSigningKeys(
  configuration: Configuration,
  profileId: string,
  algorithm: SigningAlgorithm,
  sealer: KeySealer,
  now: number,
  emergency = false,
): Promise<Rotation> {
  const keys = keysOf(configuration, profileId, algorithm);
  const active = keys.find((key) => key.state === 'active');
  const next = keys.find((key) => key.state === 'next') ?? (await createSigningKey(profileId, algorithm, 'next', sealer, now));
  const wait = next.createdAt + PUBLISH_AHEAD_SECONDS - now;
  if (active !== undefined && wait > 0 && !emergency) throw new RotationTooEarlyError(wait);

  const activated: SigningKey = { ...next, state: 'active', activatedAt: now };
  const following = await createSigningKey(profileId, algorithm, 'next', sealer, now);
  const changes: Change[] = [put('signing-key', activated), put('signing-key', following)];
  let retired: SigningKey | null = null;
  if (active !== undefined) {
    if (emergency) changes.push(remove('signing-key', keyOf('signing-key', active)));
    else changes.push(put('signing-key', (retired = { ...active, state: 'retired', retiredAt: now })));
  }
  for (const key of expiredKeys(configuration, profileId, now))
    if (key.algorithm === algorithm) changes.push(remove('signing-key', keyOf('signing-key', key)));
  return { changes, activated, retired, next: following };
}

/** Retired keys of a profile whose last signature has expired. */
export function expiredKeys(configuration: Configuration, profileId: string, now: number): readonly SigningKey[] {
  const lifetime = configuration.get('profile', encodeURIComponent(profileId))?.defaults.maximumTokenLifetime ?? Infinity;
  return [...configuration.all('signing-key')].filter(
    (key) =>
      key.profile === profileId && key.state === 'retired' && key.retiredAt !== null && key.retiredAt + lifetime + JWKS_CACHE_SECONDS < now,
  );
}

function keysOf(configuration: Configuration, profile: string, algorithm: SigningAlgorithm): readonly SigningKey[] {
  return [...configuration.all('signing-key')].filter((key) => key.profile === profile && key.algorithm === algorithm);
}
