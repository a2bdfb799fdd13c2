import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Commit } from '#libs/oauth';
import { bucketEntryAnswer } from './answers.ts';
import { clientCertificate } from './testing/certificate.ts';
import { SOURCE, START, TestAdminApi, type CallOptions } from './testing/test-admin-api.ts';

/** Every value that was sent to be kept: none may come out. */
const kept: string[] = [];
let api: TestAdminApi;

beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

function value(text: string): string {
  kept.push(text);
  return text;
}

describe('HTTP clients', () => {
  const url = '/p/p/http-clients/partner';
  const put = (body: unknown, options: CallOptions = {}) => api.call('PUT', url, { body, ...options });
  const opened = async () => {
    const { credentials, tls } = api.live.current.get('http-client', 'p/partner') ?? {};
    return {
      value: credentials === null || credentials === undefined ? null : await api.sealer.openText(credentials.sealedValue),
      key: tls === undefined || tls.sealedClientKey === null ? null : await api.sealer.openText(tls.sealedClientKey),
    };
  };
  const PASSWORD = value('pass-word-of-partner');
  const BASIC = { kind: 'basic', username: 'us', value: PASSWORD };

  test('are created with safe defaults: nothing is reachable, only https, no tokens are sent, no redirect', async () => {
    const answer = await put({});
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      profile: 'p',
      id: 'partner',
      allowedHosts: [],
      allowHttp: false,
      allowTokens: false,
      allowedNetworks: [],
      credentials: null,
      tls: { caCertificates: null, clientCertificate: null, clientKey: false },
      timeoutMilliseconds: 5000,
      maximumResponseBytes: 262_144,
      maximumRedirects: 0,
      origin: 'api',
    });
    expect((await api.call('GET', url)).headers['etag']).toBe(answer.headers['etag']);
    expect((await api.call('GET', '/p/p/http-clients')).json.items).toEqual([answer.json]);
  });

  test('may be allowed to send tokens, which no longer holds when a replacement leaves it out', async () => {
    expect((await put({ allowTokens: true })).json.allowTokens).toBe(true);
    expect(api.live.current.get('http-client', 'p/partner')?.allowTokens).toBe(true);
    expect((await put({})).json.allowTokens).toBe(false);
    expect((await put({ allowTokens: 'yes' })).json.errors).toMatchObject([{ pointer: '/allowTokens' }]);
  });

  test('credentials are sealed, shown by their kind alone, and stay when a replacement leaves their value out', async () => {
    const answer = await put({ allowedHosts: ['api.example.com'], credentials: BASIC });
    expect(answer.json.credentials).toEqual({ kind: 'basic', username: 'us' });
    expect((await opened()).value).toBe(PASSWORD);
    const replaced = await put({ allowedHosts: ['*.example.com'], credentials: { kind: 'basic', username: 'them' } });
    expect(replaced.json.credentials).toEqual({ kind: 'basic', username: 'them' });
    expect((await opened()).value).toBe(PASSWORD);
    expect((await put({ credentials: { kind: 'bearer', value: value('token.of-partner') } })).json.credentials).toEqual({ kind: 'bearer' });
    expect((await opened()).value).toBe('token.of-partner');
    expect((await put({})).json.credentials).toBeNull();
  });

  test('putting the same again changes nothing, although sealing twice never gives the same', async () => {
    const first = await put({ credentials: BASIC });
    const { revision } = api.live.current;
    const again = await put({ credentials: BASIC });
    expect([again.status, again.headers['etag'], api.live.current.revision]).toEqual([200, first.headers['etag'], revision]);
  });

  test('a value of another kind is not passed off as the new one, and a missing or malformed one is refused without a word of it', async () => {
    const { revision } = api.live.current;
    for (const credentials of [
      { kind: 'bearer' },
      { kind: 'basic', username: 'us', value: null },
      { kind: 'bearer', value: value('not a bearer token') },
      { kind: 'header', name: 'X-Key', value: value('two\r\nheaders-sent') },
    ]) {
      const answer = await put({ credentials });
      expect(answer.json).toMatchObject({
        status: 422,
        type: 'urn:tokenwright:problem:invalid-body',
        errors: [{ pointer: '/credentials/value' }],
      });
    }
    expect((await put({ credentials: { kind: 'basic', value: PASSWORD } })).json.errors).toMatchObject([
      { pointer: '/credentials/username' },
    ]);
    expect((await put({ credentials: { kind: 'header', name: 'Host', value: PASSWORD } })).status).toBe(422);
    expect((await put({ allowedHosts: ['https://x'], allowedNetworks: ['10.1.2.3/8'], maximumRedirects: 6 })).json.errors).toMatchObject([
      { pointer: '/allowedHosts/0' },
      { pointer: '/allowedNetworks/0' },
      { pointer: '/maximumRedirects' },
    ]);
    expect(api.live.current.revision).toBe(revision);
  });

  test('a client key fits its certificate, stays when it is left out, and goes with the certificate', async () => {
    const [mine, other] = [await clientCertificate(), await clientCertificate()];
    const tls = { clientCertificate: mine.cert, clientKey: value(mine.key) };
    expect((await put({ tls })).json.tls).toEqual({ caCertificates: null, clientCertificate: mine.cert, clientKey: true });
    expect((await put({ tls: { clientCertificate: mine.cert }, maximumRedirects: 1 })).json.tls.clientKey).toBe(true);
    expect((await opened()).key).toBe(mine.key);
    for (const wrong of [{ clientCertificate: other.cert }, { clientCertificate: mine.cert, clientKey: value(other.key) }])
      expect((await put({ tls: wrong })).json.errors).toMatchObject([
        { pointer: '/tls/clientKey', message: expect.stringContaining('not the private key') },
      ]);
    expect((await put({ tls: { clientCertificate: mine.cert, clientKey: null } })).json).toMatchObject({
      status: 422,
      errors: [{ pointer: '/tls/clientCertificate' }],
    });
    expect((await put({ tls: { clientCertificate: value(mine.key) } })).json.errors).toMatchObject([{ pointer: '/tls/clientCertificate' }]);
    expect((await put({})).json.tls).toEqual({ caCertificates: null, clientCertificate: null, clientKey: false });
    expect((await opened()).key).toBeNull();
  });

  test('are changed and deleted on conditions, by admins, unless a file owns them', async () => {
    expect((await put({}, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await put({}, { as: 'author' })).status).toBe(403);
    await api.giveToFile('http-client', 'p', 'partner');
    expect((await put({ allowHttp: true })).json.type).toBe('urn:tokenwright:problem:owned-by-file');
    expect((await api.call('DELETE', url)).status).toBe(409);
    expect((await api.call('DELETE', `${url}?takeOver=true`)).status).toBe(204);
    expect((await api.call('GET', url)).status).toBe(404);
    expect((await api.call('PUT', '/p/none/http-clients/x', { body: {} })).status).toBe(404);
  });
});

