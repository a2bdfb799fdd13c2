import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose';
import {
  aCode,
  asking,
  expireGrants,
  formOf,
  redeeming,
  refreshing,
  tokensOf,
  type Answered,
  type GivenCode,
  type Parameters,
} from '../support/code-flow.ts';
import { Person } from '../support/person.ts';
import { formRequest, headerOf, rawExchange } from '../support/raw-http.ts';
import { admin, startService, type RunningService } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';
import { introspected, pause, revoke, TOKEN_PATH } from '../support/wire-service.ts';

let service: RunningService;
let alice: Person;
beforeAll(async () => {
  service = await startService({ configFile: join(process.cwd(), 'test', 'support', 'people.yaml') });
  alice = await Person.withAccount(service, 'alice', { name: 'Alice Example', email: 'alice@example.com' });
}, 60_000);
afterAll(() => service.stop());

const ask = (form: Parameters, headers: Readonly<Record<string, string>> = {}) => asking(service.url, form, headers);
const code = (client = 'trusted', more: Parameters = {}) => aCode(service.url, alice, client, more);
const tokens = (client = 'trusted', more: Parameters = {}) => tokensOf(service.url, alice, client, more);

/** Status and error: what a client sees of a refusal. */
async function refusal(answer: Promise<Answered> | Answered): Promise<readonly unknown[]> {
  const { status, error, access_token: token } = await answer;
  expect(token).toBeUndefined();
  return [status, error];
}

async function isActive(token: string): Promise<boolean> {
  return (JSON.parse((await introspected(service, token, { path: '/oauth/v2/oauth-introspect' })).text) as { active: boolean }).active;
}

async function audited(action: string): Promise<number> {
  const { items } = (await (await admin(service, 'GET', '/audit?kind=delegation&limit=100')).json()) as { items: { action: string }[] };
  return items.filter((event) => event.action === action).length;
}

