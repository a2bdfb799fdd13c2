import { describe, expect, test } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { put, type Change } from '../../configuration/configuration.ts';
import type { Client } from '../../configuration/entities.ts';
import { hashPassword } from '../../people/password.ts';
import { refusal } from '../../testing/exchange-world.ts';
import { bound, clientOf, jsonOf, PROFILE, profileOf, ServiceUnderTest } from '../../testing/service-builder.ts';

const PASSWORD = 'correct horse battery';
const FLOW = 'oauth-token-resource-owner-password-credentials';
const CAPABILITIES = ['client-credentials', 'password', 'refresh-token', 'introspection', 'revocation'] as const;
const REFUSED = [400, 'invalid_grant'];

async function open(client: Partial<Client> = {}, changes: readonly Change[] = []): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.open([
    put('profile', profileOf({ capabilities: CAPABILITIES })),
    put('client', clientOf('app', { capabilities: ['password', 'refresh-token'], ...client })),
    ...changes,
  ]);
  const account = { profile: PROFILE, id: 'id-of-alice', username: 'alice', attributes: { name: 'Alice' }, enabled: true, createdAt: 0 };
  await service.stores.accounts.create([{ ...account, passwordHash: await hashPassword(PASSWORD) }]);
  return service;
}

const present = (service: ServiceUnderTest, form: Readonly<Record<string, string>> = {}) =>
  service.tokenRequest({ grant_type: 'password', username: 'alice', password: PASSWORD, ...form });

const failuresOf = async (service: ServiceUnderTest) => (await service.stores.accounts.find(PROFILE, 'id-of-alice'))?.failures;

describe('name and password of a person (RFC 6749 section 4.3)', () => {
  test('give tokens of that person, under a delegation to the client', async () => {
    const service = await open();
    const response = await present(service, { scope: 'read' });
    expect(response.status).toBe(200);
    const answer = jsonOf(response);
    expect(answer).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^twr_/),
      ...{ token_type: 'bearer', expires_in: expect.any(Number), scope: 'read' },
    });
    // By the machine's clock, which goes on while a password is hashed.
    expect(300 - Number(answer['expires_in'])).toBeLessThan(30);
    const shown = jsonOf(await service.introspect(String(answer['access_token'])));
    expect(shown).toMatchObject({ active: true, sub: 'id-of-alice', client_id: 'app', scope: 'read' });
    const { items } = await service.stores.tokens.listDelegations({}, { limit: 9 });
    expect(items).toMatchObject([{ clientId: 'app', owner: 'id-of-alice', scope: 'read' }]);
  });

  test('make a hash from elsewhere our own', async () => {
    const service = await open();
    const { accounts } = service.stores;
    await accounts.setPassword({ profile: PROFILE, id: 'id-of-alice', passwordHash: await bcrypt(PASSWORD, 4), at: 1 });
    for (let i = 0; i < 2; i++) expect((await present(service)).status).toBe(200);
    expect((await accounts.find(PROFILE, 'id-of-alice'))?.passwordHash).toMatch(/^\$argon2id\$/);
  });

  test('a client that may not refresh gets no refresh token', async () => {
    const service = await open({ capabilities: ['password'] });
    expect(jsonOf(await present(service))).not.toHaveProperty('refresh_token');
  });

  test('a procedure sees who it is and how they authenticated, and never the password', async () => {
    const source = `function result(context) {
      const { subject, name, preferred_username } = context.subjectAttributes();
      const { acr, amr } = context.contextAttributes();
      const seen = context.request.getFormParameter('password') || null;
      return { subject, name, preferred_username, acr, amr, seen: String(seen), user: context.request.getFormParameter('username') };
    }`;
    const service = await open({}, bound(FLOW, source));
    const response = await present(service);
    expect(jsonOf(response)).toMatchObject({
      ...{ subject: 'id-of-alice', name: 'Alice', preferred_username: 'alice', user: 'alice', seen: 'null' },
      ...{ acr: 'urn:tokenwright:password', amr: ['pwd'] },
    });
    expect(JSON.stringify(service.log) + String(response.body)).not.toContain(PASSWORD);
  });
});

describe('the password grant is off (RFC 9700 section 2.4)', () => {
  test('unless both profile and client name it', async () => {
    const profileAlone = await open({ capabilities: ['client-credentials'] });
    expect(refusal(await present(profileAlone))).toEqual([400, 'unauthorized_client']);
    const neither = await open({ capabilities: ['client-credentials'] }, [put('profile', profileOf())]);
    expect(refusal(await present(neither))).toEqual([400, 'unsupported_grant_type']);
    await expect(open({}, [put('profile', profileOf())])).rejects.toThrow(/profile "main" has no capability "password"/);
  });

  test('for public clients always', async () => {
    const authentication = {
      ...{ methods: ['none'] as const, jwks: null, jwksUri: null, certificateSubject: null, certificates: [] },
    };
    await expect(open({ secrets: [], authentication })).rejects.toThrow(/public client.*may not have "password"/);
  });
});

describe('a password that is not right', () => {
  test('and a name that is unknown get the same answer (RFC 6749 section 5.2)', async () => {
    const service = await open();
    const wrong = await present(service, { password: 'wrong password' });
    expect(refusal(wrong)).toEqual(REFUSED);
    expect((await present(service, { username: 'nobody' })).body).toBe(wrong.body);
    expect(JSON.stringify(service.log)).not.toContain('wrong password');
  });

  test('is counted and locks the account; then the right one gets that answer, too (RFC 6749 section 4.3.2)', async () => {
    const service = await open();
    const wrong = await present(service, { password: 'wrong password' });
    for (let i = 0; i < 4; i++) await present(service, { password: 'wrong password' });
    expect((await present(service)).body).toBe(wrong.body);
    service.now += 30;
    expect((await present(service)).status).toBe(200);
    expect(await failuresOf(service)).toBe(0);
  });

  test('costs nothing any more once the right one came', async () => {
    const service = await open();
    for (let i = 0; i < 4; i++) await present(service, { password: 'wrong password' });
    expect(await failuresOf(service)).toBe(4);
    expect((await present(service)).status).toBe(200);
    expect(await failuresOf(service)).toBe(0);
  });

  test('tells nothing of scopes, and none at all is no attempt', async () => {
    const service = await open();
    expect(refusal(await present(service, { scope: 'other' }))).toEqual([400, 'invalid_scope']);
    expect(refusal(await present(service, { password: 'wrong password', scope: 'other' }))).toEqual(REFUSED);
    expect(await failuresOf(service)).toBe(1);
    for (const name of ['username', 'password']) expect(refusal(await present(service, { [name]: '' }))).toEqual([400, 'invalid_request']);
    expect(await failuresOf(service)).toBe(1);
  });

  test('is any, for an account that is disabled or has none', async () => {
    const service = await open();
    await service.stores.accounts.update(PROFILE, 'id-of-alice', { enabled: false }, service.now);
    expect(refusal(await present(service))).toEqual(REFUSED);
  });
});