describe('secrets', () => {
  const url = '/p/p/secrets/api-key';
  const set = (text: string, options: CallOptions = {}) => api.call('PUT', url, { body: { value: value(text) }, ...options });
  const opened = async () => api.sealer.openText(api.live.current.get('secret', 'p/api-key')?.sealedValue ?? '');

  test('are set and never shown; reading tells when', async () => {
    const answer = await set('first-value-of-the-secret');
    expect(answer.status).toBe(201);
    const view = { profile: 'p', id: 'api-key', createdAt: START, updatedAt: START, origin: 'api' };
    expect(answer.json).toEqual(view);
    expect((await api.call('GET', url, { as: 'read' })).json).toEqual(view);
    expect((await api.call('GET', '/p/p/secrets', { as: 'read' })).json.items).toEqual([view]);
    expect(await opened()).toBe('first-value-of-the-secret');
  });

  test('another value has a time of its own; the same one again changes nothing', async () => {
    api.now += 60;
    const tag = (await api.call('GET', url)).headers['etag'] ?? '';
    expect((await set('first-value-of-the-secret')).headers['etag']).toBe(tag);
    expect((await set('second-value-of-the-secret', { headers: { 'if-match': tag } })).json).toMatchObject({
      createdAt: START,
      updatedAt: START + 60,
    });
    expect((await set('third-value-of-the-secret', { headers: { 'if-match': tag } })).status).toBe(412);
    expect(await opened()).toBe('second-value-of-the-secret');
    expect(api.events({ kind: 'secret', key: 'p/api-key' })).toMatchObject([
      { action: 'secret.update', actor: 'admin', before: { updatedAt: START }, after: { updatedAt: START + 60 } },
      { action: 'secret.create', before: null },
    ]);
  });

  test('a bad body is refused without a word of the value', async () => {
    for (const body of [{}, { value: '' }, { value: 7 }, { value: [value('listed-value')] }, { value: 'x'.repeat(65_537) }])
      expect((await api.call('PUT', url, { body })).json).toMatchObject({ status: 422, errors: [{ pointer: '/value' }] });
    expect((await api.call('PUT', url, { body: `{"value":"${value('broken-off')}` })).status).toBe(400);
    expect((await api.call('PUT', '/p/none/secrets/x', { body: { value: value('for-nobody') } })).status).toBe(404);
    expect((await set('by-an-author', { as: 'author' })).status).toBe(403);
  });
});

