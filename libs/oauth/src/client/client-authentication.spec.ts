import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey, type Client } from '../configuration/entities.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { OAuthError } from '../errors.ts';
import { SingleUses } from '../single-uses.ts';
import { aRequest, clientOf, PROFILE, profileOf, SECRET, ServiceUnderTest } from '../testing/service-builder.ts';
import { parseForm } from '../transport/form.ts';
import { ClientAuthentication } from './client-authentication.ts';
import { ForeignKeys } from '../foreign-keys.ts';
import { hashChosenSecret, hashGeneratedSecret } from './client-secret.ts';
import { FailedAuthentications } from './failed-authentications.ts';

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const chosen = await hashChosenSecret('Chos3n!');
const CHOSEN = { hash: chosen, createdAt: 0, expiresAt: null };

let world: ServiceUnderTest;
let now = 1_000_000;
let clients: ClientAuthentication;
let failures: FailedAuthentications;
let warned: unknown[];
/** Each slow hash passes here, with the lane it waits in. */
let slowHash: jest.SpiedFunction<ClientAuthentication['queue']['verify']>;

beforeEach(async () => {
  world = await ServiceUnderTest.open([put('client', clientOf('person', { secrets: [CHOSEN] }))]);
  now = 1_000_000;
  warned = [];
  failures = new FailedAuthentications(
    (_message, fields) => warned.push(fields),
    () => now,
  );
  clients = new ClientAuthentication({ clock: () => now, failures, uses: new SingleUses(world.stores.uses), keys: new ForeignKeys(null) });
  slowHash = jest.spyOn(clients.queue, 'verify');
});

const profile = (): ProfileSnapshot => world.snapshot.profiles.get(PROFILE) as ProfileSnapshot;

function present(headers: Record<string, string>, body = '', clientIpAddress: string | null = '192.0.2.1') {
  return clients.authenticate(profile(), aRequest('/token', body, { headers, clientIpAddress }), parseForm(body));
}

const withBasic = (id: string, secret: string, body = '') => present({ authorization: basic(id, secret) }, body);
const withPost = (id: string, secret: string, address?: string | null) =>
  present({}, new URLSearchParams({ client_id: id, client_secret: secret }).toString(), address);

