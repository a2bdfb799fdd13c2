import { beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { aKey, AUDIENCE, bearer, FakeService, ISSUER, json } from './testing/fake-service.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

let service: FakeService;
let validator: TokenValidator;
beforeEach(async () => {
  service = await FakeService.open();
  validator = createTokenValidator(service.options());
});
const outcome = (token: string, of = validator) => of.validate(bearer(token));
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a JWT access token (RFC 9068 section 4)', () => {
  test('is verified here, and tells who sent the request', async () => {
    const accepted = await outcome(await service.jwt({ tenant: 'acme' }));
    expect(accepted).toEqual({
      ok: true,
      auth: {
        token: expect.objectContaining({ iss: ISSUER, aud: AUDIENCE, sub: 'alice', tenant: 'acme' }),
        subject: 'alice',
        clientId: 'app',
        scopes: new Set(['read', 'write']),
        scheme: 'Bearer',
        kind: 'jwt',
      },
    });
    expect(service.introspections).toBe(0);
  });

  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt'])('may have the type %s', async (typ) => {
    expect(await outcome(await service.jwt({}, { typ }))).toMatchObject({ ok: true, auth: { kind: 'jwt' } });
  });

  test.each(['ES384', 'EdDSA', 'RS256', 'PS256'])('may be signed by %s', async (alg) => {
    const key = await aKey(alg);
    service.keys = [...service.keys, key];
    expect(await outcome(await service.jwt({}, { alg }, key))).toMatchObject({ ok: true });
  });

  test('may have several audiences', async () => {
    expect(await outcome(await service.jwt({ aud: ['https://other.example', AUDIENCE] }))).toMatchObject({ ok: true });
  });

  test('needs no client of the API', async () => {
    const { clientId: _id, clientSecret: _secret, ...options } = service.options();
    expect(await outcome(await service.jwt(), createTokenValidator(options))).toMatchObject({ ok: true });
    expect(await outcome(service.issue(), createTokenValidator(options))).toMatchObject({ status: 401 });
  });

  test('has claims that no handler can change for the next', async () => {
    const accepted = await outcome(await service.jwt({ roles: ['reader'] }));
    if (!accepted.ok) throw new Error('denied');
    expect(() => (accepted.auth.token['roles'] as string[]).push('admin')).toThrow(TypeError);
  });
});

describe('a JWT that does not hold is refused, and not introspected', () => {
  test.each<[string, () => Promise<string>, RegExp]>([
    ['that has expired', () => service.jwt({ exp: service.seconds }), /expired/],
    ['that has just expired', () => service.jwt({ exp: service.seconds - 1 }), /expired|exp/],
    ['without exp', () => service.jwt({ exp: undefined }), /no exp/],
    ['that is not valid yet', () => service.jwt({ nbf: service.seconds + 6 }), /nbf/],
    ['for another audience', () => service.jwt({ aud: 'https://other.example' }), /is for "https:\/\/other.example"/],
    ['for nobody', () => service.jwt({ aud: undefined }), /is for null/],
    ['of another key', async () => service.jwt({}, {}, await aKey()), /does not hold/],
    [
      'of another key under the known id',
      async () => service.jwt({}, { kid: service.keys[0]?.jwk.kid as string }, await aKey()),
      /signature/,
    ],
    ['that is an ID token', () => service.jwt({ nonce: 'n' }, { typ: 'JWT' }), /"nonce"/],
    ['that is an ID token of a code', () => service.jwt({ at_hash: 'h' }, { typ: 'JWT' }), /"at_hash"/],
    ['that is a logout token', () => service.jwt({ events: {} }, { typ: 'JWT' }), /"events"/],
    ['that is a refresh token', () => service.jwt({ purpose: 'refresh_token' }), /no access token/],
    [
      'signed with the public key as a secret',
      () =>
        new SignJWT(service.claims())
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: service.keys[0]?.jwk.kid as string })
          .sign(Buffer.from(JSON.stringify(service.keys[0]?.jwk))),
      /"alg"|alg/,
    ],
    [
      'with a critical extension that nobody knows (RFC 7515 section 4.1.11)',
      async () => `${part({ alg: 'ES256', typ: 'at+jwt', crit: ['x'], x: 1 })}.${part(service.claims())}.AAAA`,
      /"x" is not recognized/,
    ],
  ])('%s', async (_what, make, reason) => {
    const token = await make();
    expect(await outcome(token)).toMatchObject({ ok: false, status: 401, reason: expect.stringMatching(reason) });
    expect(service.introspections).toBe(0);
  });

  test('that nobody signed', async () => {
    // An empty third part is no JWS: it is introspected as whatever it may be, and unknown there.
    expect(await outcome(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(service.claims())}.`)).toMatchObject({ status: 401 });
    expect(await outcome(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(service.claims())}.AAAA`)).toMatchObject({ status: 401 });
  });

  test('that brings its own key', async () => {
    const own = await aKey();
    for (const header of [{ jwk: own.jwk }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/cert' }])
      expect(await outcome(await service.jwt({}, header, own))).toMatchObject({ status: 401 });
    expect(service.calls.map(({ url }) => url).filter((url) => url.includes('evil'))).toEqual([]);
  });

  test('a second after it was good', async () => {
    const token = await service.jwt({ exp: service.seconds + 10 });
    expect(await outcome(token)).toMatchObject({ ok: true });
    service.pass(10);
    expect(await outcome(token)).toMatchObject({ status: 401 });
  });
});