describe('a code (RFC 6749 section 4.1.3, RFC 7636 section 4.6)', () => {
  test.each<[string, (given: GivenCode) => Parameters, number, string]>([
    ['without its verifier', () => ({ code_verifier: null }), 400, 'invalid_request'],
    ['with an empty verifier', () => ({ code_verifier: '' }), 400, 'invalid_request'],
    ['with a short verifier', () => ({ code_verifier: 'x'.repeat(42) }), 400, 'invalid_request'],
    ['with a long verifier', () => ({ code_verifier: 'x'.repeat(129) }), 400, 'invalid_request'],
    ['with a verifier of other characters', ({ verifier }) => ({ code_verifier: `${verifier}+` }), 400, 'invalid_request'],
    ['with another verifier', () => ({ code_verifier: 'x'.repeat(43) }), 400, 'invalid_grant'],
    ['with another redirect URI', () => ({ redirect_uri: 'https://app.example/other?tenant=1' }), 400, 'invalid_grant'],
    ["by another client's hand", () => ({ client_id: 'steady' }), 400, 'invalid_grant'],
    ['without a secret', () => ({ client_secret: null }), 401, 'invalid_client'],
    ['with a wrong secret', () => ({ client_secret: 'wrong' }), 401, 'invalid_client'],
    ['for an unknown client', () => ({ client_id: 'evil' }), 401, 'invalid_client'],
    ['of a client that may not', () => ({ client_id: 'server-client' }), 400, 'unauthorized_client'],
    ['twice in a form', ({ code: value }) => ({ code: [value, value] }), 400, 'invalid_request'],
    ['with a verifier twice', ({ verifier }) => ({ code_verifier: [verifier, verifier] }), 400, 'invalid_request'],
    ['with a resource that was not asked for', () => ({ resource: 'https://unknown.example' }), 400, 'invalid_target'],
    ['as a refresh token', ({ code: value }) => ({ grant_type: 'refresh_token', refresh_token: value }), 400, 'invalid_grant'],
    ['of another grant type', () => ({ grant_type: 'password' }), 400, 'unsupported_grant_type'],
    ['without a grant type', () => ({ grant_type: null }), 400, 'invalid_request'],
  ])('%s is refused, and good afterwards', async (_what, change, status, error) => {
    const given = await code();
    expect(await refusal(ask({ ...redeeming(given), ...change(given) }))).toEqual([status, error]);
    expect(await ask(redeeming(given))).toMatchObject({ status: 200, token_type: 'bearer' });
  });

  test.each([
    ['unknown', () => `twc_${randomBytes(32).toString('base64url')}`],
    ['malformed', () => 'evil'],
    ['giant', () => 'x'.repeat(50_000)],
    ['NUL', () => '\0'],
    ['a header', () => 'x\r\nSet-Cookie: evil=1'],
  ])('that is %s is refused in the same words as one that is wrong', async (_what, value) => {
    const given = await code();
    const wrong = await ask({ ...redeeming(given), code_verifier: 'x'.repeat(43) });
    expect(await ask({ ...redeeming(given), code: value() })).toEqual(wrong);
  });

  test('that is guessed at is used up in the end (RFC 7636 section 7.1)', async () => {
    const given = await code();
    for (let guess = 0; guess < 5; guess++)
      expect(await refusal(ask({ ...redeeming(given), code_verifier: 'x'.repeat(43 + guess) }))).toEqual([400, 'invalid_grant']);
    expect(await refusal(ask(redeeming(given)))).toEqual([400, 'invalid_grant']);
  });

  test('that is too old is refused (RFC 6749 section 4.1.2)', async () => {
    const given = await code();
    expireGrants(service);
    expect(await refusal(ask(redeeming(given)))).toEqual([400, 'invalid_grant']);
  });

  test('that is used again by who could have used it ends what it gave, and by nobody else (RFC 6749 section 4.1.2, RFC 9700 section 4.5)', async () => {
    const given = await code();
    const first = await ask(redeeming(given));
    expect(await isActive(first.access_token ?? '')).toBe(true);
    const before = await audited('authorization-code.reused');
    // Somebody who has found it, and nothing else, can do no harm with it.
    expect(await refusal(ask(redeeming({ ...given, client: 'steady' })))).toEqual([400, 'invalid_grant']);
    expect(await isActive(first.access_token ?? '')).toBe(true);
    expect(await refusal(ask(redeeming(given)))).toEqual([400, 'invalid_grant']);
    expect(await isActive(first.access_token ?? '')).toBe(false);
    expect(await refusal(ask(refreshing(first.refresh_token ?? '')))).toEqual([400, 'invalid_grant']);
    expect(await audited('authorization-code.reused')).toBe(before + 1);
  });

  test("of a public client is nobody's who has no verifier", async () => {
    const given = await code('native', { redirect_uri: 'http://127.0.0.1:1234/callback' });
    const form = { ...redeeming(given), client_secret: null };
    expect(await refusal(ask({ ...form, code_verifier: 'x'.repeat(43) }))).toEqual([400, 'invalid_grant']);
    expect(await refusal(ask({ ...form, client_secret: 'Secr3t!' }))).toEqual([401, 'invalid_client']);
    expect(await refusal(ask({ ...form, redirect_uri: 'http://127.0.0.1:4321/callback' }))).toEqual([400, 'invalid_grant']);
    expect((await ask({ ...form, redirect_uri: 'http://127.0.0.1:1234/callback' })).status).toBe(200);
  });
});

