import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UpstreamClaims } from '#libs/oauth';
import { isSamePerson } from './open-id-people.ts';
import type { OpenIdLogin } from './open-id-sign-in.ts';
import { SOURCE, TestAdminApi, type Answer, type CallOptions } from './testing/test-admin-api.ts';

const BEGIN = '/admin/v1/session/openid';
const PROCEDURE = '/admin/v1/procedures/mine';
const PROPOSALS = '/admin/v1/proposals';

let api: TestAdminApi;
/** What the provider says of whoever signs in next. */
let claims: UpstreamClaims;

beforeAll(async () => {
  const login: OpenIdLogin = {
    ...{ roleClaim: 'roles', baseUrl: 'https://admin.example.com', lifetime: 3600 },
    upstream: { settings: { issuer: 'https://login.example.com' } } as unknown as OpenIdLogin['upstream'],
    client: {
      authorizationUrl: (_upstream, { state }) => Promise.resolve(`https://login.example.com/authorize?state=${state}`),
      claims: () => Promise.resolve(claims),
    },
  };
  api = await TestAdminApi.start({ login, pages: 'https://admin.example.com' });
  await api.furnish();
  await api.done('POST', `${PROCEDURE}/versions`, { body: `${SOURCE}// 2\n`, type: 'text/javascript' }, 201);
  api.fourEyes = true;
});
afterAll(() => api.close());

const cookieOf = ({ headers }: Answer) => ([headers['set-cookie'] ?? []].flat()[0] ?? '').split(';', 1)[0] ?? '';

/** Signs somebody in as the provider calls them now; answers what their requests have. */
async function signedIn(name: string, sub: string): Promise<CallOptions> {
  claims = { idToken: { sub, preferred_username: name, roles: ['tokenwright:admin'], auth_time: api.now }, userInfo: {} };
  const there = await api.done('GET', BEGIN, { as: null }, 303);
  const state = new URL(there.headers['location'] ?? '').searchParams.get('state') ?? '';
  const here = await api.done('GET', `${BEGIN}/callback?code=c&state=${state}`, { as: null, headers: { cookie: cookieOf(there) } }, 303);
  const cookie = cookieOf(here);
  const { csrf } = (await api.done('GET', '/admin/v1/session', { as: null, headers: { cookie } }, 200)).json;
  return { as: null, headers: { cookie, 'x-csrf-token': csrf as string, 'sec-fetch-site': 'same-origin' } };
}

test('who is called otherwise at the provider since is no second administrator', async () => {
  const before = await signedIn('alice', 'sub-1');
  const { id } = (await api.done('POST', `${PROCEDURE}/activate`, { ...before, body: { version: 2 } }, 202)).json;
  const after = await signedIn('alicia', 'sub-1');
  const own = await api.call('POST', `${PROPOSALS}/${id as string}/approve`, after);
  expect([own.status, own.json.detail]).toEqual([403, expect.stringContaining('another administrator')]);
  expect((await api.call('GET', PROCEDURE)).json.activeVersion).toBe(1);
  expect((await api.call('POST', `${PROPOSALS}/${id as string}/approve`, await signedIn('alice', 'sub-2'))).status).toBe(200);
});

test('who is called otherwise since withdraws what they proposed before, and ends sessions of then', async () => {
  const before = await signedIn('bob', 'sub-3');
  const { id } = (await api.done('PUT', '/p/p', { ...before, body: { issuer: '/other', scopes: {} } }, 202)).json;
  const [session] = (await api.call('GET', `/admin/v1/administrators/${encodeURIComponent('oidc:bob/sub-3')}/sessions`)).json.items;
  const after = await signedIn('robert', 'sub-3');
  await api.done('POST', `${PROPOSALS}/${id as string}/withdraw`, after, 200);
  await api.done('DELETE', `/admin/v1/administrators/${encodeURIComponent('oidc:bob/sub-3')}/sessions/${session.id as string}`, after, 204);
  expect((await api.call('GET', '/admin/v1/session', before)).status).toBe(401);
});

test('who was shown the token of an administrator was so whatever the provider calls them', async () => {
  const body = { id: 'made', role: 'admin' };
  const creation = (await api.done('POST', '/admin/v1/administrators', { ...(await signedIn('carol', 'sub-4')), body }, 202)).json;
  await api.done('POST', `${PROPOSALS}/${creation.id as string}/approve`, {}, 200);
  const byMade = { as: null, headers: { authorization: `Bearer ${creation.revealed.token as string}` } } as const;
  const { id } = (await api.done('POST', `${PROCEDURE}/activate`, { ...byMade, body: { version: 1 } }, 202)).json;
  expect((await api.call('POST', `${PROPOSALS}/${id as string}/approve`, await signedIn('caroline', 'sub-4'))).status).toBe(403);
});

test('where others may come by the provider nobody is the only administrator: adding one waits for somebody else', async () => {
  const alone = await TestAdminApi.start({
    pages: 'https://admin.example.com',
    login: { upstream: { settings: { issuer: 'https://login.example.com' } } } as unknown as OpenIdLogin,
  });
  try {
    alone.fourEyes = true;
    await alone.done('POST', '/admin/v1/administrators', { body: { id: 'second', role: 'admin' } }, 202);
  } finally {
    await alone.close();
  }
});

test('the subject tells people apart, wherever there are slashes', () => {
  expect(isSamePerson('oidc:alice/a/b', 'oidc:bob/a/b')).toBe(true);
  expect(isSamePerson('oidc:alice/a/b', 'oidc:alice/b')).toBe(false);
  expect(isSamePerson('alice', 'oidc:alice/alice')).toBe(false);
  expect(isSamePerson('alice', 'alice')).toBe(true);
});
