import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ADMIN_SESSION_LIMITS } from './admin-sessions.ts';
import { TestAdminApi, TOKENS, type Answer, type CallOptions } from './testing/test-admin-api.ts';

const SESSION = '/admin/v1/session';
const NAME = '__Host-tokenwright-admin';
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
});
afterAll(() => api.close());

/** A browser that is signed in. */
class Browser {
  private constructor(
    readonly cookie: string,
    readonly csrf: string,
    readonly answer: Answer,
  ) {}

  static async signIn(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Browser> {
    const answer = await api.call('POST', SESSION, { as: null, body: { token }, headers: { ...SAME_ORIGIN, ...headers } });
    if (answer.status !== 201) throw new Error(`signing in answered ${answer.status}: ${answer.text}`);
    const cookie = /^[^;]+/.exec(String(answer.headers['set-cookie']))?.[0] ?? '';
    return new Browser(cookie, answer.json.csrf as string, answer);
  }

  call(method: string, url: string, { headers = {}, ...options }: Omit<CallOptions, 'as'> = {}): Promise<Answer> {
    const own = { cookie: this.cookie, ...SAME_ORIGIN, 'x-csrf-token': this.csrf, ...headers };
    return api.call(method, url, { as: null, ...options, headers: own });
  }

  async status(): Promise<number> {
    return (await this.call('GET', SESSION)).status;
  }
}

/** A new administrator: the id and the token. */
async function anAdministrator(id: string, role = 'admin'): Promise<string> {
  return (await api.done('POST', '/admin/v1/administrators', { body: { id, role } }, 201)).json.token as string;
}

describe('signing in by a token', () => {
  test('sets a cookie that scripts, other hosts and other sites have nothing of, and tells who is signed in', async () => {
    const browser = await Browser.signIn(TOKENS.author);
    expect(browser.answer.headers['set-cookie']).toMatch(
      new RegExp(`^${NAME}=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict$`),
    );
    const session = {
      administrator: { id: 'author', name: 'author', role: 'author' },
      session: expect.any(String),
      csrf: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      endsAt: api.now + ADMIN_SESSION_LIMITS.idle,
      expiresAt: api.now + ADMIN_SESSION_LIMITS.lifetime,
    };
    expect(browser.answer.json).toEqual(session);
    expect((await browser.call('GET', SESSION)).json).toEqual({ ...session, csrf: browser.csrf });
    expect((await browser.call('GET', '/admin/v1/status')).status).toBe(200);
  });

  test('is refused for a token of nobody, which is slowed and logged without it, and nothing is set', async () => {
    const answer = await api.call('POST', SESSION, { as: null, body: { token: 'twadm_guessed-in-a-page' } });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined]);
    expect(api.logged.some((line) => line.includes('an administrator token was refused') && line.includes('"failures":1'))).toBe(true);
    const { json } = await api.call('POST', SESSION, { as: null, body: { token: 'twadm_guessed-in-a-page' } });
    expect(json.type).toBe('urn:tokenwright:problem:unauthorized');
    expect(api.logged.some((line) => line.includes('"failures":2'))).toBe(true);
    expect(api.logged.join()).not.toContain('guessed-in-a-page');
  });

  test('is refused for the role metrics, which has no pages', async () => {
    const answer = await api.call('POST', SESSION, { as: null, body: { token: TOKENS.metrics } });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('is refused where a page of another origin does it, so that nobody is signed in to the account of another (login CSRF)', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }]) {
      const answer = await api.call('POST', SESSION, { as: null, body: { token: TOKENS.admin }, headers });
      expect([headers, answer.status, answer.headers['set-cookie']]).toEqual([headers, 403, undefined]);
    }
  });

  test('has a short body of its own shape, and a longer one is not read', async () => {
    expect((await api.call('POST', SESSION, { as: null, body: {} })).status).toBe(422);
    expect((await api.call('POST', SESSION, { as: null, body: { token: TOKENS.admin, role: 'admin' } })).status).toBe(422);
    expect((await api.call('POST', SESSION, { as: null, body: { token: 'x'.repeat(5000) } })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await api.call('POST', SESSION, { as: null, body: { token: TOKENS.admin }, headers: chunked })).status).toBe(413);
    expect((await api.call('POST', SESSION, { as: null, body: `token=${TOKENS.admin}`, type: 'text/plain' })).status).toBe(415);
  });

  test('makes a new session at every time and ends the one that the browser had: a session that somebody planted is of no use (fixation)', async () => {
    const planted = await Browser.signIn(TOKENS.read);
    const browser = await Browser.signIn(TOKENS.admin, { cookie: planted.cookie });
    expect(browser.cookie).not.toBe(planted.cookie);
    expect([await planted.status(), await browser.status()]).toEqual([401, 200]);
    const chosen = `${NAME}=${'A'.repeat(43)}`;
    expect((await Browser.signIn(TOKENS.admin, { cookie: chosen })).cookie).not.toBe(chosen);
    expect((await api.call('GET', SESSION, { as: null, headers: { cookie: chosen } })).status).toBe(401);
  });
});