describe('a refresh token (RFC 6749 section 6, RFC 9700 section 4.14)', () => {
  test.each<[string, (refresh: string) => Parameters, number, string]>([
    ['of another client', () => ({ client_id: 'steady' }), 400, 'invalid_grant'],
    ['without a secret', () => ({ client_secret: null }), 401, 'invalid_client'],
    ['of a client that may not refresh', () => ({ client_id: 'pushing' }), 400, 'unauthorized_client'],
    ['twice in a form', (refresh) => ({ refresh_token: [refresh, refresh] }), 400, 'invalid_request'],
    ['left out', () => ({ refresh_token: null }), 400, 'invalid_request'],
    ['with a wider scope', () => ({ scope: 'read write' }), 400, 'invalid_scope'],
    ['with a malformed scope', () => ({ scope: 're"ad' }), 400, 'invalid_scope'],
    ['with an unknown resource', () => ({ resource: 'https://unknown.example' }), 400, 'invalid_target'],
    ['with too many resources', () => ({ resource: Array.from({ length: 33 }, (_, i) => `https://r${i}.example`) }), 400, 'invalid_target'],
    ['changed', (refresh) => ({ refresh_token: `${refresh.slice(0, -1)}${refresh.endsWith('A') ? 'B' : 'A'}` }), 400, 'invalid_grant'],
    ['made giant', (refresh) => ({ refresh_token: refresh.repeat(500) }), 400, 'invalid_grant'],
    ['as a code', (refresh) => ({ grant_type: 'authorization_code', code: refresh, code_verifier: 'x'.repeat(43) }), 400, 'invalid_grant'],
  ])('%s is refused, and good afterwards', async (_what, change, status, error) => {
    const { access, refresh } = await tokens();
    expect(await refusal(ask({ ...refreshing(refresh), ...change(refresh) }))).toEqual([status, error]);
    expect(await isActive(access)).toBe(true);
    expect((await ask(refreshing(refresh))).status).toBe(200);
  });

  test('and an access token are two things', async () => {
    const { access, refresh } = await tokens('trusted', { scope: 'openid read' });
    expect(await refusal(ask(refreshing(access)))).toEqual([400, 'invalid_grant']);
    const userinfo = await fetch(`${service.url}/oauth/v2/oauth-userinfo`, { headers: { authorization: `Bearer ${refresh}` } });
    expect(userinfo.status).toBe(401);
  });

  test('that is used again within its grace gets the same answer, and none of it is new', async () => {
    const { refresh } = await tokens();
    const first = await ask(refreshing(refresh));
    expect(first.status).toBe(200);
    expect(await ask(refreshing(refresh))).toEqual(first);
    expect((await ask(refreshing(first.refresh_token ?? ''))).status).toBe(200);
    // Whoever has it must be its client.
    expect(await refusal(ask(refreshing(refresh, 'steady')))).toEqual([400, 'invalid_grant']);
  });

  test('that is used again later ends everything, and is noted', async () => {
    const { access, refresh } = await tokens('graceless');
    const next = await ask(refreshing(refresh, 'graceless'));
    expect(next.status).toBe(200);
    const before = await audited('refresh-token.reused');
    expect(await refusal(ask(refreshing(refresh, 'graceless')))).toEqual([400, 'invalid_grant']);
    for (const token of [access, next.access_token ?? '']) expect(await isActive(token)).toBe(false);
    expect(await refusal(ask(refreshing(next.refresh_token ?? '', 'graceless')))).toEqual([400, 'invalid_grant']);
    expect(await audited('refresh-token.reused')).toBe(before + 1);
  });

  test('stays where it is not rotated', async () => {
    const { refresh } = await tokens('steady');
    for (let again = 0; again < 2; again++)
      expect(await ask(refreshing(refresh, 'steady'))).toMatchObject({ status: 200, refresh_token: refresh });
  });

  test('that has lain unused for its lifetime, and one that was revoked, are refused', async () => {
    const { refresh: late } = await tokens('hasty');
    const { access, refresh } = await tokens();
    expect((await revoke(service, refresh, { id: 'trusted', secret: 'Secr3t!' })).status).toBe(200);
    expect(await refusal(ask(refreshing(refresh)))).toEqual([400, 'invalid_grant']);
    expect(await isActive(access)).toBe(false);
    await pause(3000);
    expect(await refusal(ask(refreshing(late, 'hasty')))).toEqual([400, 'invalid_grant']);
  });
});