async function refusal(attempt: () => unknown): Promise<OAuthError> {
  try {
    await attempt();
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was let in');
}

/** What leaves the service of a refusal. */
const shown = ({ code, status, message, challenge }: OAuthError) => ({ code, status, message, challenge });

describe('client_secret_basic and client_secret_post (RFC 6749 section 2.3.1)', () => {
  test('let a client in with its secret, generated or chosen', async () => {
    expect((await withBasic('app', SECRET)).id).toBe('app');
    expect((await withPost('app', SECRET)).id).toBe('app');
    expect((await withBasic('person', 'Chos3n!')).id).toBe('person');
    expect((await withPost('person', 'Chos3n!')).id).toBe('person');
  });

  test('an id and a secret with special characters get in escaped and unescaped (PROTOCOL 1)', async () => {
    const id = 'https://client/?a=b c';
    const secret = 'p%2B+q r€';
    await world.change(put('client', clientOf(id, { secrets: [{ hash: hashGeneratedSecret(secret), createdAt: 0, expiresAt: null }] })));
    const escaped = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
    expect((await present({ authorization: `Basic ${Buffer.from(`${escaped(id)}:${escaped(secret)}`).toString('base64')}` })).id).toBe(id);
    const plainId = 'plain-id';
    await world.change(
      put('client', clientOf(plainId, { secrets: [{ hash: hashGeneratedSecret(secret), createdAt: 0, expiresAt: null }] })),
    );
    expect((await withBasic(plainId, secret)).id).toBe(plainId);
  });

  test('no credentials are 401, with a challenge that says how to send them (PROTOCOL 1; RFC 9110 section 15.5.2)', async () => {
    expect(await refusal(() => present({}))).toMatchObject({
      code: 'invalid_client',
      status: 401,
      message: 'Client authentication is required.',
      challenge: 'Basic realm="tokenwright"',
    });
    expect((await refusal(() => present({}, 'client_id=app'))).status).toBe(401);
  });

  test('the challenge is sent when the header was used, and only then (RFC 6749 section 5.2)', async () => {
    expect((await refusal(() => withBasic('app', 'wrong'))).challenge).toBe('Basic realm="tokenwright"');
    expect((await refusal(() => withPost('app', 'wrong'))).challenge).toBeUndefined();
  });

  test('a wrong secret, an unknown, a disabled and a secretless client are told by nothing (PROTOCOL 3)', async () => {
    await world.change(
      put('client', clientOf('off', { enabled: false })),
      put('client', clientOf('public', { secrets: [], capabilities: [] })),
    );
    const attempts: [string, string][] = [
      ['app', 'wrong'],
      ['nobody', 'wrong'],
      ['off', SECRET],
      ['public', 'wrong'],
      ['person', 'wrong'],
      ['public', ''],
    ];
    const answers = await Promise.all(attempts.map(async ([id, secret]) => shown(await refusal(() => withBasic(id, secret)))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'invalid_client', status: 401, message: 'Client authentication failed.' });
  });

  test.each<[string, string, string]>([
    ['of an unknown client', 'nobody', 'wrong'],
    ['of a client with a chosen secret', 'person', 'wrong'],
    ['of a client with a generated secret', 'app', 'wrong'],
    ['of a disabled client, though the secret is right', 'off', SECRET],
    ['of a client without secrets', 'public', 'wrong'],
    ['of a client whose secret has expired', 'late', SECRET],
    ['with an absurdly long secret', 'person', 'x'.repeat(1025)],
    ['with a long secret, of an unknown client', 'nobody', 'x'.repeat(100_000)],
  ])('a failure %s costs one slow hash, so that time tells nothing of the client', async (_what, id, secret) => {
    await world.change(
      put('client', clientOf('off', { enabled: false })),
      put('client', clientOf('public', { secrets: [], capabilities: [] })),
      put('client', clientOf('late', { secrets: [{ hash: hashGeneratedSecret(SECRET), createdAt: 0, expiresAt: now }] })),
    );
    expect(await refusal(() => withPost(id, secret))).toMatchObject({ code: 'invalid_client', status: 401 });
    expect(slowHash).toHaveBeenCalledTimes(1);
  });

  test('a right generated secret costs none', async () => {
    await withBasic('app', SECRET);
    expect(slowHash).not.toHaveBeenCalled();
  });

  test('a header with more than the one space is malformed, so that it cannot be spelled in endless ways', async () => {
    for (const spelling of [basic('app', SECRET).replace(' ', '  '), `${basic('app', SECRET)} `])
      expect((await refusal(() => present({ authorization: spelling }))).status).toBe(401);
    expect(slowHash).not.toHaveBeenCalled();
  });

  test('a client of another profile is unknown in this one', async () => {
    await world.change(
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('client', clientOf('foreign', { profile: 'second' })),
    );
    expect((await refusal(() => withPost('foreign', SECRET))).code).toBe('invalid_client');
    await withPost('app', SECRET);
    const second = world.snapshot.profiles.get('second') as ProfileSnapshot;
    const body = new URLSearchParams({ client_id: 'app', client_secret: SECRET }).toString();
    await expect((async () => clients.authenticate(second, aRequest('/token', body), parseForm(body)))()).rejects.toMatchObject({
      code: 'invalid_client',
    });
  });
});

test('a client id of two profiles is two clients, each with its own secret', async () => {
  const own = { hash: hashGeneratedSecret('of the second'), createdAt: 0, expiresAt: null };
  await world.change(
    put('profile', profileOf({ id: 'second', issuer: '/second' })),
    put('client', clientOf('app', { profile: 'second', secrets: [own] })),
  );
  const second = world.snapshot.profiles.get('second') as ProfileSnapshot;
  const attempt = async (of: ProfileSnapshot, secret: string) => {
    const body = new URLSearchParams({ client_id: 'app', client_secret: secret }).toString();
    return clients.authenticate(of, aRequest('/token', body), parseForm(body));
  };
  for (let round = 0; round < 2; round++) {
    expect((await attempt(profile(), SECRET)).client.profile).toBe(PROFILE);
    expect((await attempt(second, 'of the second')).client.profile).toBe('second');
    await expect(attempt(second, SECRET)).rejects.toMatchObject({ code: 'invalid_client' });
    await expect(attempt(profile(), 'of the second')).rejects.toMatchObject({ code: 'invalid_client' });
  }
});

describe('two secrets of a client (PROTOCOL 2: for rotation)', () => {
  const old = { hash: hashGeneratedSecret('old'), createdAt: 0, expiresAt: 1_000_100 };
  const fresh = { hash: hashGeneratedSecret('fresh'), createdAt: 0, expiresAt: null };

  test('are both good until the old one expires', async () => {
    await world.change(put('client', clientOf('app', { secrets: [old, fresh] })));
    expect((await withPost('app', 'old')).id).toBe('app');
    expect((await withPost('app', 'fresh')).id).toBe('app');
    now = 1_000_100;
    expect((await refusal(() => withPost('app', 'old'))).code).toBe('invalid_client');
    expect((await withPost('app', 'fresh')).id).toBe('app');
  });
});

describe('the memo of verified secrets (PROTOCOL 2: a slow hash runs once)', () => {
  test('answers at once what was verified before, and only exactly that', async () => {
    expect(withPost('person', 'Chos3n!')).toBeInstanceOf(Promise);
    await withPost('person', 'Chos3n!');
    const again = withPost('person', 'Chos3n!');
    expect(again).not.toBeInstanceOf(Promise);
    expect((await again).id).toBe('person');
    expect(slowHash).toHaveBeenCalledTimes(1);
    expect((await refusal(() => withPost('person', 'Chos3n! '))).code).toBe('invalid_client');
    expect((await refusal(() => withBasic('person', 'chos3n!'))).code).toBe('invalid_client');
  });

  test('gives the client of the present configuration, not the one it was verified in', async () => {
    const before = await withPost('app', SECRET);
    await world.change(put('client', clientOf('other')));
    const after = withPost('app', SECRET);
    expect(after).not.toBeInstanceOf(Promise);
    expect((await after).client).toBe(before.client);
    expect(await after).not.toBe(before);
  });

  test.each<[string, (client: Client) => Client]>([
    ['its name, scopes and properties', (client) => ({ ...client, name: 'Renamed', scopes: ['read'], properties: { tier: 'gold' } })],
    [
      'a second secret beside it',
      (client) => ({ ...client, secrets: [...client.secrets, { ...CHOSEN, hash: hashGeneratedSecret('new') }] }),
    ],
    ['an end of the secret that is to come', (client) => ({ ...client, secrets: [{ ...CHOSEN, expiresAt: now + 10 }] })],
  ])('outlives a change of the client that leaves the secret in place: %s', async (_what, changed) => {
    await withPost('person', 'Chos3n!');
    const expected = changed(clientOf('person', { secrets: [CHOSEN] }));
    await world.change(put('client', expected));
    const after = withPost('person', 'Chos3n!');
    expect(after).not.toBeInstanceOf(Promise);
    expect((await after).client).toMatchObject({ name: expected.name, scopes: expected.scopes, properties: expected.properties });
    expect(slowHash).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (client: Client) => Client]>([
    ['is disabled', (client) => ({ ...client, enabled: false })],
    ['gets another secret', (client) => ({ ...client, secrets: [{ ...CHOSEN, hash: hashGeneratedSecret('new') }] })],
    ['has none any more', (client) => ({ ...client, secrets: [], capabilities: [] })],
    ['has it end now', (client) => ({ ...client, secrets: [{ ...CHOSEN, expiresAt: now }] })],
  ])('ends when the client %s', async (_what, changed) => {
    await withPost('person', 'Chos3n!');
    await world.change(put('client', changed(clientOf('person', { secrets: [CHOSEN] }))));
    expect((await refusal(() => withPost('person', 'Chos3n!'))).code).toBe('invalid_client');
  });

  test('of slow hashes cannot be filled with ten thousand spellings of a generated secret', async () => {
    await withPost('person', 'Chos3n!');
    const letters = Array.from(SECRET);
    for (let spelling = 0; spelling <= 10_000; spelling++) {
      // Every letter may be escaped or not: as many headers as one likes, all of them right.
      const secret = letters.map((letter, i) => ((spelling >> i) & 1 ? `%${letter.charCodeAt(0).toString(16)}` : letter)).join('');
      await withBasic('app', secret.replaceAll(' ', '+'));
    }
    expect(withPost('person', 'Chos3n!')).not.toBeInstanceOf(Promise);
    expect(slowHash).toHaveBeenCalledTimes(1);
  }, 30_000);

  test('ends when the client is removed, and does not come back with a new client of the same id', async () => {
    await withPost('app', SECRET);
    await world.change(remove('client', entityKey(PROFILE, 'app')));
    expect((await refusal(() => withPost('app', SECRET))).code).toBe('invalid_client');
    await world.change(
      put('client', clientOf('app', { secrets: [{ hash: hashGeneratedSecret('another'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await refusal(() => withPost('app', SECRET))).code).toBe('invalid_client');
    expect((await withPost('app', 'another')).id).toBe('app');
  });

  test('ends when the secret expires', async () => {
    const expiring = { hash: hashGeneratedSecret('soon'), createdAt: 0, expiresAt: now + 10 };
    await world.change(put('client', clientOf('app', { secrets: [expiring] })));
    await withPost('app', 'soon');
    now += 9;
    expect((await withPost('app', 'soon')).id).toBe('app');
    now += 1;
    expect((await refusal(() => withPost('app', 'soon'))).code).toBe('invalid_client');
  });

  test('keeps the rule of one method per request (RFC 6749 section 2.3)', async () => {
    await withBasic('app', SECRET);
    await withPost('app', SECRET);
    const both = new URLSearchParams({ client_id: 'app', client_secret: SECRET }).toString();
    expect(await refusal(() => withBasic('app', SECRET, both))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => withBasic('app', SECRET, 'client_id=other'))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => withBasic('app', SECRET, 'client_assertion=a.b.c'))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => present({}, `${both}&client_assertion=a.b.c`))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => present({}, `${both}&client_assertion_type=x`))).toMatchObject({ code: 'invalid_request' });
  });
});

describe('the memo of refused secrets', () => {
  test.each(['person', 'app', 'nobody'])('refuses a repeated wrong secret of %s without another hash for a minute', async (id) => {
    await refusal(() => withPost(id, 'wrong'));
    now += 59;
    expect((await refusal(() => withPost(id, 'wrong'))).code).toBe('invalid_client');
    expect(slowHash).toHaveBeenCalledTimes(1);
    now += 1;
    await refusal(() => withPost(id, 'wrong'));
    expect(slowHash).toHaveBeenCalledTimes(2);
  });

  test('outlives a change of the client that leaves its secrets as they are', async () => {
    await refusal(() => withPost('person', 'wrong'));
    await world.change(put('client', clientOf('person', { secrets: [CHOSEN], name: 'Renamed' })));
    await refusal(() => withPost('person', 'wrong'));
    expect(slowHash).toHaveBeenCalledTimes(1);
  });

  test('ends when the client gets that very secret', async () => {
    await refusal(() => withPost('person', 'Chos3n2!'));
    await world.change(put('client', clientOf('person', { secrets: [{ ...CHOSEN, hash: await hashChosenSecret('Chos3n2!') }] })));
    expect((await withPost('person', 'Chos3n2!')).id).toBe('person');
  });

  test('ends when a client of that id is made', async () => {
    await refusal(() => withPost('later', 'its-secret'));
    await world.change(
      put('client', clientOf('later', { secrets: [{ hash: hashGeneratedSecret('its-secret'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await withPost('later', 'its-secret')).id).toBe('later');
  });
});

describe('the same credentials at the same time', () => {
  test('take one place in the queue and share its outcome', async () => {
    const pending = Array.from({ length: 20 }, async () => withPost('person', 'Chos3n!'));
    expect(slowHash).toHaveBeenCalledTimes(1);
    expect(new Set((await Promise.all(pending)).map(({ id }) => id))).toEqual(new Set(['person']));
    const wrong = Array.from({ length: 20 }, () => refusal(() => withPost('person', 'wrong')));
    expect(slowHash).toHaveBeenCalledTimes(2);
    for (const error of await Promise.all(wrong)) expect(error.code).toBe('invalid_client');
  });

  test('a request of a later snapshot does not get in by what was asked of an earlier one', async () => {
    const before = withPost('person', 'Chos3n!');
    await world.change(
      put('client', clientOf('person', { secrets: [{ hash: hashGeneratedSecret('new'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await refusal(() => withPost('person', 'Chos3n!'))).code).toBe('invalid_client');
    // The earlier request is served from the snapshot it began with.
    expect((await before).id).toBe('person');
  });
});

describe('a flood of wrong secrets (PROTOCOL 2: bounded, then 503)', () => {
  const FLOODER = '203.0.113.9';
  const flood = (count: number, id = 'person') =>
    Promise.all(Array.from({ length: count }, (_, i) => refusal(() => withPost(id, `wrong ${i}`, FLOODER))));

  test('waits in the lane of the address it comes from and the client it names', async () => {
    await Promise.all([
      refusal(() => withPost('person', 'wrong', FLOODER)),
      refusal(() => withPost('nobody', 'wrong', FLOODER)),
      refusal(() => withPost('app', 'wrong', '192.0.2.7')),
      refusal(() => withPost('app', 'wrong too', null)),
    ]);
    expect(slowHash.mock.calls.map(([lane]) => lane)).toEqual([`${FLOODER}\nperson`, `${FLOODER}\nnobody`, '192.0.2.7\napp', '\napp']);
  });

  test('is 503 with Retry-After beyond what may wait of one address for one client, else 401', async () => {
    const answers = await flood(12);
    // One runs and eight wait.
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    const displaced = answers.filter(({ status }) => status === 503);
    expect(displaced).toHaveLength(3);
    for (const answer of displaced) expect(answer).toMatchObject({ code: 'temporarily_unavailable', retryAfter: 1 });
    // Nothing was found to be wrong about those: they are neither failures nor remembered as such.
    expect(failures.count).toBe(9);
  });

  test('does not touch a client whose secret is known, from the same address', async () => {
    await withPost('person', 'Chos3n!', FLOODER);
    await withPost('app', SECRET, FLOODER);
    const flooding = flood(30);
    for (const [id, secret] of [
      ['person', 'Chos3n!'],
      ['app', SECRET],
    ] as const) {
      const warm = withPost(id, secret, FLOODER);
      expect(warm).not.toBeInstanceOf(Promise);
      expect((await warm).id).toBe(id);
    }
    await flooding;
  });

  test('never keeps the named client itself from authenticating for the first time, from another address', async () => {
    const flooding = flood(200);
    const genuine = withPost('person', 'Chos3n!', '192.0.2.1');
    const more = flood(200, 'app');
    expect((await genuine).id).toBe('person');
    // Two of the flood at most went first: the one that ran, and the one whose turn it was.
    expect(failures.count).toBeLessThanOrEqual(2);
    await Promise.all([flooding, more]);
  });
});

describe('failures', () => {
  test('are recorded with client and address, those that were not hashed again too', async () => {
    for (let i = 0; i < 3; i++) await refusal(() => withBasic('app', 'wrong'));
    await refusal(() => withPost('nobody', 'wrong', '203.0.113.9'));
    expect(failures.count).toBe(4);
    expect(warned).toEqual([
      { profile: PROFILE, client: 'app', address: '192.0.2.1', failuresOfAll: 1 },
      { profile: PROFILE, client: 'nobody', address: '203.0.113.9', failuresOfAll: 4 },
    ]);
    expect(JSON.stringify(warned)).not.toContain('wrong');
  });

  test('are not what lacks credentials or gets in', async () => {
    await withPost('app', SECRET);
    await refusal(() => present({}));
    expect(failures.count).toBe(0);
  });
});
