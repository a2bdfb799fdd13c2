import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { hashPassword, verifyPassword, type Account, type NewSession } from '#libs/oauth';
import { aDelegation } from '../../../libs/oauth/src/testing/store-builders.ts';
import { accountAnswer, createdAccountAnswer, importAnswer, linkAnswer, passwordAnswer, sessionAnswer } from './account-shapes.ts';
import { profileAnswer } from './answers.ts';
import { START, TestAdminApi, type Json } from './testing/test-admin-api.ts';

const PASSWORD = 'correct horse battery';

let api: TestAdminApi;
beforeAll(async () => {
  api = await TestAdminApi.start();
  await api.furnish();
});
afterAll(() => api.close());

let count = 0;
async function made(body: object = {}): Promise<Json> {
  const username = `person-${++count}`;
  return (await api.done('POST', '/p/p/accounts', { body: { username, password: PASSWORD, ...body } }, 201)).json;
}

const stored = async (id: string) => (await api.stores.accounts.find('p', id)) as Account;

async function signedIn(account: Json): Promise<NewSession> {
  const session: NewSession = {
    ...{ profile: 'p', hash: randomBytes(32), id: `s-${account.id}`, subject: account.id, authenticatedAt: START, acr: 'a', amr: ['pwd'] },
    ...{ createdAt: START, expiresAt: START + 1000, endsAt: START + 1000 },
  };
  expect(await api.stores.sessions.begin(session, (await stored(account.id)).passwordHash ?? '', null)).toBe(true);
  return session;
}

const isSignedIn = async ({ hash }: NewSession) => (await api.stores.sessions.find('p', hash, START)) !== null;

