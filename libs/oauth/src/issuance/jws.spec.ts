import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import { compactVerify, decodeProtectedHeader } from 'jose';
import type { SigningAlgorithm } from '../configuration/entities.ts';
import { signCompact } from './jws.ts';
import type { ReadyKey } from './key-ring.ts';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  EdDSA: generateKeyPairSync('ed25519'),
};

const keyOf = (algorithm: SigningAlgorithm): ReadyKey => ({ kid: `k-${algorithm}`, algorithm, state: 'active', ...pairs[algorithm] });

describe.each(['ES256', 'RS256', 'EdDSA'] as const)('%s (RFC 7518 section 3.1, RFC 8037)', (algorithm) => {
  test('signs what jose verifies, and nothing else verifies', async () => {
    const jws = signCompact('{"sub":"ü€","n":1}', 'at+jwt', keyOf(algorithm));
    const { payload, protectedHeader } = await compactVerify(jws, pairs[algorithm].publicKey, { algorithms: [algorithm] });
    expect(Buffer.from(payload).toString()).toBe('{"sub":"ü€","n":1}');
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid: `k-${algorithm}` });
    const [header, , signature] = jws.split('.');
    const forged = `${header}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.${signature}`;
    await expect(compactVerify(forged, pairs[algorithm].publicKey)).rejects.toThrow('signature verification failed');
  });

  test('a retired key never signs again', () => {
    expect(() => signCompact('{}', 'at+jwt', { ...keyOf(algorithm), state: 'retired', privateKey: null })).toThrow(
      `signing key k-${algorithm} is retired`,
    );
  });
});

test('the header is remembered for each key and type, and never mixed up', () => {
  const [one, other] = [keyOf('ES256'), { ...keyOf('ES256'), kid: 'another' }];
  const headers = [
    signCompact('{}', 'a', one),
    signCompact('{}', 'b', one),
    signCompact('{}', 'a', other),
    signCompact('{}', 'a', one),
  ].map((jws) => decodeProtectedHeader(jws));
  expect(headers.map(({ typ, kid }) => `${String(typ)} ${String(kid)}`)).toEqual(['a k-ES256', 'b k-ES256', 'a another', 'a k-ES256']);
});

describe('ES256 signatures are r and s of 32 bytes each (RFC 7518 section 3.4)', () => {
  test('a thousand of them verify, integers with lost leading zeros among them', async () => {
    const key = keyOf('ES256');
    let short = 0;
    const jwss: string[] = [];
    // One integer in 128 has a zero byte, which DER leaves out: without both cases the conversion would be untested.
    for (let i = 0; i < 1000; i++) {
      const jws = signCompact(`{"n":${i}}`, 'at+jwt', key);
      const signature = Buffer.from(jws.split('.')[2] ?? '', 'base64url');
      expect(signature).toHaveLength(64);
      if (signature[0] === 0 || signature[32] === 0) short++;
      jwss.push(jws);
    }
    for (const jws of jwss) await compactVerify(jws, key.publicKey, { algorithms: ['ES256'] });
    expect(short).toBeGreaterThan(0);
  });

  test('DER of such signatures really has lengths other than 32', () => {
    const lengths = new Set(Array.from({ length: 400 }, (_, i) => sign('sha256', Buffer.from(String(i)), pairs.ES256.privateKey)[3]));
    expect(lengths.has(33)).toBe(true);
    expect(lengths.has(32)).toBe(true);
  });
});
