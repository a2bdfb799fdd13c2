import { beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { Configuration, put } from '../configuration/configuration.ts';
import type { SigningKey } from '../configuration/entities.ts';
import { DEFAULT_OPENID } from '../configuration/openid-settings.ts';
import { clientOf, issuerOf, PROFILE, profileOf } from '../testing/service-builder.ts';
import { KeySealer } from './key-sealing.ts';
import {
  createSigningKey,
  expiredKeys,
  JWKS_CACHE_SECONDS,
  missingSigningKeys,
  PUBLISH_AHEAD_SECONDS,
  rotateSigningKeys,
  RotationTooEarlyError,
} from './signing-keys.ts';

const NOW = 1_800_000_000;
const sealer = new KeySealer(randomBytes(32));
const LIFETIME = profileOf().defaults.maximumTokenLifetime;
let configuration: Configuration;

beforeEach(() => {
  configuration = Configuration.empty.with([put('profile', profileOf())]);
});

const keys = (state?: SigningKey['state']) =>
  [...configuration.all('signing-key')].filter((key) => state === undefined || key.state === state);

async function rotate(now: number, emergency = false) {
  const rotation = await rotateSigningKeys(configuration, PROFILE, 'ES256', sealer, now, emergency);
  configuration = configuration.with(rotation.changes);
  return rotation;
}

describe('a new signing key', () => {
  test('is named by the thumbprint of its public part (RFC 7638), sealed, and published without a private part', async () => {
    const key = await createSigningKey(PROFILE, 'ES256', 'active', sealer, NOW);
    expect(key.kid).toBe(await calculateJwkThumbprint(key.publicJwk));
    expect(key.publicJwk).toMatchObject({ kid: key.kid, alg: 'ES256', use: 'sig' });
    expect(key.publicJwk).not.toHaveProperty('d');
    expect(await sealer.open(key.sealedPrivateJwk)).toHaveProperty('d');
    expect(key).toMatchObject({ createdAt: NOW, activatedAt: NOW, retiredAt: null, origin: 'system' });
    expect((await createSigningKey(PROFILE, 'EdDSA', 'next', sealer, NOW)).activatedAt).toBeNull();
  });

  test('RS256 keys have 3072 bits', async () => {
    const key = await createSigningKey(PROFILE, 'RS256', 'active', sealer, NOW);
    expect(Buffer.from(String(key.publicJwk['n']), 'base64url')).toHaveLength(384);
  });
});

describe('the keys a profile needs', () => {
  test('an active and a published next one for each algorithm in use, ES256 always', async () => {
    configuration = configuration.with([
      put('token-issuer', issuerOf('jwt', { algorithm: 'EdDSA' })),
      put('token-issuer', issuerOf('jwt', { id: 'elsewhere', profile: 'other', algorithm: 'RS256' })),
    ]);
    configuration = configuration.with(await missingSigningKeys(configuration, sealer, NOW));
    expect(keys().map(({ algorithm, state }) => `${algorithm} ${state}`)).toEqual([
      'ES256 active',
      'ES256 next',
      'EdDSA active',
      'EdDSA next',
    ]);
    expect(await missingSigningKeys(configuration, sealer, NOW)).toEqual([]);
  });

  test('RS256 for an OpenID provider (OpenID Connect Core section 15.1), and whatever a client asks for', async () => {
    const openId = { ...DEFAULT_OPENID, idTokenSignedResponseAlg: 'EdDSA' } as const;
    const asking = configuration.with([put('client', clientOf('app', { openId }))]);
    const made = configuration.with(await missingSigningKeys(asking, sealer, NOW));
    expect([...made.all('signing-key')].map(({ algorithm }) => algorithm)).toEqual(['ES256', 'ES256', 'EdDSA', 'EdDSA']);
    const provider = configuration.with([put('profile', profileOf({ scopes: { openid: {} } }))]);
    const keysOfIt = await missingSigningKeys(provider, sealer, NOW);
    expect(keysOfIt.map(({ value }) => value !== null && 'algorithm' in value && value.algorithm)).toEqual([
      'ES256',
      'ES256',
      'RS256',
      'RS256',
    ]);
  });
});

describe('rotation', () => {
  beforeEach(async () => {
    configuration = configuration.with(await missingSigningKeys(configuration, sealer, NOW));
  });

  test("the next key is published for the key set's cache time and a snapshot's delay before it signs (PROTOCOL 3)", async () => {
    expect(PUBLISH_AHEAD_SECONDS).toBeGreaterThan(JWKS_CACHE_SECONDS);
    const early = rotate(NOW + PUBLISH_AHEAD_SECONDS - 1);
    await expect(early).rejects.toThrow(RotationTooEarlyError);
    await expect(early).rejects.toMatchObject({ secondsToWait: 1 });
    expect(keys().map(({ state }) => state)).toEqual(['active', 'next']);
    await rotate(NOW + PUBLISH_AHEAD_SECONDS);
    expect(keys('retired')).toHaveLength(1);
  });

  test('next becomes active, active retires and stays published, a new next is published', async () => {
    const [active, next] = keys();
    const at = NOW + PUBLISH_AHEAD_SECONDS;
    const rotation = await rotate(at);
    expect(rotation.activated).toMatchObject({ kid: next?.kid, state: 'active', activatedAt: at });
    expect(rotation.retired).toMatchObject({ kid: active?.kid, state: 'retired', retiredAt: at });
    expect(rotation.next).toMatchObject({ state: 'next', createdAt: at });
    expect(
      keys()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'next', 'retired']);
    expect(keys('active')[0]?.kid).toBe(next?.kid);
    // The fresh next key starts its own time.
    await expect(rotate(at + 1)).rejects.toMatchObject({ secondsToWait: PUBLISH_AHEAD_SECONDS - 1 });
  });

  test('a retired key stays published for as long as a JWT it signed can live, then the next rotation removes it (PROTOCOL 3)', async () => {
    const at = NOW + PUBLISH_AHEAD_SECONDS;
    const { retired } = await rotate(at);
    const last = at + LIFETIME + JWKS_CACHE_SECONDS;
    expect(expiredKeys(configuration, PROFILE, last)).toEqual([]);
    expect(expiredKeys(configuration, PROFILE, last + 1).map(({ kid }) => kid)).toEqual([retired?.kid]);
    await rotate(last);
    expect(keys('retired').map(({ kid }) => kid)).toContain(retired?.kid);
    await rotate(last + PUBLISH_AHEAD_SECONDS);
    expect(keys().map(({ kid }) => kid)).not.toContain(retired?.kid);
    expect(keys('retired')).toHaveLength(2);
  });

  test('in an emergency it goes at once, and the compromised key is no longer published', async () => {
    const [active, next] = keys();
    const rotation = await rotate(NOW + 1, true);
    expect(rotation.retired).toBeNull();
    expect(keys('active')[0]?.kid).toBe(next?.kid);
    expect(keys().map(({ kid }) => kid)).not.toContain(active?.kid);
    expect(
      keys()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['active', 'next']);
  });

  test('concerns one algorithm of one profile', async () => {
    const others = [
      await createSigningKey(PROFILE, 'EdDSA', 'active', sealer, NOW),
      await createSigningKey('second', 'ES256', 'active', sealer, NOW),
    ];
    configuration = configuration.with([
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      ...others.map((key) => put('signing-key', key)),
    ]);
    const { changes } = await rotate(NOW + PUBLISH_AHEAD_SECONDS);
    for (const other of others) {
      expect(changes.some(({ key }) => key.endsWith(other.kid))).toBe(false);
      expect(keys('active').map(({ kid }) => kid)).toContain(other.kid);
    }
  });

  test('a profile without an active key gets one without waiting', async () => {
    configuration = Configuration.empty.with([put('profile', profileOf())]);
    const rotation = await rotate(NOW);
    expect(rotation).toMatchObject({ retired: null, activated: { state: 'active' } });
    expect(keys().map(({ state }) => state)).toEqual(['active', 'next']);
  });

  test('an active key without a next one waits for one to be published', async () => {
    configuration = configuration.with([]);
    const [next] = keys('next');
    if (next === undefined) throw new Error('no next key');
    configuration = Configuration.empty.with([put('profile', profileOf()), ...keys('active').map((key) => put('signing-key', key))]);
    await expect(rotate(NOW + 10_000)).rejects.toThrow(RotationTooEarlyError);
  });
});