describe('accounts', () => {
  test('are made with a password of choice, which no answer, log and event shows', async () => {
    const account = await made({ attributes: { name: 'Alice' } });
    expect(accountAnswer.parse(account)).toMatchObject({ profile: 'p', attributes: { name: 'Alice' }, enabled: true, hasPassword: true });
    expect(await verifyPassword(PASSWORD, (await stored(account.id)).passwordHash ?? '')).toBe(true);
    const [event] = api.events({ kind: 'account', key: `p/${account.id}` });
    expect(event).toMatchObject({ actor: 'admin', action: 'account.create', after: { username: account.username, attributes: ['name'] } });
    const said = [...api.answered, ...api.logged, JSON.stringify(api.events())].join('\n');
    expect(said).not.toContain(PASSWORD);
    expect(said).not.toContain('$argon2id$');
    expect(JSON.stringify(api.events())).not.toContain('Alice');
  });

  test('get a password that is shown once where none was chosen, and none at all where that is asked', async () => {
    const account = createdAccountAnswer.parse(await made({ password: undefined }));
    expect(await verifyPassword(account.password ?? '', (await stored(account.id)).passwordHash ?? '')).toBe(true);
    expect((await api.call('GET', `/p/p/accounts/${account.id}`)).json).not.toHaveProperty('password');
    expect(await made({ password: null })).toMatchObject({ hasPassword: false, passwordChangedAt: null });
  });

  test('are made with the hash of a password from elsewhere, which no answer and event shows', async () => {
    const passwordHash = await bcrypt(PASSWORD, 4);
    const account = await made({ password: undefined, passwordHash });
    expect(accountAnswer.parse(account)).toMatchObject({ hasPassword: true });
    expect(await stored(account.id)).toMatchObject({ passwordHash });
    expect([...api.answered, ...api.logged, JSON.stringify(api.events())].join('\n')).not.toContain(passwordHash);
  });

  test('have one username each, however it is written', async () => {
    const { username } = await made();
    const answer = await api.call('POST', '/p/p/accounts', { body: { username: ` ${username.toUpperCase()} ` } });
    expect([answer.status, answer.json.type]).toEqual([409, 'urn:tokenwright:problem:already-exists']);
  });

  test.each([
    ['no username', { username: '' }, '/username'],
    ['a username with a line end', { username: 'a\nb' }, '/username'],
    ['a short password', { password: 'short' }, '/password'],
    ['the username as password', { username: 'somebody-new', password: 'Somebody-New' }, '/password'],
    ['too much about the person', { attributes: { text: 'x'.repeat(20_000) } }, '/attributes'],
    ['members that there are not', { hash: '$argon2id$' }, '/hash'],
    ['a password and a hash', { password: PASSWORD, passwordHash: `$2b$12$${'a'.repeat(53)}` }, '/passwordHash'],
    ['a hash that is none', { passwordHash: '$argon2id$' }, '/passwordHash'],
    ['a hash of bcrypt that takes too long', { passwordHash: `$2b$15$${'a'.repeat(53)}` }, '/passwordHash'],
  ])('are refused with %s', async (_what, body, pointer) => {
    const answer = await api.call('POST', '/p/p/accounts', { body: { username: 'refused', ...body } });
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map((error: Json) => error.pointer)).toEqual([pointer]);
  });

  test('are listed by username, found by its beginning or by the whole of it', async () => {
    for (const username of ['zz-Anna', 'zz-anton', 'zz-bea']) await made({ username });
    const names = async (query: string) =>
      (await api.call('GET', `/p/p/accounts?${query}`)).json.items.map((item: Json) => accountAnswer.parse(item).username);
    expect(await names('q=ZZ-a')).toEqual(['zz-Anna', 'zz-anton']);
    expect(await names('username=ZZ-anton')).toEqual(['zz-anton']);
    expect(await names('username=zz-a')).toEqual([]);
    const first = (await api.call('GET', '/p/p/accounts?q=zz&limit=2')).json;
    expect(first.items).toHaveLength(2);
    expect(await names(`q=zz&limit=2&after=${first.next}`)).toEqual(['zz-bea']);
    expect((await api.call('GET', '/p/p/accounts?after=!')).status).toBe(400);
  });

  test('that are disabled sign nobody in, and sign out who was', async () => {
    const account = await made({ attributes: { a: 1 } });
    const session = await signedIn(account);
    const changed = (await api.done('PATCH', `/p/p/accounts/${account.id}`, { body: { enabled: false } }, 200)).json;
    expect(accountAnswer.parse(changed)).toMatchObject({ enabled: false, attributes: { a: 1 } });
    expect(await isSignedIn(session)).toBe(false);
    expect(api.events({ kind: 'account', key: `p/${account.id}` })[0]).toMatchObject({
      action: 'account.update',
      before: { enabled: true },
      after: { enabled: false, attributes: ['a'] },
    });
    expect((await api.call('PATCH', `/p/p/accounts/${account.id}`, { body: {} })).status).toBe(422);
  });

  test('get a new password, which unlocks them and signs them out', async () => {
    const account = await made();
    const session = await signedIn(account);
    for (let i = 0; i < 5; i++) await api.stores.accounts.attempt('p', account.id, START);
    const answer = (await api.done('POST', `/p/p/accounts/${account.id}/password`, {}, 200)).json;
    expect(await verifyPassword(passwordAnswer.parse(answer).password ?? '', (await stored(account.id)).passwordHash ?? '')).toBe(true);
    expect(await stored(account.id)).toMatchObject({ failures: 0, lockedUntil: 0 });
    expect(await isSignedIn(session)).toBe(false);
    const chosen = await api.done('POST', `/p/p/accounts/${account.id}/password`, { body: { password: 'of my own choice' } }, 200);
    expect(chosen.json).toEqual({});
    expect(await verifyPassword('of my own choice', (await stored(account.id)).passwordHash ?? '')).toBe(true);
    await api.done('POST', `/p/p/accounts/${account.id}/password`, { body: { password: null } }, 200);
    expect((await stored(account.id)).passwordHash).toBeNull();
    const same = await api.call('POST', `/p/p/accounts/${account.id}/password`, { body: { password: account.username } });
    expect(same.status).toBe(422);
  });

  test('are unlocked', async () => {
    const account = await made();
    for (let i = 0; i < 5; i++) await api.stores.accounts.attempt('p', account.id, START);
    expect((await api.call('GET', `/p/p/accounts/${account.id}`)).json).toMatchObject({ failures: 5, lockedUntil: START + 30 });
    await api.done('POST', `/p/p/accounts/${account.id}/unlock`, {}, 204);
    expect((await api.call('GET', `/p/p/accounts/${account.id}`)).json).toMatchObject({ failures: 0, lockedUntil: null });
  });

  test('show where they are signed in, and are signed out', async () => {
    const account = await made();
    const session = await signedIn(account);
    const { items } = (await api.done('GET', `/p/p/accounts/${account.id}/sessions`, {}, 200)).json;
    expect(items.map((item: Json) => sessionAnswer.parse(item))).toMatchObject([{ id: session.id, amr: ['pwd'] }]);
    expect((await api.done('DELETE', `/p/p/accounts/${account.id}/sessions`, {}, 200)).json).toEqual({ sessions: 1 });
    expect(await isSignedIn(session)).toBe(false);
  });

  test('are deleted with their sessions and consents, and all that was delegated ends', async () => {
    const account = await made();
    const session = await signedIn(account);
    const delegation = aDelegation('p', { owner: account.id, createdAt: START, expiresAt: START + 100 });
    await api.stores.tokens.commit([{ at: START, effects: [{ effect: 'delegation', delegation }], requires: [], claim: null }]);
    await api.done('DELETE', `/p/p/accounts/${account.id}`, {}, 204);
    expect(await api.stores.accounts.find('p', account.id)).toBeNull();
    expect(await isSignedIn(session)).toBe(false);
    expect(await api.stores.tokens.findDelegation('p', delegation.id)).toMatchObject({ status: 'revoked' });
    expect(api.events().slice(0, 2)).toMatchObject([{ action: 'delegation.revoke-all' }, { action: 'account.delete', after: null }]);
  });

  test('are linked to people at upstream providers, and are so no more, which signs them out', async () => {
    const up = {
      ...{
        issuer: 'https://up.example',
        clientId: 'us',
        displayName: 'Up',
        authentication: { method: 'client_secret_basic', secret: 'up' },
      },
    };
    await api.done('PUT', '/p/upstreaming', { body: { issuer: '/up' } }, 201);
    await api.done('PUT', '/p/upstreaming/http-clients/up', { body: { allowedHosts: ['up.example'] } }, 201);
    const missing = await api.call('PUT', '/p/upstreaming', { body: { issuer: '/up', upstreamProviders: { up } } });
    expect([missing.status, missing.text]).toEqual([422, expect.stringContaining('the profile has no secret')]);
    await api.done('PUT', '/p/upstreaming/secrets/up', { body: { value: 'hush-hush' } }, 201);
    const profile = await api.done('PUT', '/p/upstreaming', { body: { issuer: '/up', upstreamProviders: { up } } }, 200);
    expect(profileAnswer.parse(profile.json).upstreamProviders).toMatchObject({ up: { ...up, accounts: 'link' } });
    const accounts = '/p/upstreaming/accounts';
    const account = (await api.done('POST', accounts, { body: { username: 'una', password: PASSWORD } }, 201)).json;
    const links = `${accounts}/${account.id}/links`;
    expect((await api.call('POST', links, { body: { provider: 'other', subject: 's-1' } })).status).toBe(422);
    const link = (await api.done('POST', links, { body: { provider: 'up', subject: 's-1' } }, 201)).json;
    expect(linkAnswer.parse(link)).toEqual({
      ...{ provider: 'up', issuer: 'https://up.example', subject: 's-1', madeAccount: false, createdAt: START, lastUsedAt: null },
    });
    expect((await api.call('POST', links, { body: { provider: 'up', subject: 's-1' } })).status).toBe(409);
    expect((await api.call('GET', links)).json).toEqual({ items: [link], next: null });
    const session = {
      profile: 'upstreaming',
      hash: randomBytes(32),
      id: 's',
      subject: account.id,
      authenticatedAt: START,
      acr: 'a',
      amr: [],
    };
    const times = { createdAt: START, expiresAt: START + 1000, endsAt: START + 1000 };
    await api.stores.sessions.beginLinked({ ...session, ...times }, { issuer: up.issuer, subject: 's-1', attributes: {} }, null);
    for (const as of ['read', 'author'] as const) {
      expect((await api.call('POST', links, { as, body: { provider: 'up', subject: 's-2' } })).status).toBe(403);
      expect((await api.call('DELETE', `${links}?issuer=https://up.example&subject=s-1`, { as })).status).toBe(403);
    }
    await api.done('DELETE', `${links}?issuer=https://up.example&subject=s-1`, {}, 204);
    expect((await api.call('DELETE', `${links}?issuer=https://up.example&subject=s-1`)).status).toBe(404);
    expect(await api.stores.sessions.find('upstreaming', session.hash, START)).toBeNull();
    expect(api.events({ kind: 'account', key: `upstreaming/${account.id}` }).map(({ action }) => action)).toEqual([
      ...['account.unlink', 'account.link', 'account.create'],
    ]);
    // The provider needs its secret.
    expect((await api.call('DELETE', '/p/upstreaming/secrets/up')).status).toBe(409);
    expect([...api.answered, ...api.logged].join('\n')).not.toContain('hush-hush');
  });

  test('that there are not are 404, everywhere', async () => {
    for (const [method, path] of [
      ['GET', 'nobody'],
      ['PATCH', 'nobody'],
      ['DELETE', 'nobody'],
      ['POST', 'nobody/password'],
      ['POST', 'nobody/unlock'],
      ['GET', 'nobody/sessions'],
      ['DELETE', 'nobody/sessions'],
      ['GET', 'nobody/links'],
      ['DELETE', 'nobody/links?issuer=https://up.example&subject=s'],
    ] as const) {
      const options = method === 'PATCH' ? { body: { enabled: true } } : {};
      expect([path, (await api.call(method, `/p/p/accounts/${path}`, options)).status]).toEqual([path, 404]);
      expect((await api.call(method, `/p/nowhere/accounts/${path}`, options)).status).toBe(404);
    }
  });

  test('are for administrators to see, and for those with the role admin to change', async () => {
    const { id } = await made();
    expect((await api.call('GET', '/p/p/accounts', { as: 'read' })).status).toBe(200);
    expect((await api.call('GET', '/p/p/accounts', { as: null })).status).toBe(401);
    for (const as of ['read', 'author'] as const) {
      expect((await api.call('POST', '/p/p/accounts', { as, body: { username: 'x' } })).status).toBe(403);
      expect((await api.call('POST', '/p/p/accounts/import', { as, body: '{}', type: 'application/jsonl' })).status).toBe(403);
      expect((await api.call('POST', `/p/p/accounts/${id}/password`, { as })).status).toBe(403);
      expect((await api.call('DELETE', `/p/p/accounts/${id}`, { as })).status).toBe(403);
    }
  });
});

