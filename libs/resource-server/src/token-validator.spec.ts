import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkScopes } from './scopes.ts';
import { aRequest, bearer, FakeService, ISSUER } from './testing/fake-service.ts';
import type { TokenValidatorOptions } from './settings.ts';
import type { TokenRequest } from './token-request.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

let service: FakeService;
let token: string;
beforeEach(async () => {
  service = await FakeService.open();
  token = service.issue({ scope: 'read  write' });
});
const validator = (options: Partial<TokenValidatorOptions> = {}): TokenValidator => createTokenValidator(service.options(options));
const challenge = (headers: Readonly<Record<string, string>>): string => headers['www-authenticate'] ?? '';

describe('a request without a token (RFC 6750 section 3)', () => {
  test.each<[string, TokenRequest['headers']]>([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: 'Basic Zm9vOmJhcg==' }],
    ['a scheme that only begins the same', { authorization: 'BearerX abc' }],
  ])('%s: is told the scheme, and no error', async (_what, headers) => {
    expect(await validator().validate(aRequest(headers))).toEqual({
      ok: false,
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${ISSUER}"`, 'cache-control': 'no-store' },
      body: '',
      reason: 'the request has no access token',
    });
  });

  test('is told the realm, scopes, other schemes, and where the metadata of the API is (RFC 9728 section 5.1)', async () => {
    const outcome = await validator({
      realm: 'the "API"',
      scopes: { all: ['read', 'write'] },
      resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
      publicUrl: 'https://api.example',
    }).validate(aRequest());
    if (outcome.ok) throw new Error('accepted');
    const metadata = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';
    expect(challenge(outcome.headers)).toMatch(/^Bearer /);
    expect(challenge(outcome.headers).startsWith(`Bearer realm="the \\"API\\"", scope="read write", ${metadata}, DPoP realm=`)).toBe(true);
    expect(challenge(outcome.headers)).toContain('algs="ES256 ');
  });
});