describe('secrets in the hands of procedures', () => {
  const versions = '/admin/v1/procedures/reading/versions';
  const binding = '/p/p/endpoints/e/bindings/oauth-introspect';
  const upload = (source: string, query: string, options: CallOptions = {}) =>
    api.call('POST', `${versions}?flow=oauth-introspect${query}`, { as: 'author', body: source, type: 'text/javascript', ...options });
  const given = () =>
    api.events({ kind: 'secret' }).flatMap(({ action, key, actor, after }) => (action === 'secret.give' ? [{ key, actor, after }] : []));

  test('an author names them at upload, which gives nothing yet', async () => {
    const answer = await upload(SOURCE, '&secret=second-key&secret=api-key');
    expect([answer.status, answer.json.secrets]).toEqual([201, ['api-key', 'second-key']]);
    expect((await upload(SOURCE, '&secret=api-key&secret=second-key')).status).toBe(200);
    expect((await upload(SOURCE, '&secret=a%20b')).json.errors).toMatchObject([{ pointer: '/secret/0' }]);
    expect(given()).toEqual([]);
    // A proposal gives nothing either.
    expect((await api.call('POST', '/admin/v1/procedures/reading/activate', { as: 'author', body: { version: 1 } })).status).toBe(202);
    expect(given()).toEqual([]);
  });

  test('an admin gives them by binding, which the audit trail has under the name of each, and only if there are such secrets', async () => {
    await api.done('POST', '/admin/v1/procedures/reading/activate', { body: { version: 1 } }, 200);
    expect(given()).toEqual([]);
    const refused = await api.call('PUT', binding, { body: { procedure: 'reading' } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].message).toContain('"second-key"');
    expect(given()).toEqual([]);
    await api.done('PUT', '/p/p/secrets/second-key', { body: { value: value('value-of-the-second-key') } }, 201);
    await api.done('PUT', binding, { body: { procedure: 'reading' } }, 201);
    expect(given()).toEqual(
      ['second-key', 'api-key'].map((id) => ({
        key: `p/${id}`,
        actor: 'admin',
        after: { profile: 'p', id, procedure: 'reading', version: 1 },
      })),
    );
  });

  test('so does an activation where the procedure is bound already, and a second binding of the same gives nothing new', async () => {
    const before = given().length;
    await upload(`${SOURCE}// 2`, '&secret=api-key');
    await api.done('POST', '/admin/v1/procedures/reading/activate', { body: { version: 2 } }, 200);
    expect(given()).toHaveLength(before + 1);
    expect(given()[0]).toMatchObject({ key: 'p/api-key', after: { version: 2 } });
    await api.done('PUT', binding, { body: { procedure: 'reading', version: 2 } }, 200);
    expect(given()).toHaveLength(before + 1);
  });

  test('one that a bound version reads is not deleted: 409 says which', async () => {
    const answer = await api.call('DELETE', '/p/p/secrets/api-key');
    expect(answer.json).toMatchObject({ status: 409, type: 'urn:tokenwright:problem:in-use', errors: [{ kind: 'binding' }] });
    expect(answer.json.errors[0].message).toContain('procedure "reading"');
    expect((await api.call('DELETE', '/p/p/secrets/second-key')).status).toBe(204);
    await api.done('DELETE', binding, {}, 204);
    expect((await api.call('DELETE', '/p/p/secrets/api-key')).status).toBe(204);
  });
});

describe('buckets', () => {
  const url = '/p/p/buckets/consents';

  test('are created, described, listed and deleted', async () => {
    expect((await api.call('PUT', url)).status).toBe(201);
    expect((await api.call('PUT', url, { body: { description: 'Who agreed to what' } })).json).toEqual({
      profile: 'p',
      id: 'consents',
      description: 'Who agreed to what',
      origin: 'api',
    });
    expect((await api.call('PUT', url, { body: {}, headers: { 'if-none-match': '*' } })).status).toBe(412);
    expect((await api.call('GET', '/p/p/buckets')).json.items).toHaveLength(1);
    expect((await api.call('PUT', '/p/none/buckets/x')).status).toBe(404);
    expect((await api.call('DELETE', url, { as: 'author' })).status).toBe(403);
    expect((await api.call('DELETE', url)).status).toBe(204);
    expect((await api.call('GET', url)).status).toBe(404);
  });
});

