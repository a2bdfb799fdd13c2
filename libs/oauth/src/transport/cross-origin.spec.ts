import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { PROFILE_CAPABILITIES } from '../configuration/entities.ts';
import {
  aRequest,
  clientOf,
  headerOf,
  INTROSPECTION,
  jsonOf,
  profileOf,
  REVOCATION,
  SECRET,
  ServiceUnderTest,
  TOKEN,
} from '../testing/service-builder.ts';

const PAGE = 'https://app.example';
const CODES = {
  redirectUris: [`${PAGE}/callback`],
  postLogoutRedirectUris: [],
  consent: false,
  pushedRequestsOnly: false,
  signedRequestsOnly: false,
};
const ALLOW = 'Access-Control-Allow-Origin';

const open = (enabled = true) =>
  ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: PROFILE_CAPABILITIES })),
    put('client', clientOf('page', { enabled, capabilities: ['authorization-code'], authorizationCode: { ...CODES, webOrigins: [PAGE] } })),
  ]);

const token = (world: ServiceUnderTest, origin: string, secret = SECRET) =>
  world.post(TOKEN, { grant_type: 'client_credentials', client_id: 'app', client_secret: secret }, { origin });

describe('pages in browsers (Fetch standard, section 3.3)', () => {
  test('a page of a client may read answers and errors of the endpoints that it calls', async () => {
    const world = await open();
    for (const response of [await token(world, PAGE), await token(world, PAGE, 'wrong')]) {
      expect(headerOf(response, ALLOW)).toBe(PAGE);
      expect(headerOf(response, 'Access-Control-Expose-Headers')).toBe('DPoP-Nonce, WWW-Authenticate');
      expect(headerOf(response, 'Vary')).toBe('Origin');
      expect(response.headers).not.toContain('Access-Control-Allow-Credentials');
    }
    expect(jsonOf(await token(world, PAGE))).toMatchObject({ token_type: 'bearer' });
  });

  test.each(['https://evil.example', 'null', `${PAGE}.evil.example`, `${PAGE}:444`, 'http://app.example', ''])(
    'a page of %j may not',
    async (origin) => {
      expect(headerOf(await token(await open(), origin), ALLOW)).toBeUndefined();
    },
  );

  test('a page of a client that is disabled may not', async () => {
    expect(headerOf(await token(await open(false), PAGE), ALLOW)).toBeUndefined();
  });

  test('a browser that asks beforehand is told, and nothing is done', async () => {
    const world = await open();
    const ask = (path: string, origin: string) =>
      world.handle({ ...aRequest(path, ''), method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const told = await ask(TOKEN, PAGE);
    expect([told.status, headerOf(told, ALLOW), headerOf(told, 'Access-Control-Allow-Headers')]).toEqual([
      ...[204, PAGE, 'Authorization, Content-Type, DPoP'],
    ]);
    expect((await ask(REVOCATION, PAGE)).status).toBe(204);
    expect((await ask(TOKEN, 'https://evil.example')).status).toBe(405);
  });

  test('never at introspection (PROTOCOL 1)', async () => {
    const world = await open();
    const form = { token: 'x', client_id: 'gateway', client_secret: SECRET };
    const response = await world.post(INTROSPECTION, form, { origin: PAGE });
    expect(response.status).toBe(200);
    expect(response.headers.filter((name) => /^(access-control|vary)/i.test(name))).toEqual([]);
  });
});
