import { beforeAll, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { put } from '../configuration/configuration.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { signCompact } from '../issuance/jws.ts';
import { unpublishedKey, type ReadyKey } from '../issuance/key-ring.ts';
import { createSigningKey } from '../issuance/signing-keys.ts';
import { ISSUER, PROFILE, ServiceUnderTest } from '../testing/service-builder.ts';
import { mintOpaqueToken, tokenId } from './opaque-token.ts';
import { ACCESS_TOKEN_TYPE, presentedJwt, WRAPPED_TOKEN_TYPE, type PresentedJwt } from './presented-jwt.ts';

const NOW = 1_800_000_000;
const { value, key } = mintOpaqueToken('access_token', NOW + 300);
const CLAIMS = {
  iss: ISSUER,
  sub: 'app',
  scope: 'read',
  iat: NOW,
  nbf: NOW,
  exp: NOW + 300,
  client_id: 'app',
  jti: `${tokenId(key)}.digest`,
};

let profile: ProfileSnapshot;
let active: ReadyKey;
let next: ReadyKey;

beforeAll(async () => {
  const world = await ServiceUnderTest.open([], ['ES256', 'EdDSA']);
  await world.change(put('signing-key', await createSigningKey(PROFILE, 'ES256', 'next', world.sealer, NOW)));
  profile = world.snapshot.profiles.get(PROFILE) as ProfileSnapshot;
  active = profile.keys.active('ES256') as ReadyKey;
  const { keys } = JSON.parse(profile.keys.jwks) as { keys: { kid: string }[] };
  next = keys.map(({ kid }) => profile.keys.byId(kid) as ReadyKey).find(({ state }) => state === 'next') as ReadyKey;
});

const signed = (claims: object, type = ACCESS_TOKEN_TYPE, key = active) => signCompact(JSON.stringify(claims), type, key);
const read = (jwt: string, now = NOW) => presentedJwt(profile, jwt, now);

describe('a JWT of our own', () => {
  test('names its row by jti, and gives its claims without jti and client_id (PROTOCOL 1)', async () => {
    const { jti: _jti, client_id: _client, ...claims } = CLAIMS;
    const presented = (await read(signed(CLAIMS))) as PresentedJwt;
    expect(presented.claims).toEqual(claims);
    expect(presented.key.period).toBe(key.period);
    expect(Buffer.from(presented.key.hash)).toEqual(Buffer.from(key.hash.subarray(0, 16)));
  });

  test('that wraps an opaque token names the row of that', async () => {
    const wrapped = signed({ iss: ISSUER, iat: NOW, exp: NOW + 300, ref: value }, WRAPPED_TOKEN_TYPE);
    expect(await read(wrapped)).toEqual({ key: { period: key.period, hash: Buffer.from(key.hash) }, claims: null });
  });

  test('is read whatever key of the profile signed it', async () => {
    expect(await read(signed(CLAIMS, ACCESS_TOKEN_TYPE, profile.keys.active('EdDSA')))).not.toBeNull();
    expect(await read(signed(CLAIMS, ACCESS_TOKEN_TYPE, next))).not.toBeNull();
  });

  test('that has ended is no guess', async () => {
    expect(await read(signed({ ...CLAIMS, exp: NOW - 5 }))).toBe('expired');
  });

  test('not yet valid is tolerated for five seconds between nodes (PROTOCOL 3)', async () => {
    expect(await read(signed({ ...CLAIMS, nbf: NOW + 5 }))).not.toBeNull();
    expect(await read(signed({ ...CLAIMS, nbf: NOW + 6 }))).toBeNull();
  });
});

describe('everything else is no token of ours, and the answer does not say why', () => {
  test.each<[string, (claims: typeof CLAIMS) => string | Promise<string>]>([
    ['another issuer', (claims) => signed({ ...claims, iss: 'https://as.example' })],
    ['no issuer', ({ iss: _iss, ...claims }) => signed(claims)],
    [
      'an expired one of a foreign key',
      (claims) =>
        signed(
          { ...claims, exp: NOW - 5 },
          ACCESS_TOKEN_TYPE,
          unpublishedKey(active.kid, generateKeyPairSync('ec', { namedCurve: 'P-256' })),
        ),
    ],
    ['no jti', ({ jti: _jti, ...claims }) => signed(claims)],
    ['a jti that names no row', (claims) => signed({ ...claims, jti: 'something' })],
    ['an introspection response (RFC 9701 section 8.1)', (claims) => signed(claims, 'token-introspection+jwt')],
    ['an id token', (claims) => signed(claims, 'JWT')],
    ['a wrapped one that wraps nothing', ({ jti: _jti, ...claims }) => signed({ ...claims, ref: 'nothing' }, WRAPPED_TOKEN_TYPE)],
    ['a wrapped one whose reference is no text', (claims) => signed({ ...claims, ref: { value } }, WRAPPED_TOKEN_TYPE)],
    [
      'one signed by a foreign key under our kid',
      (claims) => signed(claims, ACCESS_TOKEN_TYPE, unpublishedKey(active.kid, generateKeyPairSync('ec', { namedCurve: 'P-256' }))),
    ],
    [
      'one of a dry run',
      (claims) => signed(claims, ACCESS_TOKEN_TYPE, unpublishedKey('dry-run', generateKeyPairSync('ec', { namedCurve: 'P-256' }))),
    ],
    ['alg none (RFC 8725 section 3.1)', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'our public key as an HMAC secret (RFC 8725 section 2.1)',
      (claims) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: active.kid })
          .sign(Buffer.from(active.publicKey.export({ type: 'spki', format: 'pem' }))),
    ],
    ['a kid that is named like a member of every object', (claims) => signed(claims, ACCESS_TOKEN_TYPE, { ...active, kid: 'constructor' })],
    ['a signature cut short', (claims) => signed(claims).slice(0, -3)],
    ['a payload that is no JSON', () => signCompact('not json', ACCESS_TOKEN_TYPE, active)],
    [
      'an unknown critical header (RFC 7515 section 4.1.11)',
      () =>
        `${Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: active.kid, crit: ['x'], x: 1 })).toString('base64url')}.e30.AAAA`,
    ],
  ])('%s', async (_what, make) => {
    expect(await read(await make(CLAIMS))).toBeNull();
  });

  test.each(['', 'a.b', 'a.b.c', '..', 'a.b.c.d', `${'a'.repeat(50_000)}.b.c`, 'ü.ü.ü', value])('text: %#', async (text) => {
    expect(await read(text)).toBeNull();
  });

  test('a JWT of another profile of the same service', async () => {
    const other = await ServiceUnderTest.open();
    expect(await presentedJwt(other.snapshot.profiles.get(PROFILE) as ProfileSnapshot, signed(CLAIMS), NOW)).toBeNull();
  });
});