describe('entries of buckets', () => {
  const url = '/p/p/buckets/notes';
  const entry = (subject: string, purpose: string): Commit => ({
    at: START,
    requires: [],
    claim: null,
    effects: [{ effect: 'bucket-store', profile: 'p', bucket: 'notes', subject, purpose, attributes: `{"seen":"${purpose}"}` }],
  });
  const purposes = async (subject: string) =>
    (await api.call('GET', `${url}/entries?subject=${subject}`)).json.items.map((one: { purpose: string }) => one.purpose);

  test('are listed by subject, with their attributes', async () => {
    await api.done('PUT', url, {}, 201);
    await api.stores.tokens.commit([entry('anna', 'a'), entry('anna', 'b'), entry('bert', 'a')]);
    const answer = await api.call('GET', `${url}/entries?subject=anna`, { as: 'read' });
    expect(bucketEntryAnswer.array().parse(answer.json.items)).toMatchObject([
      { subject: 'anna', purpose: 'a', attributes: { seen: 'a' }, updatedAt: START },
      { subject: 'anna', purpose: 'b' },
    ]);
    expect(await purposes('nobody')).toEqual([]);
    expect((await api.call('GET', `${url}/entries`)).json.errors).toMatchObject([{ pointer: '/subject' }]);
    expect((await api.call('GET', '/p/p/buckets/none/entries?subject=anna')).status).toBe(404);
  });

  test('are deleted by subject, which the audit trail has without their attributes', async () => {
    expect((await api.call('DELETE', `${url}/entries?subject=anna`, { as: 'author' })).status).toBe(403);
    expect((await api.call('DELETE', `${url}/entries`)).status).toBe(400);
    expect((await api.call('DELETE', `${url}/entries?subject=anna`)).json).toEqual({ entries: 2 });
    expect((await api.call('DELETE', `${url}/entries?subject=anna`)).json).toEqual({ entries: 0 });
    expect([await purposes('anna'), await purposes('bert')]).toEqual([[], ['a']]);
    expect(api.events({ kind: 'bucket', key: 'p/notes' })[0]).toMatchObject({
      action: 'bucket.clear',
      actor: 'admin',
      before: { subject: 'anna', purposes: ['a', 'b'] },
      after: null,
    });
  });

  test('go with their bucket: another one of the same id is empty', async () => {
    await api.done('DELETE', url, {}, 204);
    await api.done('PUT', url, {}, 201);
    expect(await purposes('bert')).toEqual([]);
  });
});

test('a profile with HTTP clients, secrets or buckets is not deleted', async () => {
  await api.done('PUT', '/p/full', { body: { issuer: '/full' } }, 201);
  for (const [path, body] of [
    ['http-clients/x', {}],
    ['secrets/x', { value: value('of-the-full-profile') }],
    ['buckets/x', {}],
  ] as const) {
    await api.done('PUT', `/p/full/${path}`, { body }, 201);
    expect((await api.call('DELETE', '/p/full')).json.type).toBe('urn:tokenwright:problem:in-use');
    await api.done('DELETE', `/p/full/${path}`, {}, 204);
  }
  expect((await api.call('DELETE', '/p/full')).status).toBe(204);
});

test('no value, key or seal is in any answer, the audit trail or the log', async () => {
  await api.call('PUT', '/p/p/http-clients/last', {
    body: { credentials: { kind: 'header', name: 'X-Key', value: value('last-api-key') } },
  });
  await api.call('PUT', '/p/p/secrets/last', { body: { value: value('last-secret-value') } });
  for (const url of [
    '/p/p/http-clients',
    '/p/p/secrets',
    '/p/p/http-clients/last',
    '/p/p/secrets/last',
    '/admin/v1/audit?limit=500',
    '/admin/v1/status',
  ])
    await api.done('GET', url, {}, 200);
  const seals = [...api.live.current.all('secret')].map(({ sealedValue }) => sealedValue);
  seals.push(...[...api.live.current.all('http-client')].flatMap(({ credentials }) => credentials?.sealedValue ?? []));
  expect(seals.length).toBeGreaterThan(1);
  expect(kept.length).toBeGreaterThan(15);
  const lines = kept.flatMap((text) => text.split(/\r?\n/)).filter((line) => line.length > 5 && !line.startsWith('-----'));
  for (const where of [...api.answered, JSON.stringify(api.events()), api.logged.join('\n')]) {
    for (const text of [...lines, ...seals]) expect(where.includes(text)).toBe(false);
    expect(where).not.toMatch(/sealed/i);
  }
});
