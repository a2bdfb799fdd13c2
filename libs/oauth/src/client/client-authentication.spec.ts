import { beforeEach, describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { aRequest, clientOf, PROFILE, profileOf, SECRET } from '../testing/service-builder.ts';
import { parseForm } from '../transport/form.ts';
import { hashGeneratedSecret } from './client-secret.ts';
import { AuthenticationWorld, basic, refusal, shown } from '../testing/authentication-world.ts';

let at: AuthenticationWorld;
beforeEach(async () => {
  at = await AuthenticationWorld.open();
});

describe('client_secret_basic and client_secret_post (RFC 6749 section 2.3.1)', () => {
  test('let a client in with its secret, generated or chosen', async () => {
    expect((await at.withBasic('app', SECRET)).id).toBe('app');
    expect((await at.withPost('app', SECRET)).id).toBe('app');
    expect((await at.withBasic('person', 'Chos3n!')).id).toBe('person');
    expect((await at.withPost('person', 'Chos3n!')).id).toBe('person');
  });

  test('an id and a secret with special characters get in escaped and unescaped (PROTOCOL 1)', async () => {
    const id = 'https://client/?a=b c';
    const secret = 'p%2B+q r€';
    await at.world.change(put('client', clientOf(id, { secrets: [{ hash: hashGeneratedSecret(secret), createdAt: 0, expiresAt: null }] })));
    const escaped = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
    expect((await at.present({ authorization: `Basic ${Buffer.from(`${escaped(id)}:${escaped(secret)}`).toString('base64')}` })).id).toBe(
      id,
    );
    const plainId = 'plain-id';
    await at.world.change(
      put('client', clientOf(plainId, { secrets: [{ hash: hashGeneratedSecret(secret), createdAt: 0, expiresAt: null }] })),
    );
    expect((await at.withBasic(plainId, secret)).id).toBe(plainId);
  });

  test('no credentials are 401, with a challenge that says how to send them (PROTOCOL 1; RFC 9110 section 15.5.2)', async () => {
    expect(await refusal(() => at.present({}))).toMatchObject({
      code: 'invalid_client',
      status: 401,
      message: 'Client authentication is required.',
      challenge: 'Basic realm="tokenwright"',
    });
    expect((await refusal(() => at.present({}, 'client_id=app'))).status).toBe(401);
  });

  test('the challenge is sent when the header was used, and only then (RFC 6749 section 5.2)', async () => {
    expect((await refusal(() => at.withBasic('app', 'wrong'))).challenge).toBe('Basic realm="tokenwright"');
    expect((await refusal(() => at.withPost('app', 'wrong'))).challenge).toBeUndefined();
  });

  test('a wrong secret, an unknown, a disabled and a secretless client are told by nothing (PROTOCOL 3)', async () => {
    await at.world.change(
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
    const answers = await Promise.all(attempts.map(async ([id, secret]) => shown(await refusal(() => at.withBasic(id, secret)))));
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
    await at.world.change(
      put('client', clientOf('off', { enabled: false })),
      put('client', clientOf('public', { secrets: [], capabilities: [] })),
      put('client', clientOf('late', { secrets: [{ hash: hashGeneratedSecret(SECRET), createdAt: 0, expiresAt: at.now }] })),
    );
    expect(await refusal(() => at.withPost(id, secret))).toMatchObject({ code: 'invalid_client', status: 401 });
    expect(at.slowHash).toHaveBeenCalledTimes(1);
  });

  test('a right generated secret costs none', async () => {
    await at.withBasic('app', SECRET);
    expect(at.slowHash).not.toHaveBeenCalled();
  });

  test('a header with more than the one space is malformed, so that it cannot be spelled in endless ways', async () => {
    for (const spelling of [basic('app', SECRET).replace(' ', '  '), `${basic('app', SECRET)} `])
      expect((await refusal(() => at.present({ authorization: spelling }))).status).toBe(401);
    expect(at.slowHash).not.toHaveBeenCalled();
  });

  test('a client of another profile is unknown in this one', async () => {
    await at.world.change(
      put('profile', profileOf({ id: 'second', issuer: '/second' })),
      put('client', clientOf('foreign', { profile: 'second' })),
    );
    expect((await refusal(() => at.withPost('foreign', SECRET))).code).toBe('invalid_client');
    await at.withPost('app', SECRET);
    const second = at.world.snapshot.profiles.get('second') as ProfileSnapshot;
    const body = new URLSearchParams({ client_id: 'app', client_secret: SECRET }).toString();
    await expect((async () => at.clients.authenticate(second, aRequest('/token', body), parseForm(body)))()).rejects.toMatchObject({
      code: 'invalid_client',
    });
  });
});

test('a client id of two profiles is two clients, each with its own secret', async () => {
  const own = { hash: hashGeneratedSecret('of the second'), createdAt: 0, expiresAt: null };
  await at.world.change(
    put('profile', profileOf({ id: 'second', issuer: '/second' })),
    put('client', clientOf('app', { profile: 'second', secrets: [own] })),
  );
  const second = at.world.snapshot.profiles.get('second') as ProfileSnapshot;
  const attempt = async (of: ProfileSnapshot, secret: string) => {
    const body = new URLSearchParams({ client_id: 'app', client_secret: secret }).toString();
    return at.clients.authenticate(of, aRequest('/token', body), parseForm(body));
  };
  for (let round = 0; round < 2; round++) {
    expect((await attempt(at.profile(), SECRET)).client.profile).toBe(PROFILE);
    expect((await attempt(second, 'of the second')).client.profile).toBe('second');
    await expect(attempt(second, SECRET)).rejects.toMatchObject({ code: 'invalid_client' });
    await expect(attempt(at.profile(), 'of the second')).rejects.toMatchObject({ code: 'invalid_client' });
  }
});

describe('two secrets of a client (PROTOCOL 2: for rotation)', () => {
  const old = { hash: hashGeneratedSecret('old'), createdAt: 0, expiresAt: 1_000_100 };
  const fresh = { hash: hashGeneratedSecret('fresh'), createdAt: 0, expiresAt: null };

  test('are both good until the old one expires', async () => {
    await at.world.change(put('client', clientOf('app', { secrets: [old, fresh] })));
    expect((await at.withPost('app', 'old')).id).toBe('app');
    expect((await at.withPost('app', 'fresh')).id).toBe('app');
    at.now = 1_000_100;
    expect((await refusal(() => at.withPost('app', 'old'))).code).toBe('invalid_client');
    expect((await at.withPost('app', 'fresh')).id).toBe('app');
  });
});

describe('failures', () => {
  test('are recorded with client and address, those that were not hashed again too', async () => {
    for (let i = 0; i < 3; i++) await refusal(() => at.withBasic('app', 'wrong'));
    await refusal(() => at.withPost('nobody', 'wrong', '203.0.113.9'));
    expect(at.failures.count).toBe(4);
    expect(at.warned).toEqual([
      { profile: PROFILE, client: 'app', address: '192.0.2.1', failuresOfAll: 1 },
      { profile: PROFILE, client: 'nobody', address: '203.0.113.9', failuresOfAll: 4 },
    ]);
    expect(JSON.stringify(at.warned)).not.toContain('wrong');
  });

  test('are not what lacks credentials or gets in', async () => {
    await at.withPost('app', SECRET);
    await refusal(() => at.present({}));
    expect(at.failures.count).toBe(0);
  });
});