describe('anything else is introspected, whatever it looks like', () => {
  test.each<[string, () => Promise<string>]>([
    ['a wrapped opaque token', () => service.jwt({}, { typ: 'wrapped-opaque+jwt' })],
    ['a JWT of another issuer', () => service.jwt({ iss: 'https://other.example' })],
    ['a JWT without a type', () => service.jwt({}, { typ: undefined as unknown as string })],
    ['a JWT of another type', () => service.jwt({}, { typ: 'token-introspection+jwt' })],
    ['three parts that are no JWT', async () => 'a.b.c'],
    ['three parts that are JSON, but no objects', async () => `${part(1)}.${part(null)}.AAAA`],
    ['two parts', async () => 'a.b'],
  ])('%s', async (_what, make) => {
    const token = await make();
    expect(await outcome(token)).toMatchObject({ ok: false, status: 401 });
    expect(service.introspections).toBe(1);
    service.issue({}, token);
    validator.forget({ token });
    expect(await outcome(token)).toMatchObject({ ok: true, auth: { kind: 'opaque' } });
  });
});

describe('the key set (RFC 7517 section 5)', () => {
  test('is kept for five minutes', async () => {
    for (let i = 0; i < 5; i++) {
      await outcome(await service.jwt());
      service.pass(59);
    }
    expect(service.keyCalls).toBe(1);
    service.pass(5);
    await outcome(await service.jwt());
    expect(service.keyCalls).toBe(2);
  });

  test('is read again for a key that is not in it, so that rotation needs no restart', async () => {
    await outcome(await service.jwt());
    service.pass(31);
    await service.rotate();
    expect(await outcome(await service.jwt())).toMatchObject({ ok: true });
    expect(service.keyCalls).toBe(2);
  });

  test('is read again once in half a minute, however many keys are made up', async () => {
    await outcome(await service.jwt());
    service.pass(31);
    for (let i = 0; i < 20; i++) expect(await outcome(await service.jwt({}, { kid: `made-up-${i}` }))).toMatchObject({ status: 401 });
    expect(service.keyCalls).toBe(2);
  });

  test('counts for an hour while the service is down; unknown keys are answered 503 meanwhile', async () => {
    await outcome(await service.jwt());
    service.isDown = true;
    service.pass(3599);
    expect(await outcome(await service.jwt())).toMatchObject({ ok: true });
    expect(await outcome(await service.jwt({}, { kid: 'new' }))).toMatchObject({ status: 503 });
    service.pass(2);
    expect(await outcome(await service.jwt())).toMatchObject({ status: 503 });
  });

  test.each([
    ['an error', () => new Response('', { status: 500 }), /answered 500/],
    ['a page', () => new Response('<html>'), /no key set/],
    ['no keys', () => json({ keys: 'none' }), /no key set/],
    ['a list of what are no keys', () => json({ keys: [1] }), /what are no keys/],
  ])('that is %s lets nobody in', async (_what, answer, problem) => {
    service.places.set(`${ISSUER}/jwks`, answer);
    expect(await outcome(await service.jwt())).toMatchObject({ status: 503 });
    expect(service.problems).toEqual([expect.stringMatching(problem)]);
  });
});

describe('JWTs that are introspected too', () => {
  beforeEach(() => {
    validator = createTokenValidator(service.options({ introspectJwts: true, revocationLag: 0 }));
  });

  test('end when they are revoked', async () => {
    const token = service.issue({}, await service.jwt());
    expect(await outcome(token)).toMatchObject({ ok: true, auth: { kind: 'jwt' } });
    service.tokens.delete(token);
    expect(await outcome(token)).toMatchObject({ status: 401 });
  });

  test('are not asked for when their signature is wrong', async () => {
    expect(await outcome(await service.jwt({}, {}, await aKey()))).toMatchObject({ status: 401 });
    expect(service.introspections).toBe(0);
  });

  test('have what the service says, which may be less', async () => {
    const token = service.issue({ scope: undefined }, await service.jwt({ scope: 'read admin' }));
    expect(await outcome(token)).toMatchObject({ ok: true, auth: { scopes: new Set() } });
  });

  test('stay bound to their key when the service leaves that out', async () => {
    const token = service.issue({}, await service.jwt({ cnf: { jkt: 'key' } }));
    expect(await outcome(token)).toMatchObject({ status: 401, reason: expect.stringContaining('bound to a key') });
  });
});
