import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCode, AUTHORIZE_PATH, CALLBACK, codeRequest, type Parameters } from '../support/code-flow.ts';
import { Person } from '../support/person.ts';
import { formRequest, headerOf, rawExchange, type HttpMessage } from '../support/raw-http.ts';
import { startService, type RunningService } from '../support/running-service.ts';

let service: RunningService;
/** Signed in: whatever is sent on without need would have a code. */
let alice: Person;
beforeAll(async () => {
  service = await startService({ configFile: join(process.cwd(), 'test', 'support', 'people.yaml') });
  alice = await Person.withAccount(service, 'alice');
  await aCode(service.url, alice);
}, 60_000);
afterAll(() => service.stop());

const LOGIN = /^http:\/\/localhost:\d+\/people\/login\?/;
const address = (form: URLSearchParams, path = AUTHORIZE_PATH) => `${service.url}${path}?${form.toString()}`;
const raw = async (bytes: Buffer | string): Promise<HttpMessage> => {
  const { messages } = await rawExchange(service.settings.port, bytes);
  const [message, ...more] = messages;
  if (message === undefined || more.length > 0) throw new Error(`${messages.length} answers`);
  return message;
};
const cookies = () => [...alice.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** A page for the person, in which nothing runs and nothing of what was sent is repeated. */
async function expectPage(response: Response, status = 400): Promise<string> {
  expect([response.status, response.headers.get('location'), response.headers.get('refresh')]).toEqual([status, null, null]);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const page = await response.text();
  expect(page).not.toMatch(/evil|st4te|<script|http-equiv/i);
  return page;
}

/** Where somebody is sent who is signed in, and with what. */
async function sentTo(more: Parameters): Promise<{ readonly to: string; readonly parameters: Readonly<Record<string, string>> }> {
  const location = (await alice.fetch(address(codeRequest(more).form))).headers.get('location') ?? '';
  // An empty fragment keeps others out.
  const [to = '', sent = ''] = location.replace(/#$/, '').split(/[?#](?!.*[?#])/);
  return { to, parameters: Object.fromEntries(new URLSearchParams(sent)) };
}

describe('a request that may be somebody else’s doing redirects nobody (RFC 6749 section 4.1.2.1, RFC 9700 section 4.11)', () => {
  test.each<[string, Parameters]>([
    ['an unknown client', { client_id: 'evil' }],
    ['no client', { client_id: null }],
    ['an empty client', { client_id: '' }],
    ['a client that nobody signs in to', { client_id: 'server-client' }],
    ['no redirect URI where there are two', { redirect_uri: null }],
    ['an empty redirect URI', { redirect_uri: '' }],
    ['a redirect URI with a header (CWE-113)', { redirect_uri: `${CALLBACK}\r\nSet-Cookie: evil=1` }],
    ['a giant redirect URI', { redirect_uri: 'x'.repeat(5000) }],
    ["another client's redirect URI", { redirect_uri: 'http://127.0.0.1/callback' }],
  ])('%s', async (_what, more) => {
    await expectPage(await alice.fetch(address(codeRequest(more).form)));
  });

  test.each([
    'https://evil.example/callback',
    `${CALLBACK}/evil`,
    `${CALLBACK}/../evil`,
    `${CALLBACK}?evil=1`,
    `${CALLBACK}#evil`,
    `${CALLBACK}/`,
    `${CALLBACK}%2f..%2fevil`,
    ` ${CALLBACK}`,
    'https://app.example/Callback',
    'https://APP.example/callback',
    'https://app.example./callback',
    'https://app.example:8443/callback',
    'https://app.example:443/callback',
    'http://app.example/callback',
    '//app.example/callback',
    '/callback',
    'https://evil@app.example/callback',
    'https://app.example@evil.example/callback',
    'https://app.example\\@evil.example/callback',
    'https://app.example.evil.example/callback',
    'https://evil.example/?https://app.example/callback',
    'https://app.example/other',
    'https://app.example/other?tenant=2',
    'javascript:alert(document.domain)',
    'data:text/html,evil',
  ])('the redirect URI %p', async (uri) => {
    await expectPage(await alice.fetch(address(codeRequest({ redirect_uri: uri }).form)));
  });

  test.each([
    'http://localhost/callback',
    'http://127.0.0.2/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1:80@evil.example/callback',
    'http://127.0.0.1:123456/callback',
    'http://127.0.0.1:x/callback',
    'http://127.0.0.1:8080/callback/evil',
    'http://127.0.0.1:8080/callback?evil',
    'https://127.0.0.1/callback',
    'http://[::1]/callback',
    'http://2130706433/callback',
    'com.example.app:/callback/evil',
    'com.example.app://evil.example/callback',
  ])('the redirect URI %p of an application on a machine of its own (RFC 8252 section 7.3)', async (uri) => {
    await expectPage(await alice.fetch(address(codeRequest({ client_id: 'native', redirect_uri: uri }).form)));
  });

  test.each(['client_id', 'redirect_uri', 'response_type', 'state', 'scope', 'code_challenge', 'nonce', 'prompt', 'interaction', 'x'])(
    'a %s that is given twice (RFC 6749 section 3.1)',
    async (name) => {
      const { form } = codeRequest();
      for (const value of [form.get(name) ?? 'evil', 'evil']) form.append(name, value);
      await expectPage(await alice.fetch(address(form)));
    },
  );

  test.each(['state=%ff', 'state=%zz', 'state=%e0%80%80', '%zz=1'])('what cannot be read: %s', async (text) => {
    await expectPage(await alice.fetch(`${address(codeRequest({ state: null }).form)}&${text}`));
  });

  test('a request that is to be fetched from somewhere: nobody is asked for it (RFC 9126 section 7.2, SSRF)', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      response.end('x.y.z');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}/evil`;
    for (const uri of [evil, 'urn:ietf:params:oauth:request_uri:evil', 'urn:ietf:params:oauth:request_uri:', '', 'x'.repeat(5000)]) {
      const response = await alice.fetch(address(codeRequest({ request_uri: uri }).form));
      // An empty parameter is as if absent. RFC 6749 section 3.1.
      if (uri === '') expect(response.headers.get('location')).toMatch(/[?&]code=/);
      else await expectPage(response);
    }
    expect(asked).toBe(0);
    server.close();
  });
});

describe('what the client is told goes to the client, and stays what it is', () => {
  test.each<[string, Parameters, string]>([
    ['a response type that would show tokens', { response_type: 'token' }, 'unsupported_response_type'],
    ['several response types', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['PKCE that shows its verifier (RFC 9700 section 2.1.1)', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a scope that is not its own', { scope: 'read openid admin' }, 'invalid_scope'],
    ['a resource that nobody knows', { resource: 'https://evil.example' }, 'invalid_target'],
    ['a resource with a fragment', { resource: 'https://orders.example#x' }, 'invalid_target'],
    ['a giant parameter', { nonce: 'x'.repeat(4097) }, 'invalid_request'],
  ])('%s', async (_what, more, error) => {
    const { to, parameters } = await sentTo(more);
    expect([to, parameters['error'], parameters['state'], parameters['iss']]).toEqual([CALLBACK, error, 'st4te', `${service.url}/~`]);
    expect(parameters['code']).toBeUndefined();
  });

  test.each([
    ['line ends', 'x\r\nSet-Cookie: evil=1\r\n\r\n<script>'],
    ['further parameters', 'x&code=forged&iss=https://evil.example'],
    ['a fragment', 'x#access_token=forged'],
    ['quotes', `"'><script>alert(1)</script>`],
    ['another script', '日本語 🔑'],
    ['as much as there may be', 'x'.repeat(4096)],
  ])('a state with %s comes back as it was, and does nothing (CWE-113, RFC 6749 section 4.1.2)', async (_what, state) => {
    const { form } = codeRequest({ state });
    const message = await raw(`GET ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookies()}\r\n\r\n`);
    expect([message.status, headerOf(message, 'set-cookie')]).toEqual([303, undefined]);
    const back = new URL(headerOf(message, 'location') ?? '');
    expect(back.href.startsWith(`${CALLBACK}?`)).toBe(true);
    expect(back.hash).toBe('');
    expect(back.searchParams.getAll('state')).toEqual([state]);
    expect([back.searchParams.getAll('code').length, back.searchParams.getAll('iss')]).toEqual([1, [`${service.url}/~`]]);
    expect(back.searchParams.get('code')).not.toBe('forged');
    const posted = await alice.fetch(`${address(form)}&response_mode=form_post`);
    const page = await posted.text();
    expect([posted.status, (page.match(/<script/g) ?? []).length]).toEqual([200, 1]);
  });

  test('the query of a registered redirect URI stays (RFC 6749 section 3.1.2)', async () => {
    const response = await alice.fetch(address(codeRequest({ redirect_uri: 'https://app.example/other?tenant=1' }).form));
    expect(response.headers.get('location')).toMatch(/^https:\/\/app\.example\/other\?tenant=1&code=/);
  });

  test('somebody who is not signed in is not asked where nobody is to be (OpenID Connect Core section 3.1.2.6)', async () => {
    const response = await new Person('nobody').fetch(address(codeRequest({ prompt: 'none' }).form));
    expect(response.headers.get('location')).toMatch(/^https:\/\/app\.example\/callback\?error=login_required&/);
  });
});