describe('requests over the wire', () => {
  const raw = async (bytes: Buffer | string, options = {}) => rawExchange(service.settings.port, bytes, options);

  test('a code or refresh token in the address is not read (RFC 6749 section 3.2, RFC 9700 section 4.3.2)', async () => {
    const given = await code();
    const query = formOf(redeeming(given));
    const got = await raw(`GET ${TOKEN_PATH}?${query.toString()} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    expect(got.messages.map((message) => [message.status, headerOf(message, 'allow')])).toEqual([[405, 'POST']]);
    const posted = await raw(formRequest(`${TOKEN_PATH}?${query.toString()}`, 'x=1'));
    expect(posted.messages.map(({ status }) => status)).toEqual([401]);
    expect((await ask(redeeming(given))).status).toBe(200);
  });

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])('%s is 415, and uses nothing up', async (type) => {
    const given = await code();
    const body = type === 'application/json' ? JSON.stringify(redeeming(given)) : formOf(redeeming(given)).toString();
    const { messages } = await raw(formRequest(TOKEN_PATH, body, { 'content-type': type }));
    expect(messages.map(({ status }) => status)).toEqual([415]);
    expect((await ask(redeeming(given))).status).toBe(200);
  });

  test('HTTP/1.0 gets tokens, nobody may keep them, and the connection is closed (RFC 6749 section 5.1)', async () => {
    const body = formOf(redeeming(await code())).toString();
    const { messages, closed } = await raw(formRequest(TOKEN_PATH, body, {}, '1.0'), { answers: 0 });
    expect([messages.map(({ status }) => status), closed]).toEqual([[200], true]);
    const [message] = messages;
    if (message === undefined) throw new Error('no answer');
    expect([headerOf(message, 'cache-control'), headerOf(message, 'content-type')]).toEqual(['no-store', 'application/json']);
  });

  test('a client that is lost in the middle of its request has used nothing up', async () => {
    const given = await code();
    const bytes = formRequest(TOKEN_PATH, formOf(redeeming(given)).toString());
    await raw('', {
      patience: 300,
      send: (socket: { write(data: Buffer): void }) => {
        socket.write(bytes.subarray(0, bytes.length - 10));
      },
    });
    expect((await ask(redeeming(given))).status).toBe(200);
  });

  test('two ways to authenticate at once are refused (RFC 6749 section 2.3)', async () => {
    const given = await code();
    const basic = { authorization: `Basic ${Buffer.from('trusted:Secr3t!').toString('base64')}` };
    expect(await refusal(ask(redeeming(given), basic))).toEqual([400, 'invalid_request']);
    expect((await ask({ ...redeeming(given), client_id: null, client_secret: null }, basic)).status).toBe(200);
  });
});

describe('a proof that is wrong binds nothing, and uses nothing up (RFC 9449 section 4.3)', () => {
  let key: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  let jwk: JWK;
  beforeAll(async () => {
    key = await generateKeyPair('ES256', { extractable: true });
    jwk = await exportJWK(key.publicKey);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const claims = () => ({ htm: 'POST', htu: service.url + TOKEN_PATH, iat: now(), jti: randomBytes(16).toString('base64url') });
  const proof = (payload: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by: CryptoKey = key.privateKey) =>
    new SignJWT({ ...claims(), ...payload }).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }).sign(by);

  test.each<[string, () => Promise<string>]>([
    ['for another method', () => proof({ htm: 'GET' })],
    ['for another path', () => proof({ htu: `${service.url}/oauth/v2/oauth-revoke` })],
    ['for another host', () => proof({ htu: `https://evil.example${TOKEN_PATH}` })],
    ['for a longer path', () => proof({ htu: `${service.url}${TOKEN_PATH}/evil` })],
    ['of an hour ago', () => proof({ iat: now() - 3600 })],
    ['of the time to come', () => proof({ iat: now() + 3600 })],
    ['without a time', () => proof({ iat: undefined })],
    ['without an id', () => proof({ jti: undefined })],
    ['without a method', () => proof({ htm: undefined })],
    ['of another type', () => proof({}, { typ: 'JWT' })],
    ['without a key', () => proof({}, { jwk: undefined })],
    ['with a private key in it', async () => proof({}, { jwk: await exportJWK(key.privateKey) })],
    ['by another key', async () => proof({}, {}, (await generateKeyPair('ES256')).privateKey)],
    ['with no signature', () => Promise.resolve(new UnsecuredJWT({ ...claims() }).encode())],
    ['that nobody can read', () => Promise.resolve('evil')],
    ['that is giant', () => proof({ jti: 'x'.repeat(10_000) })],
    ['that comes twice', async () => `${await proof()}, ${await proof()}`],
  ])('%s', async (_what, made) => {
    const given = await code('bound');
    expect(await refusal(ask(redeeming(given), { dpop: await made() }))).toEqual([400, 'invalid_dpop_proof']);
    expect(await ask(redeeming(given), { dpop: await proof() })).toMatchObject({ status: 200, token_type: 'DPoP' });
  });

  test('none is wrong, too, for a client that is to be bound; and one is used once', async () => {
    const given = await code('bound');
    expect(await refusal(ask(redeeming(given)))).toEqual([400, 'invalid_dpop_proof']);
    const once = await proof();
    const { refresh_token: refresh = '' } = await ask(redeeming(given), { dpop: once });
    expect(await refusal(ask(refreshing(refresh, 'bound'), { dpop: once }))).toEqual([400, 'invalid_dpop_proof']);
    expect((await ask(refreshing(refresh, 'bound'), { dpop: await proof() })).status).toBe(200);
  });

  test('a nonce that is not ours is answered with one that is (section 8)', async () => {
    const post = async (nonce?: string) => {
      const htu = `${service.url}/nonces/token`;
      const form = formOf({ grant_type: 'client_credentials', client_id: 'bound', client_secret: 'Secr3t!' });
      return fetch(htu, { method: 'POST', body: form, headers: { dpop: await proof({ htu, ...(nonce === undefined ? {} : { nonce }) }) } });
    };
    for (const nonce of [undefined, '', 'evil', 'x'.repeat(2000)]) {
      const refused = await post(nonce);
      expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ error: 'use_dpop_nonce' })]);
      expect(refused.headers.get('dpop-nonce')).toMatch(/^[\w-]{43}$/);
    }
    expect((await post((await post()).headers.get('dpop-nonce') ?? '')).status).toBe(200);
  });

  test('a bound token opens nothing without its key: userinfo, refresh (sections 5 and 7)', async () => {
    const given = await code('bound', { scope: 'openid read' });
    const { access_token: token = '' } = await ask(redeeming(given), { dpop: await proof() });
    const userinfo = (headers: Readonly<Record<string, string>>) => fetch(`${service.url}/oauth/v2/oauth-userinfo`, { headers });
    for (const headers of [{ authorization: `Bearer ${token}` }, { authorization: `DPoP ${token}` }]) {
      const response = await userinfo(headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^DPoP /)]);
    }
    const native = await code('native', { redirect_uri: 'http://127.0.0.1/callback' });
    const form = { ...redeeming(native), client_secret: null };
    const { refresh_token: refresh = '' } = await ask(form, { dpop: await proof() });
    expect(await refusal(ask({ ...refreshing(refresh, 'native'), client_secret: null }))).toEqual([400, 'invalid_grant']);
  });
});