describe('the import of accounts', () => {
  const send = (lines: readonly unknown[], type = 'application/jsonl') =>
    api.call('POST', '/p/p/accounts/import', {
      body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
      type,
    });

  test('takes one a line, with the hashes and subjects of elsewhere, and leaves those that are there', async () => {
    const passwordHash = await hashPassword(PASSWORD);
    const pbkdf2 = `$pbkdf2-sha256$1000$${'a'.repeat(22)}$${'b'.repeat(43)}`;
    const imported = await bcrypt(PASSWORD, 4);
    await made({ username: 'import-0' });
    const answer = await send([
      { username: 'import-0', passwordHash },
      { username: 'import-1', passwordHash, id: 'their|subject', attributes: { email: 'one@example.com' } },
      '',
      { username: 'import-2', passwordHash: pbkdf2, enabled: false },
      { username: 'import-3' },
      ...['a', 'b', 'y'].map((of) => ({ username: `import-2${of}`, passwordHash: imported.replace('$2b$', `$2${of}$`) })),
    ]);
    expect([answer.status, importAnswer.parse(answer.json)]).toEqual([200, { created: 6, taken: ['import-0'] }]);
    expect(await api.stores.accounts.find('p', 'their|subject')).toMatchObject({
      ...{ username: 'import-1', passwordHash, attributes: { email: 'one@example.com' }, enabled: true },
    });
    expect((await api.call('GET', '/p/p/accounts/their%7Csubject')).json.username).toBe('import-1');
    expect(await api.stores.accounts.findByUsername('p', 'import-2')).toMatchObject({ passwordHash: pbkdf2, enabled: false });
    expect(await api.stores.accounts.findByUsername('p', 'import-0')).not.toMatchObject({ passwordHash });
    expect(api.events()[0]).toMatchObject({ action: 'account.import', key: 'p', after: { accounts: 7 } });
    expect((await send([{ username: 'import-4' }], 'application/x-ndjson')).json).toEqual({ created: 1, taken: [] });
  });

  test('says all that is wrong by line, without quoting it, and imports nothing then', async () => {
    const answer = await send([
      { username: 'import-good' },
      { username: 'import-slow', passwordHash: '$2b$15$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW' },
      { username: 'import-md5', passwordHash: '$1$saltsalt$secret' },
      'not json $secret$',
      { username: 'import-extra', password: 'plain text secret' },
      '{"username":"x","attributes":{"__proto__":{"a":1}}}',
    ]);
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map(({ line, pointer }: Json) => [line, pointer])).toEqual([
      [2, '/passwordHash'],
      [3, '/passwordHash'],
      [4, ''],
      [5, '/password'],
      [6, ''],
    ]);
    expect(answer.json.errors[0].message).toContain('cost from 4 to 14');
    expect(answer.json.errors[1].message).toContain('argon2id');
    expect(answer.text).not.toMatch(/secret|R9h/);
    expect(await api.stores.accounts.findByUsername('p', 'import-good')).toBeNull();
  });

  test('needs lines, of the right type', async () => {
    expect((await send([''])).status).toBe(400);
    expect((await api.call('POST', '/p/p/accounts/import', { body: { username: 'x' } })).status).toBe(415);
  });

  test('takes more than one transaction does', async () => {
    const lines = Array.from({ length: 1100 }, (_, i) => ({ username: `many-${i}` }));
    expect((await send(lines)).json).toEqual({ created: 1100, taken: [] });
  });
});
