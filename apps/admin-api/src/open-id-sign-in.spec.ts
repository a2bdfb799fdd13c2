import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UpstreamError, type UpstreamAttempt, type UpstreamClaims, type UpstreamRequest } from '#libs/oauth';
import { personOf } from './open-id-people.ts';
import type { OpenIdLogin } from './open-id-sign-in.ts';
import { returnPath } from './open-id-states.ts';
import { TestAdminApi, TOKENS, type Answer } from './testing/test-admin-api.ts';

const BEGIN = '/admin/v1/session/openid';
const CALLBACK = `${BEGIN}/callback`;
const LIFETIME = 3600;

/** What the provider is asked, and what it answers. */
class Provider {
  readonly requests: UpstreamRequest[] = [];
  readonly redeemed: { attempt: UpstreamAttempt; parameters: string }[] = [];
  answer: UpstreamClaims | UpstreamError = { idToken: {}, userInfo: {} };
  outage: UpstreamError | null = null;

  login(): OpenIdLogin {
    const settings = { issuer: 'https://login.example.com/realm' };
    return {
      ...{ roleClaim: 'roles', baseUrl: 'https://admin.example.com', lifetime: LIFETIME },
      upstream: { profile: '', name: 'admin-login', secret: null, settings, httpClients: [] } as unknown as OpenIdLogin['upstream'],
      client: {
        authorizationUrl: async (_upstream, request) => {
          if (this.outage !== null) throw this.outage;
          this.requests.push(request);
          return `https://login.example.com/authorize?state=${request.state}`;
        },
        claims: async (_upstream, attempt, parameters) => {
          this.redeemed.push({ attempt, parameters });
          if (this.answer instanceof UpstreamError) throw this.answer;
          return this.answer;
        },
      },
    };
  }
}

let api: TestAdminApi;
let provider: Provider;
beforeAll(async () => {
  provider = new Provider();
  api = await TestAdminApi.start({ login: provider.login(), pages: 'https://admin.example.com' });
});
afterAll(() => api.close());
beforeEach(() => {
  provider.answer = alice();
  provider.outage = null;
});

function alice(claims: Readonly<Record<string, unknown>> = {}): UpstreamClaims {
  return {
    idToken: { sub: 'sub-1', preferred_username: 'alice', roles: ['tokenwright:author'], auth_time: api.now, ...claims },
    userInfo: {},
  };
}

const cookiesOf = ({ headers }: Answer) => [headers['set-cookie'] ?? []].flat();
const pair = (cookie: string | undefined) => cookie?.split(';', 1)[0] ?? '';

/** A browser on its way to the provider: the state it carries, and its cookie. */
async function sentThere(to = ''): Promise<{ readonly state: string; readonly cookie: string }> {
  const answer = await api.done('GET', `${BEGIN}${to}`, { as: null }, 303);
  return { state: new URL(answer.headers['location'] ?? '').searchParams.get('state') ?? '', cookie: pair(cookiesOf(answer)[0]) };
}

function back(state: string, cookie: string, more = '&code=c0de'): Promise<Answer> {
  return api.call('GET', `${CALLBACK}?state=${state}${more}`, { as: null, headers: { cookie, 'sec-fetch-site': 'cross-site' } });
}

async function signedIn(): Promise<string> {
  const { state, cookie } = await sentThere();
  return pair(cookiesOf(await back(state, cookie))[0]);
}

const session = (cookie: string) => api.call('GET', '/admin/v1/session', { as: null, headers: { cookie } });

