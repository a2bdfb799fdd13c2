import { beforeEach, describe, expect, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { entityKey, type Client } from '../configuration/entities.ts';
import { clientOf, PROFILE, SECRET } from '../testing/service-builder.ts';
import { hashChosenSecret, hashGeneratedSecret } from './client-secret.ts';
import { AuthenticationWorld, CHOSEN, refusal } from '../testing/authentication-world.ts';

let at: AuthenticationWorld;
beforeEach(async () => {
  at = await AuthenticationWorld.open();
});

describe('the memo of verified secrets (PROTOCOL 2: a slow hash runs once)', () => {
  test('answers at once what was verified before, and only exactly that', async () => {
    expect(at.withPost('person', 'Chos3n!')).toBeInstanceOf(Promise);
    await at.withPost('person', 'Chos3n!');
    const again = at.withPost('person', 'Chos3n!');
    expect(again).not.toBeInstanceOf(Promise);
    expect((await again).id).toBe('person');
    expect(at.slowHash).toHaveBeenCalledTimes(1);
    expect((await refusal(() => at.withPost('person', 'Chos3n! '))).code).toBe('invalid_client');
    expect((await refusal(() => at.withBasic('person', 'chos3n!'))).code).toBe('invalid_client');
  });

  test('gives the client of the present configuration, not the one it was verified in', async () => {
    const before = await at.withPost('app', SECRET);
    await at.world.change(put('client', clientOf('other')));
    const after = at.withPost('app', SECRET);
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
    ['an end of the secret that is to come', (client) => ({ ...client, secrets: [{ ...CHOSEN, expiresAt: at.now + 10 }] })],
  ])('outlives a change of the client that leaves the secret in place: %s', async (_what, changed) => {
    await at.withPost('person', 'Chos3n!');
    const expected = changed(clientOf('person', { secrets: [CHOSEN] }));
    await at.world.change(put('client', expected));
    const after = at.withPost('person', 'Chos3n!');
    expect(after).not.toBeInstanceOf(Promise);
    expect((await after).client).toMatchObject({ name: expected.name, scopes: expected.scopes, properties: expected.properties });
    expect(at.slowHash).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (client: Client) => Client]>([
    ['is disabled', (client) => ({ ...client, enabled: false })],
    ['gets another secret', (client) => ({ ...client, secrets: [{ ...CHOSEN, hash: hashGeneratedSecret('new') }] })],
    ['has none any more', (client) => ({ ...client, secrets: [], capabilities: [] })],
    ['has it end now', (client) => ({ ...client, secrets: [{ ...CHOSEN, expiresAt: at.now }] })],
  ])('ends when the client %s', async (_what, changed) => {
    await at.withPost('person', 'Chos3n!');
    await at.world.change(put('client', changed(clientOf('person', { secrets: [CHOSEN] }))));
    expect((await refusal(() => at.withPost('person', 'Chos3n!'))).code).toBe('invalid_client');
  });

  test('of slow hashes cannot be filled with ten thousand spellings of a generated secret', async () => {
    await at.withPost('person', 'Chos3n!');
    const letters = Array.from(SECRET);
    for (let spelling = 0; spelling <= 10_000; spelling++) {
      // Every letter may be escaped or not: as many headers as one likes, all of them right.
      const secret = letters.map((letter, i) => ((spelling >> i) & 1 ? `%${letter.charCodeAt(0).toString(16)}` : letter)).join('');
      await at.withBasic('app', secret.replaceAll(' ', '+'));
    }
    expect(at.withPost('person', 'Chos3n!')).not.toBeInstanceOf(Promise);
    expect(at.slowHash).toHaveBeenCalledTimes(1);
  }, 30_000);

  test('ends when the client is removed, and does not come back with a new client of the same id', async () => {
    await at.withPost('app', SECRET);
    await at.world.change(remove('client', entityKey(PROFILE, 'app')));
    expect((await refusal(() => at.withPost('app', SECRET))).code).toBe('invalid_client');
    await at.world.change(
      put('client', clientOf('app', { secrets: [{ hash: hashGeneratedSecret('another'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await refusal(() => at.withPost('app', SECRET))).code).toBe('invalid_client');
    expect((await at.withPost('app', 'another')).id).toBe('app');
  });

  test('ends when the secret expires', async () => {
    const expiring = { hash: hashGeneratedSecret('soon'), createdAt: 0, expiresAt: at.now + 10 };
    await at.world.change(put('client', clientOf('app', { secrets: [expiring] })));
    await at.withPost('app', 'soon');
    at.now += 9;
    expect((await at.withPost('app', 'soon')).id).toBe('app');
    at.now += 1;
    expect((await refusal(() => at.withPost('app', 'soon'))).code).toBe('invalid_client');
  });

  test('keeps the rule of one method per request (RFC 6749 section 2.3)', async () => {
    await at.withBasic('app', SECRET);
    await at.withPost('app', SECRET);
    const both = new URLSearchParams({ client_id: 'app', client_secret: SECRET }).toString();
    expect(await refusal(() => at.withBasic('app', SECRET, both))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => at.withBasic('app', SECRET, 'client_id=other'))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => at.withBasic('app', SECRET, 'client_assertion=a.b.c'))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => at.present({}, `${both}&client_assertion=a.b.c`))).toMatchObject({ code: 'invalid_request' });
    expect(await refusal(() => at.present({}, `${both}&client_assertion_type=x`))).toMatchObject({ code: 'invalid_request' });
  });
});

describe('the memo of refused secrets', () => {
  test.each(['person', 'app', 'nobody'])('refuses a repeated wrong secret of %s without another hash for a minute', async (id) => {
    await refusal(() => at.withPost(id, 'wrong'));
    at.now += 59;
    expect((await refusal(() => at.withPost(id, 'wrong'))).code).toBe('invalid_client');
    expect(at.slowHash).toHaveBeenCalledTimes(1);
    at.now += 1;
    await refusal(() => at.withPost(id, 'wrong'));
    expect(at.slowHash).toHaveBeenCalledTimes(2);
  });

  test('outlives a change of the client that leaves its secrets as they are', async () => {
    await refusal(() => at.withPost('person', 'wrong'));
    await at.world.change(put('client', clientOf('person', { secrets: [CHOSEN], name: 'Renamed' })));
    await refusal(() => at.withPost('person', 'wrong'));
    expect(at.slowHash).toHaveBeenCalledTimes(1);
  });

  test('ends when the client gets that very secret', async () => {
    await refusal(() => at.withPost('person', 'Chos3n2!'));
    await at.world.change(put('client', clientOf('person', { secrets: [{ ...CHOSEN, hash: await hashChosenSecret('Chos3n2!') }] })));
    expect((await at.withPost('person', 'Chos3n2!')).id).toBe('person');
  });

  test('ends when a client of that id is made', async () => {
    await refusal(() => at.withPost('later', 'its-secret'));
    await at.world.change(
      put('client', clientOf('later', { secrets: [{ hash: hashGeneratedSecret('its-secret'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await at.withPost('later', 'its-secret')).id).toBe('later');
  });
});

describe('the same credentials at the same time', () => {
  test('take one place in the queue and share its outcome', async () => {
    const pending = Array.from({ length: 20 }, async () => at.withPost('person', 'Chos3n!'));
    expect(at.slowHash).toHaveBeenCalledTimes(1);
    expect(new Set((await Promise.all(pending)).map(({ id }) => id))).toEqual(new Set(['person']));
    const wrong = Array.from({ length: 20 }, () => refusal(() => at.withPost('person', 'wrong')));
    expect(at.slowHash).toHaveBeenCalledTimes(2);
    for (const error of await Promise.all(wrong)) expect(error.code).toBe('invalid_client');
  });

  test('a request of a later snapshot does not get in by what was asked of an earlier one', async () => {
    const before = at.withPost('person', 'Chos3n!');
    await at.world.change(
      put('client', clientOf('person', { secrets: [{ hash: hashGeneratedSecret('new'), createdAt: 0, expiresAt: null }] })),
    );
    expect((await refusal(() => at.withPost('person', 'Chos3n!'))).code).toBe('invalid_client');
    // The earlier request is served from the snapshot it began with.
    expect((await before).id).toBe('person');
  });
});

describe('a flood of wrong secrets (PROTOCOL 2: bounded, then 503)', () => {
  const FLOODER = '203.0.113.9';
  const flood = (count: number, id = 'person') =>
    Promise.all(Array.from({ length: count }, (_, i) => refusal(() => at.withPost(id, `wrong ${i}`, FLOODER))));

  test('waits in the lane of the address it comes from and the client it names', async () => {
    await Promise.all([
      refusal(() => at.withPost('person', 'wrong', FLOODER)),
      refusal(() => at.withPost('nobody', 'wrong', FLOODER)),
      refusal(() => at.withPost('app', 'wrong', '192.0.2.7')),
      refusal(() => at.withPost('app', 'wrong too', null)),
    ]);
    expect(at.slowHash.mock.calls.map(([lane]) => lane)).toEqual([`${FLOODER}\nperson`, `${FLOODER}\nnobody`, '192.0.2.7\napp', '\napp']);
  });

  test('is 503 with Retry-After beyond what may wait of one address for one client, else 401', async () => {
    const answers = await flood(12);
    // One runs and eight wait.
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    const displaced = answers.filter(({ status }) => status === 503);
    expect(displaced).toHaveLength(3);
    for (const answer of displaced) expect(answer).toMatchObject({ code: 'temporarily_unavailable', retryAfter: 1 });
    // Nothing was found to be wrong about those: they are neither at.failures nor remembered as such.
    expect(at.failures.count).toBe(9);
  });

  test('does not touch a client whose secret is known, from the same address', async () => {
    await at.withPost('person', 'Chos3n!', FLOODER);
    await at.withPost('app', SECRET, FLOODER);
    const flooding = flood(30);
    for (const [id, secret] of [
      ['person', 'Chos3n!'],
      ['app', SECRET],
    ] as const) {
      const warm = at.withPost(id, secret, FLOODER);
      expect(warm).not.toBeInstanceOf(Promise);
      expect((await warm).id).toBe(id);
    }
    await flooding;
  });

  test('never keeps the named client itself from authenticating for the first time, from another address', async () => {
    const flooding = flood(200);
    const genuine = at.withPost('person', 'Chos3n!', '192.0.2.1');
    const more = flood(200, 'app');
    expect((await genuine).id).toBe('person');
    // Two of the flood at most went first: the one that ran, and the one whose turn it was.
    expect(at.failures.count).toBeLessThanOrEqual(2);
    await Promise.all([flooding, more]);
  });
});