describe('an interaction', () => {
  async function interactionOf(person: Person, more: Parameters = {}): Promise<string> {
    const response = await person.fetch(
      address(codeRequest({ client_id: 'web', redirect_uri: 'http://127.0.0.1/callback', ...more }).form),
    );
    const at = new URL(response.headers.get('location') ?? '', service.url);
    return at.searchParams.get('interaction') ?? '';
  }

  test.each([
    ['made up', () => Promise.resolve('evil')],
    ['an address', () => Promise.resolve('https://evil.example/')],
    ['giant', () => Promise.resolve('x'.repeat(12_000))],
    [
      'changed',
      async () => {
        const sealed = await interactionOf(new Person('nobody'));
        return `${sealed.slice(0, 40)}${sealed[40] === 'A' ? 'B' : 'A'}${sealed.slice(41)}`;
      },
    ],
    ['cut off', async () => (await interactionOf(new Person('nobody'))).slice(0, -1)],
    [
      "another profile's",
      async () => {
        const { form } = codeRequest({ client_id: 'bound', redirect_uri: 'http://127.0.0.1/callback' });
        const location = (await alice.fetch(address(form, '/nonces/authorize'))).headers.get('location') ?? '';
        return new URL(location, service.url).searchParams.get('interaction') ?? '';
      },
    ],
  ])('that is %s leads nowhere, at the endpoint and on every page', async (_what, sealed) => {
    const query = new URLSearchParams({ interaction: await sealed() });
    expect(query.get('interaction')).not.toBe('');
    await expectPage(await alice.fetch(address(query)));
    for (const page of ['login', 'consent', 'continue', 'logout']) {
      const response = await alice.fetch(`${service.url}/people/${page}?${query.toString()}`);
      expect([page, response.status, response.headers.get('location')]).toEqual([page, 400, null]);
      expect(await response.text()).not.toContain('http-equiv');
    }
  });

  test('that others began gives them no code of the person who follows it, and the person none of theirs', async () => {
    const bob = await Person.withAccount(service, 'bob');
    const began = await interactionOf(bob);
    // As the person is, in the own session.
    const back = await alice.comeBack(`${service.url}/people/login?interaction=${began}`, 'http://127.0.0.1/callback');
    expect(new URL(back.url).searchParams.get('code')).toMatch(/./);
    // What one has allowed is allowed in the own session alone.
    const login = await bob.fetch(`${service.url}/people/login?interaction=${began}`);
    expect(login.status).toBe(200);
    const asked = await interactionOf(alice, { prompt: 'consent' });
    const stolen = await bob.fetch(address(new URLSearchParams({ interaction: asked })));
    expect(stolen.headers.get('location')).toMatch(LOGIN);
  });

  test.each(['next', 'return_to', 'redirect_uri', 'post_logout_redirect_uri', 'continue', 'url'])(
    'is the only thing that leads on from a page: %s does not (CWE-601)',
    async (name) => {
      for (const page of ['login', 'logout', 'account', 'consent', '']) {
        for (const target of ['https://evil.example/', '//evil.example/', '/\\evil.example/']) {
          const response = await alice.fetch(`${service.url}/people/${page}?${new URLSearchParams({ [name]: target }).toString()}`);
          expect(response.headers.get('location') ?? '/people/').toMatch(/^\/people\//);
          expect(await response.text()).not.toContain('evil');
        }
      }
    },
  );

  test.each([
    '//evil.example/people/login',
    '/people//evil.example',
    '/people/../people/evil',
    '/people/%2e%2e/evil',
    '/people/login/..;/evil',
  ])('has no way out by the path %s', async (path) => {
    const message = await raw(`GET ${path} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookies()}\r\n\r\n`);
    expect([message.status, headerOf(message, 'location')]).toEqual([404, undefined]);
  });
});

describe('requests over the wire', () => {
  const PUSH = '/oauth/v2/oauth-pushed-authorization';

  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is 405 with what there is', async (method) => {
    const { form } = codeRequest();
    const message = await raw(`${method} ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`);
    expect([message.status, headerOf(message, 'allow')]).toEqual([405, 'GET, POST']);
    const pushed = await raw(`${method} ${PUSH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n`);
    expect([pushed.status, headerOf(pushed, 'allow')]).toEqual([405, 'POST']);
  });

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])('a POST of "%s" is 415', async (type) => {
    const { form } = codeRequest();
    for (const path of [AUTHORIZE_PATH, PUSH]) {
      const message = await raw(formRequest(path, form.toString(), { 'content-type': type, cookie: cookies() }));
      expect([path, message.status, headerOf(message, 'location')]).toEqual([path, 415, undefined]);
    }
  });

  test('a POST has its parameters in the form, and those of its query count for nothing (RFC 6749 section 3.1)', async () => {
    const { form } = codeRequest();
    const message = await raw(formRequest(AUTHORIZE_PATH, form.toString(), { cookie: cookies() }));
    expect([message.status, headerOf(message, 'location')]).toEqual([303, expect.stringMatching(/[?&]code=/)]);
    const other = await raw(formRequest(`${AUTHORIZE_PATH}?${form.toString()}`, 'x=1', { cookie: cookies() }));
    expect([other.status, headerOf(other, 'location')]).toEqual([400, undefined]);
  });

  test('HTTP/1.0 is answered, and the connection closed (RFC 9112 section 9)', async () => {
    const { form } = codeRequest();
    const answer = await rawExchange(
      service.settings.port,
      `GET ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.0\r\ncookie: ${cookies()}\r\n\r\n`,
      {
        answers: 0,
      },
    );
    const [message] = answer.messages;
    expect([message?.status, answer.closed]).toEqual([303, true]);
    expect(message === undefined ? '' : headerOf(message, 'location')).toMatch(/^https:\/\/app\.example\/callback\?code=/);
  });

  test('other origins may not read what it answers, and what it does not know it ignores (RFC 9700 section 2.6, RFC 6749 section 3.1)', async () => {
    const { form } = codeRequest({ unknown: 'x', acr_values: 'x' });
    const head = `host: localhost\r\norigin: https://app.example\r\ncookie: ${cookies()}\r\n`;
    const answer = await raw(`GET ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\n${head}\r\n`);
    expect([answer.status, headerOf(answer, 'location')]).toEqual([303, expect.stringMatching(/[?&]code=/)]);
    const preflight = await raw(
      `OPTIONS ${AUTHORIZE_PATH} HTTP/1.1\r\n${head}access-control-request-method: POST\r\ncontent-length: 0\r\n\r\n`,
    );
    for (const { headers } of [answer, preflight]) expect(headers.filter(([name]) => name.startsWith('access-control-'))).toEqual([]);
    // The address has the code in it: nobody further is told. Section 4.2.4.
    expect([headerOf(answer, 'referrer-policy'), headerOf(answer, 'cache-control')]).toEqual(['no-referrer', 'no-store']);
  });

  test('HEAD is refused, without a body: it would make a code that nobody sees', async () => {
    const { form } = codeRequest();
    const request = `HEAD ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    const { messages, bytes } = await rawExchange(service.settings.port, request, { withoutBody: true });
    expect(messages.map(({ status }) => status)).toEqual([405]);
    expect(bytes.toString().endsWith('\r\n\r\n')).toBe(true);
  });

  test('giant ones are refused: query, header, form', async () => {
    const { form } = codeRequest({ login_hint: 'x'.repeat(100_000) });
    expect((await raw(`GET ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\n\r\n`)).status).toBe(431);
    for (const path of [AUTHORIZE_PATH, PUSH]) expect((await raw(formRequest(path, form.toString()))).status).toBe(413);
    const many = Array.from({ length: 2000 }, (_, i) => `resource=https://r${i}.example`).join('&');
    const refused = await raw(formRequest(AUTHORIZE_PATH, `${codeRequest().form.toString()}&${many}`, { cookie: cookies() }));
    expect([refused.status, headerOf(refused, 'location')]).toEqual([303, expect.stringContaining('error=invalid_request')]);
  });

  test('forged cookies and foreign sessions sign nobody in', async () => {
    const { form } = codeRequest();
    const name = '__Host-tokenwright-session.token-service';
    const own = alice.cookies.get(name) ?? '';
    expect(own).toMatch(/^[\w-]{43}$/);
    for (const cookie of [
      `${name}=`,
      `${name}=${'A'.repeat(43)}`,
      `${name}="${own}"`,
      `x${name}=${own}`,
      `${name.replace('token-service', 'nonces')}=${own}`,
    ]) {
      const message = await raw(`GET ${AUTHORIZE_PATH}?${form.toString()} HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookie}\r\n\r\n`);
      expect([cookie, headerOf(message, 'location')]).toEqual([cookie, expect.stringMatching(LOGIN)]);
    }
  });
});
