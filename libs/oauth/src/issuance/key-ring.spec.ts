import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { compactVerify, importJWK, type JWK } from 'jose';
import { Configuration, put } from '../configuration/configuration.ts';
import type { SigningKey } from '../configuration/entities.ts';
import { PROFILE, profileOf } from '../testing/service-builder.ts';
import { signCompact } from './jws.ts';
import { KeyRings } from './key-ring.ts';
import { KeySealError, KeySealer } from './key-sealing.ts';
import { createSigningKey } from './signing-keys.ts';

const sealer = new KeySealer(randomBytes(32));
let active: SigningKey;
let next: SigningKey;
let retired: SigningKey;
let foreign: SigningKey;

beforeAll(async () => {
  active = await createSigningKey(PROFILE, 'ES256', 'active', sealer, 0);
  next = await createSigningKey(PROFILE, 'ES256', 'next', sealer, 0);
  retired = { ...(await createSigningKey(PROFILE, 'ES256', 'active', sealer, 0)), state: 'retired', retiredAt: 1 };
  foreign = await createSigningKey('second', 'ES256', 'active', sealer, 0);
});

const configured = (...keys: readonly SigningKey[]) =>
  Configuration.empty.with([
    put('profile', profileOf()),
    put('profile', profileOf({ id: 'second', issuer: '/second' })),
    ...keys.map((key) => put('signing-key', key)),
  ]);

describe('the key ring of a profile', () => {
  test('publishes next, active and retired keys of its own, without a private part (RFC 7517 section 5)', async () => {
    const ring = await new KeyRings(sealer).open(configured(retired, active, next, foreign), PROFILE);
    const { keys } = JSON.parse(ring.jwks) as { keys: (JWK & { kid: string })[] };
    expect(keys.map(({ kid }) => kid)).toEqual([retired.kid, active.kid, next.kid]);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
      expect(key).toMatchObject({ alg: 'ES256', use: 'sig' });
    }
  });

  test('signs with the active key, which the published set verifies', async () => {
    const ring = await new KeyRings(sealer).open(configured(retired, active, next), PROFILE);
    const key = ring.active('ES256');
    expect(key?.kid).toBe(active.kid);
    if (key === undefined) throw new Error('no active key');
    const published = (JSON.parse(ring.jwks) as { keys: JWK[] }).keys.find(({ kid }) => kid === active.kid);
    await compactVerify(signCompact('{}', 'at+jwt', key), await importJWK(published as JWK));
  });

  test('has no active key of an algorithm it lacks, and knows keys by id, those of other profiles not', async () => {
    const ring = await new KeyRings(sealer).open(configured(active, next, retired, foreign), PROFILE);
    expect(ring.active('RS256')).toBeUndefined();
    expect(ring.active('EdDSA')).toBeUndefined();
    expect(ring.byId(next.kid)?.state).toBe('next');
    expect(ring.byId(foreign.kid)).toBeUndefined();
    expect(ring.byId('')).toBeUndefined();
  });

  test('a retired key verifies but cannot sign: its private part is never opened', async () => {
    const open = jest.spyOn(sealer, 'open');
    const ring = await new KeyRings(sealer).open(configured(retired), PROFILE);
    expect(open).not.toHaveBeenCalled();
    expect(ring.byId(retired.kid)).toMatchObject({ state: 'retired', privateKey: null });
    open.mockRestore();
  });

  test('opens each key once, and again when its state changes', async () => {
    const open = jest.spyOn(sealer, 'open');
    const rings = new KeyRings(sealer);
    await rings.open(configured(active, next), PROFILE);
    await rings.open(configured(active, next), PROFILE);
    expect(open).toHaveBeenCalledTimes(2);
    const now = { ...active, state: 'retired' as const, retiredAt: 5 };
    const after = await rings.open(configured(now, { ...next, state: 'active' }), PROFILE);
    expect(after.active('ES256')?.kid).toBe(next.kid);
    expect(after.byId(active.kid)?.privateKey).toBeNull();
    open.mockRestore();
  });

  test('fails loudly when the key encryption key is another', async () => {
    await expect(new KeyRings(new KeySealer(randomBytes(32))).open(configured(active), PROFILE)).rejects.toThrow(KeySealError);
  });
});
