import { beforeEach, describe, expect, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey, type Client } from '../configuration/entities.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import type { OAuthError } from '../errors.ts';
import { aRequest, clientOf, PROFILE, profileOf, SECRET, ServiceUnderTest } from '../testing/service-builder.ts';
import { parseForm } from '../transport/form.ts';
import { ClientAuthentication } from './client-authentication.ts';
import { hashChosenSecret, hashGeneratedSecret } from './client-secret.ts';

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const chosen = await hashChosenSecret('Chos3n!');
const CHOSEN = { hash: chosen, createdAt: 0, expiresAt: null };

let world: ServiceUnderTest;
let now = 1_000_000;
let clients: ClientAuthentication;

beforeEach(async () => {
  world = await ServiceUnderTest.open([put('client', clientOf('person', { secrets: [CHOSEN] }))]);
  now = 1_000_000;
  clients = new ClientAuthentication(() => now);
});

const profile = (): ProfileSnapshot => world.snapshot.profiles.get(PROFILE) as ProfileSnapshot;

function present(headers: Record<string, string>, body = '') {
  return clients.authenticate(profile(), aRequest('/token', body, { headers }), parseForm(body));
}

const withBasic = (id: string, secret: string, body = '') => present({ authorization: basic(id, secret) }, body);
const withPost = (id: string, secret: string) => present({}, new URLSearchParams({ client_id: id, client_secret: secret }).toString());

/** The queue is empty again, the pause after a failure included. */
async function idle(): Promise<void> {
  while (clients.queue.depth > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

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

  test('an unknown client costs the same slow hash as a wrong chosen secret', async () => {
    const hashed = async (attempt: () => unknown) => {
      const pending = refusal(attempt);
      const { depth } = clients.queue;
      await pending;
      await idle();
      return depth;
    };
    expect(await hashed(() => withPost('nobody', 'wrong'))).toBe(1);
    expect(await hashed(() => withPost('person', 'wrong'))).toBe(1);
  });

  test('an absurdly long secret is refused unhashed', async () => {
    const pending = refusal(() => withPost('person', 'x'.repeat(1025)));
    expect(clients.queue.depth).toBe(0);
    expect((await pending).code).toBe('invalid_client');
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
    expect(clients.queue.depth).toBe(0);
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
    ['is disabled', (client) => ({ ...client, enabled: false })],
    ['gets another secret', (client) => ({ ...client, secrets: [{ hash: hashGeneratedSecret('new'), createdAt: 0, expiresAt: null }] })],
  ])('ends when the client %s', async (_what, changed) => {
    await withPost('person', 'Chos3n!');
    await world.change(put('client', changed(clientOf('person', { secrets: [CHOSEN] }))));
    expect((await refusal(() => withPost('person', 'Chos3n!'))).code).toBe('invalid_client');
  });

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
    expect(await refusal(() => withBasic('app', SECRET, 'client_assertion=a.b.c'))).toMatchObject({ code: 'invalid_client' });
    expect(await refusal(() => present({}, `${both}&client_assertion=a.b.c`))).toMatchObject({ code: 'invalid_client' });
  });
});

describe('the memo of refused slow secrets', () => {
  test('refuses a repeated wrong secret without another hash for a minute', async () => {
    await refusal(() => withPost('person', 'wrong'));
    await idle();
    const repeated = refusal(() => withPost('person', 'wrong'));
    expect(clients.queue.depth).toBe(0);
    expect((await repeated).code).toBe('invalid_client');
    now += 60;
    const later = refusal(() => withPost('person', 'wrong'));
    expect(clients.queue.depth).toBe(1);
    await later;
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
    expect(clients.queue.depth).toBe(1);
    expect(new Set((await Promise.all(pending)).map(({ id }) => id))).toEqual(new Set(['person']));
    await idle();
    const wrong = Array.from({ length: 20 }, () => refusal(() => withPost('person', 'wrong')));
    expect(clients.queue.depth).toBe(1);
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

test('a flood of wrong secrets is 503 for the flooded client, and does not touch one whose secret is known', async () => {
  await withPost('person', 'Chos3n!');
  const flood = Promise.allSettled(Array.from({ length: 12 }, async (_, i) => withPost('person', `wrong ${i}`)));
  expect((await withPost('person', 'Chos3n!')).id).toBe('person');
  expect(withPost('app', SECRET)).toBeInstanceOf(Promise);
  expect((await withPost('app', SECRET)).id).toBe('app');
  const codes = (await flood).map((outcome) => (outcome as PromiseRejectedResult).reason as OAuthError).map(({ status }) => status);
  expect(codes.filter((status) => status === 401)).toHaveLength(9);
  expect(codes.filter((status) => status === 503)).toHaveLength(3);
});