describe('userinfo (OpenID Connect Core section 5.3, RFC 6750)', () => {
  const PATH = '/oauth/v2/oauth-userinfo';

  test('tells nobody without a token, with two, or with one in the address (RFC 9700 section 4.3.2)', async () => {
    const { access } = await tokens('trusted', { scope: 'openid read' });
    const get = (query = '', headers: Readonly<Record<string, string>> = {}) => fetch(service.url + PATH + query, { headers });
    for (const response of [await get(), await get(`?access_token=${access}`), await get('', { authorization: 'Basic eDp5' })])
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer /)]);
    const twice = await fetch(service.url + PATH, {
      ...{ method: 'POST', body: new URLSearchParams({ access_token: access }), headers: { authorization: `Bearer ${access}` } },
    });
    expect(twice.status).toBe(400);
    const right = await get('', { authorization: `Bearer ${access}` });
    expect([right.status, right.headers.get('cache-control'), await right.json()]).toEqual([200, 'no-store', { sub: expect.any(String) }]);
  });

  test.each([
    ['unknown', () => Promise.resolve('evil'), 401],
    ['giant', () => Promise.resolve('x'.repeat(8000)), 401],
    [
      "a client's own",
      async () =>
        (await ask({ grant_type: 'client_credentials', client_id: 'trusted', client_secret: 'Secr3t!', scope: 'read' })).access_token ?? '',
      401,
    ],
    ['without openid', async () => (await tokens()).access, 403],
    ['an id token', async () => String((await ask(redeeming(await code('trusted', { scope: 'openid' }))))['id_token']), 401],
  ])('does not take a token that is %s', async (_what, token, status) => {
    const response = await fetch(service.url + PATH, { headers: { authorization: `Bearer ${await token()}` } });
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toMatch(status === 401 ? /error="invalid_token"/ : /error="insufficient_scope"/);
  });

  test('takes GET and POST alone', async () => {
    const { access } = await tokens('trusted', { scope: 'openid' });
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await fetch(service.url + PATH, { method, headers: { authorization: `Bearer ${access}` } })).status).toBe(405);
    const posted = await fetch(service.url + PATH, { method: 'POST', body: new URLSearchParams({ access_token: access }) });
    expect(posted.status).toBe(200);
    const json = await fetch(service.url + PATH, {
      ...{ method: 'POST', body: JSON.stringify({ access_token: access }), headers: { 'content-type': 'application/json' } },
    });
    expect(json.status).toBe(415);
  });

  test('ends with the account: tokens of people who are gone are good for nothing', async () => {
    const bob = await Person.withAccount(service, 'bob', { email: 'bob@example.com' });
    const { access, refresh } = await tokensOf(service.url, bob, 'trusted', { scope: 'openid' });
    const { items } = (await (await admin(service, 'GET', `/profiles/${PROFILE}/accounts?username=bob`)).json()) as {
      items: { id: string }[];
    };
    expect((await admin(service, 'DELETE', `/profiles/${PROFILE}/accounts/${items[0]?.id ?? ''}`)).status).toBeLessThan(300);
    expect(await isActive(access)).toBe(false);
    expect(await refusal(ask(refreshing(refresh)))).toEqual([400, 'invalid_grant']);
  });
});