describe('a session', () => {
  test('needs its token for whatever changes something; another session has another', async () => {
    const [browser, other] = [await Browser.signIn(TOKENS.admin), await Browser.signIn(TOKENS.admin)];
    const put = (csrf: string) =>
      browser.call('PUT', '/admin/v1/profiles/csrf', { body: { issuer: '/~' }, headers: { 'x-csrf-token': csrf } });
    for (const csrf of ['', 'x', other.csrf, `${browser.csrf}, ${browser.csrf}`]) {
      const { status, json } = await put(csrf);
      expect([csrf, status, json.type]).toEqual([csrf, 403, 'urn:tokenwright:problem:csrf-token']);
    }
    const { 'x-csrf-token': _, ...without } = { cookie: browser.cookie, ...SAME_ORIGIN, 'x-csrf-token': '' };
    expect((await api.call('PUT', '/admin/v1/profiles/csrf', { as: null, body: { issuer: '/~' }, headers: without })).status).toBe(403);
    expect((await put(browser.csrf)).status).toBe(201);
    expect(api.events({ kind: 'profile', key: 'csrf' })).toMatchObject([{ actor: 'admin' }]);
  });

  test('is refused to pages of other sites, subdomains, ports and frames without an origin, also with its token', async () => {
    const browser = await Browser.signIn(TOKENS.admin);
    const foreign = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': '' },
      { 'sec-fetch-site': 'same-origin, cross-site' },
    ];
    for (const headers of foreign) {
      const { status, json } = await browser.call('DELETE', '/admin/v1/profiles/none', { headers });
      expect([headers, status, json.type]).toEqual([headers, 403, 'urn:tokenwright:problem:foreign-origin']);
    }
    for (const site of ['cross-site', 'same-site'])
      expect((await browser.call('GET', '/admin/v1/status', { headers: { 'sec-fetch-site': site } })).status).toBe(403);
    expect((await browser.call('GET', '/admin/v1/status', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  test('goes by the origin where a browser says nothing of sites', async () => {
    const { cookie, csrf } = await Browser.signIn(TOKENS.admin);
    const from = async (origin: string) => {
      const headers = { cookie, 'x-csrf-token': csrf, host: 'admin.example.com:6749', origin };
      return (await api.call('DELETE', '/admin/v1/profiles/none', { as: null, headers })).status;
    };
    expect(await from('https://admin.example.com:6749')).toBe(404);
    for (const origin of [
      ...['null', '', 'https://admin.example.com', 'http://admin.example.com:6749', 'https://x.admin.example.com:6749'],
      ...['https://admin.example.com:6749.evil.example', 'https://admin.example.com:6749, https://evil.example', 'file://'],
    ])
      expect([origin, await from(origin)]).toEqual([origin, 403]);
  });

  test('counts for nothing beside an Authorization header, right or wrong', async () => {
    const browser = await Browser.signIn(TOKENS.admin);
    const as = (authorization: string) => browser.call('POST', '/admin/v1/profiles', { headers: { authorization } });
    expect((await as(`Bearer ${TOKENS.read}`)).json.type).not.toBe('urn:tokenwright:problem:csrf-token');
    const put = { body: { issuer: '/~' }, headers: { authorization: `Bearer ${TOKENS.read}` } };
    expect((await browser.call('PUT', '/admin/v1/profiles/x', put)).status).toBe(403);
    for (const authorization of ['Bearer wrong', 'Basic YTpi', ''])
      expect((await browser.call('GET', SESSION, { headers: { authorization } })).status).toBe(401);
    expect((await browser.call('GET', SESSION, { headers: { authorization: `Bearer ${TOKENS.read}` } })).json).toEqual({
      ...{ administrator: { id: 'read', name: 'read', role: 'read' }, session: null, csrf: null, endsAt: null, expiresAt: null },
    });
  });

  test('is none where the cookie comes twice, in another form or under a like name', async () => {
    const { cookie } = await Browser.signIn(TOKENS.admin);
    const value = cookie.slice(NAME.length + 1);
    for (const header of [
      ...[`${cookie}; ${NAME}=${'B'.repeat(43)}`, `${NAME}=${'B'.repeat(43)}; ${cookie}`, `${cookie}; ${cookie}`],
      ...[`${cookie}x`, `"${cookie}"`, `${NAME}="${value}"`, `${NAME.toLowerCase()}=${value}`, `tokenwright-admin=${value}`],
      ...[`x${cookie}`, `${NAME} =${value}`, `${NAME}=`, NAME],
    ])
      expect([header, (await api.call('GET', SESSION, { as: null, headers: { cookie: header } })).status]).toEqual([header, 401]);
    expect((await api.call('GET', SESSION, { as: null, headers: { cookie: `a=b; ${cookie}; c=d` } })).status).toBe(200);
  });

  test('does what its role may, and no more', async () => {
    const browser = await Browser.signIn(TOKENS.read);
    expect((await browser.call('GET', '/admin/v1/clients')).status).not.toBe(401);
    expect((await browser.call('PUT', '/admin/v1/profiles/read', { body: { issuer: '/~' } })).json).toMatchObject({
      ...{ status: 403, type: 'urn:tokenwright:problem:forbidden' },
    });
    expect((await browser.call('GET', '/admin/v1/configuration')).status).toBe(403);
  });

  test('ends after its idle time, which use puts off, and after its lifetime, which nothing puts off', async () => {
    const { idle, lifetime } = ADMIN_SESSION_LIMITS;
    const before = api.now;
    const [used, idles] = [await Browser.signIn(TOKENS.read), await Browser.signIn(TOKENS.read)];
    api.now = before + idle - 1;
    expect(await used.status()).toBe(200);
    api.now = before + idle;
    expect([await used.status(), await idles.status()]).toEqual([200, 401]);
    for (api.now += idle - 61; api.now < before + lifetime; api.now += idle - 61)
      expect([api.now, await used.status()]).toEqual([api.now, 200]);
    api.now = before + lifetime - 1;
    expect((await used.call('GET', SESSION)).json.endsAt).toBe(before + lifetime);
    api.now = before + lifetime;
    expect(await used.status()).toBe(401);
  });

  test('is written to once a minute, however often it is used', async () => {
    const browser = await Browser.signIn(TOKENS.read);
    const seen: number[] = [];
    const { adminSessions } = api.stores;
    const original = adminSessions.seen.bind(adminSessions);
    adminSessions.seen = (hash, at, endsAt, unless) => {
      seen.push(at);
      return original(hash, at, endsAt, unless);
    };
    const start = api.now;
    for (; api.now <= start + 125; api.now += 5) await browser.status();
    adminSessions.seen = original;
    expect(seen).toEqual([start + 65]);
  });

  test('is over after signing out, on the server too, and the browser forgets it', async () => {
    const browser = await Browser.signIn(TOKENS.admin);
    expect((await browser.call('DELETE', SESSION, { headers: { 'x-csrf-token': '' } })).status).toBe(403);
    const answer = await browser.call('DELETE', SESSION);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([204, `${NAME}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`]);
    expect(await browser.status()).toBe(401);
    expect((await browser.call('PUT', '/admin/v1/profiles/out', { body: { issuer: '/~' } })).status).toBe(401);
  });

  test('is over with its administrator, also where another of the same id and role comes', async () => {
    const browser = await Browser.signIn(await anAdministrator('leaving'));
    expect(await browser.status()).toBe(200);
    await api.done('DELETE', '/admin/v1/administrators/leaving', {}, 204);
    expect(await browser.status()).toBe(401);
    await anAdministrator('leaving');
    expect(await browser.status()).toBe(401);
  });

  test('is over with the token it began with, and with the role, also where the sessions themselves were not ended', async () => {
    const token = await anAdministrator('changing');
    const [first, second] = [await Browser.signIn(token), await Browser.signIn(token)];
    const endOf = api.stores.adminSessions.endOf.bind(api.stores.adminSessions);
    api.stores.adminSessions.endOf = () => 0;
    const renewed = (await api.done('POST', '/admin/v1/administrators/changing/token', {}, 200)).json.token as string;
    api.stores.adminSessions.endOf = endOf;
    expect([await first.status(), await second.status()]).toEqual([401, 401]);
    const third = await Browser.signIn(renewed);
    await api.live.change((configuration) => {
      const value = configuration.get('administrator', 'changing');
      if (value === undefined) throw new Error('there is no administrator');
      return { changes: [{ kind: 'administrator', key: 'changing', value: { ...value, role: 'read' } }], audit: [], result: undefined };
    });
    expect(await third.status()).toBe(401);
  });

  test('of nobody answers how one can sign in', async () => {
    const { status, json, headers } = await api.call('GET', SESSION, { as: null });
    expect([status, json.signInWays, headers['www-authenticate']]).toEqual([401, [{ way: 'token' }], 'Bearer realm="tokenwright"']);
  });
});

describe('sessions of administrators', () => {
  test('are told from each other, and those of others are not ended by who is no admin', async () => {
    const token = await anAdministrator('own', 'read');
    const [here, elsewhere] = [await Browser.signIn(token), await Browser.signIn(token)];
    const { session } = (await here.call('GET', SESSION)).json;
    const { items } = (await here.call('GET', '/admin/v1/administrators/own/sessions')).json;
    const others = items.filter(({ id }: { id: string }) => id !== session);
    expect(others).toHaveLength(1);
    expect((await api.call('DELETE', `/admin/v1/administrators/own/sessions/${session}`, { as: 'author' })).status).toBe(403);
    expect((await here.call('DELETE', `/admin/v1/administrators/own/sessions/${others[0].id}`)).status).toBe(204);
    expect([await here.status(), await elsewhere.status()]).toEqual([200, 401]);
  });

  test('are listed without what they could be used by, and ended by an admin, all or one', async () => {
    const token = await anAdministrator('busy', 'author');
    const [first, second] = [await Browser.signIn(token), await Browser.signIn(token)];
    const url = '/admin/v1/administrators/busy/sessions';
    const { json, text } = await api.call('GET', url, { as: 'read' });
    expect(json.items).toHaveLength(2);
    expect(json.items[0]).toEqual({
      ...{ id: expect.any(String), administrator: 'busy', name: 'busy', role: 'author', by: 'token', address: '127.0.0.1' },
      ...{ createdAt: api.now, lastSeen: api.now, endsAt: expect.any(Number), expiresAt: expect.any(Number) },
    });
    for (const { cookie, csrf } of [first, second]) {
      expect(text).not.toContain(cookie.slice(NAME.length + 1));
      expect(text).not.toContain(csrf);
    }
    expect((await api.call('GET', '/admin/v1/sessions')).json.items).toEqual(expect.arrayContaining(json.items));
    expect((await api.call('DELETE', url, { as: 'author' })).status).toBe(403);
    expect((await api.call('DELETE', `${url}/unknown`)).status).toBe(404);
    expect((await api.call('DELETE', `/admin/v1/administrators/admin/sessions/${json.items[0].id}`)).status).toBe(404);
    expect((await api.call('DELETE', `${url}/${json.items[0].id}`)).status).toBe(204);
    expect([await first.status(), await second.status()].sort()).toEqual([200, 401]);
    expect((await api.call('DELETE', url)).json).toEqual({ sessions: 1 });
    expect((await api.call('DELETE', url)).json).toEqual({ sessions: 0 });
    expect((await api.call('GET', '/admin/v1/administrators/nobody/sessions')).status).toBe(404);
    expect((await api.call('DELETE', '/admin/v1/administrators/nobody/sessions')).status).toBe(404);
    expect([await first.status(), await second.status()]).toEqual([401, 401]);
  });

  test('are in the audit trail: who came and went, whence and how, without what they hold', async () => {
    const browser = await Browser.signIn(await anAdministrator('traced'));
    await browser.call('DELETE', SESSION);
    const events = api.events({ kind: 'administrator', key: 'traced' });
    expect(events.map(({ actor, action }) => [actor, action])).toEqual([
      ['traced', 'administrator.sign-out'],
      ['traced', 'administrator.sign-in'],
      ['admin', 'administrator.create'],
    ]);
    const session = expect.any(String);
    expect(events[1]).toMatchObject({ before: null, after: { session, address: '127.0.0.1', role: 'admin', by: 'token' } });
    expect(JSON.stringify(events)).not.toContain(browser.cookie.slice(NAME.length + 1));
    expect(api.logged.join()).not.toContain(browser.cookie.slice(NAME.length + 1));
  });
});