describe('signing in by OpenID Connect', () => {
  test('goes to the provider with PKCE, a nonce and a state that only this browser holds, and comes back to the page that was wanted', async () => {
    const { state, cookie } = await sentThere('?return=/procedures/phantom%3Ftab%3D1');
    const request = provider.requests.at(-1);
    expect(request).toMatchObject({ redirectUri: `https://admin.example.com${CALLBACK}`, state, maxAge: LIFETIME });
    for (const random of [state, request?.nonce, request?.codeVerifier]) expect(random).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(cookie).not.toContain(request?.codeVerifier);
    const answer = await back(state, cookie, '&code=c0de&iss=https%3A%2F%2Flogin.example.com%2Frealm&extra=1');
    expect([answer.status, answer.headers['location']]).toEqual([303, '/procedures/phantom?tab=1']);
    expect(provider.redeemed.at(-1)).toMatchObject({
      attempt: { state, nonce: request?.nonce, codeVerifier: request?.codeVerifier },
      parameters: `state=${state}&code=c0de&iss=https%3A%2F%2Flogin.example.com%2Frealm`,
    });
    const [held, forgotten] = cookiesOf(answer);
    expect(held).toMatch(/^__Host-tokenwright-admin=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    expect(forgotten).toBe('__Host-tokenwright-admin-login=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0');
    expect((await session(pair(held))).json).toMatchObject({
      ...{ administrator: { id: 'oidc:alice/sub-1', name: 'alice', role: 'author' }, expiresAt: api.now + LIFETIME },
    });
  });

  test('gives the role of the claim, by which the session is bound', async () => {
    provider.answer = alice({ roles: ['other', 'tokenwright:read'] });
    const cookie = await signedIn();
    const { csrf } = (await session(cookie)).json;
    const headers = { cookie, 'x-csrf-token': csrf as string, 'sec-fetch-site': 'same-origin' };
    expect((await api.call('GET', '/admin/v1/status', { as: null, headers })).status).toBe(200);
    expect((await api.call('PUT', '/admin/v1/profiles/x', { as: null, headers, body: { issuer: '/~' } })).status).toBe(403);
    api.now += LIFETIME;
    expect((await session(cookie)).status).toBe(401);
  });

  test('is of nobody without one of our roles, and says so to the page', async () => {
    for (const roles of [
      undefined,
      [],
      ['admin'],
      'tokenwright:admins',
      ['TOKENWRIGHT:ADMIN'],
      { 0: 'tokenwright:admin' },
      [['tokenwright:admin']],
    ]) {
      provider.answer = alice({ roles });
      const { state, cookie } = await sentThere();
      const answer = await back(state, cookie);
      expect([roles, answer.headers['location'], cookiesOf(answer).map(pair)]).toEqual([
        ...[roles, '/?sign-in-error=not-allowed', ['__Host-tokenwright-admin-login=']],
      ]);
    }
    expect(api.logged.some((line) => line.includes('has none of our roles') && line.includes('127.0.0.1'))).toBe(true);
  });

  test('takes an answer once, in time, and from the browser alone that was sent there', async () => {
    const [mine, theirs] = [await sentThere(), await sentThere()];
    const before = provider.redeemed.length;
    const refused = async (state: string, cookie: string) => {
      const answer = await back(state, cookie);
      expect([answer.status, answer.headers['location'], cookiesOf(answer)]).toEqual([
        303,
        '/?sign-in-error=expired',
        [expect.any(String)],
      ]);
    };
    await refused(mine.state, theirs.cookie);
    await refused(mine.state, '');
    await refused('', mine.cookie);
    await refused(mine.state, `${mine.cookie}x`);
    await refused(mine.state, `${mine.cookie}; ${theirs.cookie}`);
    await refused(`${mine.state}&state=${mine.state}`, mine.cookie);
    expect(provider.redeemed).toHaveLength(before);
    expect((await back(mine.state, mine.cookie)).headers['location']).toBe('/');
    await refused(mine.state, mine.cookie);
    expect(provider.redeemed).toHaveLength(before + 1);
    api.now += 600;
    await refused(theirs.state, theirs.cookie);
  });

  test('of two that bring the same answer at the same time lets one in', async () => {
    const { state, cookie } = await sentThere();
    const answers = await Promise.all([back(state, cookie), back(state, cookie)]);
    expect(answers.map(({ headers }) => headers['location']).sort()).toEqual(['/', '/?sign-in-error=expired']);
  });

  test('tells the page why the provider let nobody in, without what it wrote', async () => {
    for (const failure of ['denied', 'unavailable', 'invalid'] as const) {
      provider.answer = new UpstreamError(failure, `it was ${failure}`);
      const { state, cookie } = await sentThere();
      expect((await back(state, cookie, '&error=access_denied&error_description=%3Cb%3E')).headers['location']).toBe(
        `/?sign-in-error=${failure}`,
      );
    }
    provider.answer = alice({ auth_time: api.now - LIFETIME - 61 });
    const old = await sentThere();
    expect((await back(old.state, old.cookie)).headers['location']).toBe('/?sign-in-error=not-recent');
    provider.outage = new UpstreamError('unavailable', 'it does not answer');
    expect((await api.call('GET', BEGIN, { as: null })).headers['location']).toBe('/?sign-in-error=unavailable');
  });

  test('is not begun by pages of others', async () => {
    expect((await api.call('GET', BEGIN, { as: null, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  });

  test('is in the audit trail, and the session is listed and ended like others, by a name that no administrator has', async () => {
    provider.answer = alice({ preferred_username: 'eve/sub-1\n', sub: 'sub|2' });
    const cookie = await signedIn();
    const id = 'oidc:eve_sub-1/sub|2';
    expect((await session(cookie)).json.administrator.id).toBe(id);
    expect(api.events({ actor: id })).toMatchObject([{ action: 'administrator.sign-in', after: { by: 'openid-connect', role: 'author' } }]);
    const url = `/admin/v1/administrators/${encodeURIComponent(id)}/sessions`;
    expect((await api.call('GET', url)).json.items).toMatchObject([{ administrator: id, by: 'openid-connect' }]);
    expect((await api.call('DELETE', url)).json).toEqual({ sessions: 1 });
    expect((await session(cookie)).status).toBe(401);
    expect((await api.call('POST', '/admin/v1/administrators', { body: { id, role: 'admin' } })).status).toBe(422);
  });

  test('is offered beside tokens, and sessions of it are over where it is not configured any more', async () => {
    expect((await api.call('GET', '/admin/v1/session', { as: null })).json.signInWays).toEqual([
      { way: 'token' },
      { way: 'openid-connect', path: BEGIN, provider: 'login.example.com' },
    ]);
    expect((await api.call('POST', '/admin/v1/session', { as: null, body: { token: TOKENS.read } })).status).toBe(201);
    const without = await TestAdminApi.start();
    for (const url of [BEGIN, CALLBACK]) expect((await without.call('GET', url, { as: null })).status).toBe(404);
    const cookie = await signedIn();
    const [listed] = await api.stores.adminSessions.list(null, api.now);
    if (listed === undefined) throw new Error('nobody is signed in');
    const event = { at: 1, actor: 'x', action: 'x', kind: 'x', key: 'x', before: null, after: null };
    await without.stores.adminSessions.begin(listed, null, event);
    without.now = api.now;
    expect((await session(cookie)).status).toBe(200);
    expect((await without.call('GET', '/admin/v1/session', { as: null, headers: { cookie } })).status).toBe(401);
    await without.close();
  });
});

test.each([
  ['/', '/'],
  ['/procedures?x=1#y', '/procedures?x=1#y'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.example', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['/%09/evil.example', '/%09/evil.example'],
  ['javascript:alert(1)', '/'],
  ['/a b', '/'],
  [`/${'x'.repeat(2000)}`, '/'],
])('whoever wants to come back to %j comes to %j', (given, expected) => {
  expect(returnPath(given)).toBe(expected);
});

test('the greatest of the roles counts, of the id token before UserInfo, and a subject of another form is nobody', () => {
  const of = (idToken: object, userInfo = {}) => personOf({ idToken: { sub: 's', ...idToken }, userInfo }, 'roles');
  expect(of({ roles: ['tokenwright:read', 'tokenwright:admin'] })).toEqual({ id: 'oidc:s/s', name: 's', role: 'admin' });
  expect(of({ roles: 'tokenwright:read' }, { roles: 'tokenwright:admin' })?.role).toBe('read');
  expect(of({ email: 'a@b.example' }, { roles: ['tokenwright:author'] })).toEqual({
    id: 'oidc:a@b.example/s',
    name: 'a@b.example',
    role: 'author',
  });
  for (const sub of [undefined, '', 1, 'a b', 'x'.repeat(256)]) expect(of({ roles: ['tokenwright:admin'], sub })).toBeNull();
});