describe('a token in the header (RFC 6750 section 2.1)', () => {
  test.each(['Bearer TOKEN', 'bearer TOKEN', 'BEARER   TOKEN', 'Bearer TOKEN '])('is read: %s', async (text) => {
    expect(await validator().validate(aRequest({ authorization: text.replace('TOKEN', token) }))).toMatchObject({ ok: true });
  });

  test.each<[string, TokenRequest['headers'][string]]>([
    ['without a token', 'Bearer'],
    ['with two tokens', 'Bearer a b'],
    ['with a comma', 'Bearer a, Bearer b'],
    ['with other letters', 'Bearer ä'],
    ['with quotes', 'Bearer "a"'],
    ['of endless length', `Bearer ${'x'.repeat(16_385)}`],
    ['that comes twice', ['Bearer a', 'Bearer b']],
    ['that comes twice, of two schemes', ['Basic a', 'Bearer b']],
  ])('%s is invalid_request, 400', async (_what, authorization) => {
    const outcome = await validator().validate(aRequest({ authorization }));
    expect(outcome).toMatchObject({ ok: false, status: 400, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
    if (outcome.ok) throw new Error('accepted');
    expect(challenge(outcome.headers)).toContain('error="invalid_request"');
    expect(JSON.parse(outcome.body)).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
    expect(service.calls).toEqual([]);
  });
});

describe('tokens elsewhere (RFC 6750 sections 2.2, 2.3)', () => {
  const inQuery = (more: Partial<TokenRequest> = {}) => aRequest({}, { url: `/orders?access_token=${token}`, ...more });
  const inForm = (more: Partial<TokenRequest> = {}) => aRequest({}, { method: 'POST', form: { access_token: token }, ...more });

  test('are not accepted unless the API says so', async () => {
    for (const request of [inQuery(), inForm()]) expect(await validator().validate(request)).toMatchObject({ status: 400 });
    expect(await validator({ acceptFrom: ['header', 'query'] }).validate(inQuery())).toMatchObject({ ok: true });
    expect(await validator({ acceptFrom: ['header', 'form'] }).validate(inForm())).toMatchObject({ ok: true });
    expect(await validator({ acceptFrom: ['header', 'form'] }).validate(inQuery())).toMatchObject({ status: 400 });
  });

  test('in the body of a GET are none', async () => {
    expect(await validator({ acceptFrom: ['form'] }).validate(inForm({ method: 'GET' }))).toMatchObject({ status: 401 });
  });

  test('beside one in the header, or twice, are invalid_request wherever they are accepted', async () => {
    const all = validator({ acceptFrom: ['header', 'form', 'query'] });
    const header = { authorization: `Bearer ${token}` };
    for (const request of [
      { ...inQuery(), headers: header },
      { ...inForm(), headers: header },
      inForm({ url: `/orders?access_token=${token}` }),
      aRequest({}, { url: `/orders?access_token=${token}&access_token=${token}` }),
      inForm({ form: { access_token: [token, token] } }),
    ])
      expect(await all.validate(request)).toMatchObject({ status: 400 });
    expect(await validator().validate({ ...inQuery(), headers: header })).toMatchObject({ status: 400 });
  });

  test.each([[{ a: 1 }], [7], ['a b'], ['%']])('that are %j are malformed', async (value) => {
    expect(await validator({ acceptFrom: ['form'] }).validate(inForm({ form: { access_token: value } }))).toMatchObject({ status: 400 });
  });

  test('that are not there are none', async () => {
    const all = validator({ acceptFrom: ['header', 'form', 'query'] });
    expect(
      await all.validate(bearer(token, { url: '/orders?access_token=&a=b', method: 'POST', form: Object.create(null) })),
    ).toMatchObject({
      ok: true,
    });
  });
});

describe('a token that is not good', () => {
  test('is invalid_token, 401, without a word why', async () => {
    const outcome = await validator().validate(bearer('unknown'));
    expect(outcome).toEqual({
      ok: false,
      status: 401,
      headers: {
        'www-authenticate': `Bearer realm="${ISSUER}", error="invalid_token", error_description="The access token is not active."`,
        'content-type': 'application/json',
        'cache-control': 'no-store',
      },
      body: '{"error":"invalid_token","error_description":"The access token is not active."}',
      reason: 'the service says that the token is not active',
    });
  });
});

describe('scopes (RFC 6750 section 3.1)', () => {
  test.each<[TokenValidatorOptions['scopes'], string | null]>([
    [{}, null],
    [{ all: ['read'] }, null],
    [{ all: ['read', 'write'] }, null],
    [{ all: ['read', 'admin'] }, 'read admin'],
    [{ any: ['admin', 'write'] }, null],
    [{ any: ['admin', 'root'] }, 'admin root'],
    [{ all: ['read'], any: ['admin'] }, 'admin'],
    [{ all: ['READ'] }, 'READ'],
  ])('%j: the scope that would do is %s', async (scopes, wanted) => {
    const outcome = await validator({ scopes: scopes! }).validate(bearer(token));
    if (wanted === null) expect(outcome.ok).toBe(true);
    else {
      expect(outcome).toMatchObject({ ok: false, status: 403 });
      if (outcome.ok) throw new Error('accepted');
      expect(challenge(outcome.headers)).toContain(`error="insufficient_scope"`);
      expect(challenge(outcome.headers)).toContain(`scope="${wanted}"`);
    }
  });

  test('may be asked for later, and are answered as the validator answers', async () => {
    const outcome = await validator({ realm: 'orders' }).validate(bearer(token));
    if (!outcome.ok) throw new Error('denied');
    expect(checkScopes(outcome.auth, { all: ['read'] })).toBeNull();
    expect(checkScopes(outcome.auth, { any: ['admin'] })).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': expect.stringContaining('Bearer realm="orders", error="insufficient_scope"') },
    });
  });

  test('of nobody, or of what no validator made, are a fault of the program', async () => {
    const outcome = await validator().validate(bearer(token));
    if (!outcome.ok) throw new Error('denied');
    for (const auth of [undefined, null, { ...outcome.auth, scopes: new Set(['admin']) }])
      expect(() => checkScopes(auth, { all: ['admin'] })).toThrow(/needs the token check before it/);
  });
});

describe("checks of the API's own", () => {
  test.each([
    [true, 200],
    [false, 401],
    ['invalid_token', 401],
    ['insufficient_scope', 403],
    [undefined, 401],
    [1, 401],
  ])('that answer %j end in %i', async (verdict, status) => {
    const outcome = await validator({ checks: [() => true, async () => verdict as boolean] }).validate(bearer(token));
    expect(outcome.ok ? 200 : outcome.status).toBe(status);
  });

  test('see who it is and the request, and only tokens that are good', async () => {
    const seen: unknown[] = [];
    const own = validator({ checks: [(auth, { url }) => seen.push([auth.subject, url]) > 0] });
    await own.validate(bearer(token, { url: '/orders/7' }));
    await own.validate(bearer('unknown'));
    expect(seen).toEqual([['alice', '/orders/7']]);
  });

  test('that throw let nobody in', async () => {
    const own = validator({
      checks: [
        () => {
          throw new Error('database down');
        },
      ],
    });
    await expect(own.validate(bearer(token))).rejects.toThrow('database down');
  });
});
