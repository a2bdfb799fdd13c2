import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { admin, CLIENT, GATEWAY, postForm, type RunningService } from '../support/running-service.ts';
import { bind, faultsOf, install } from '../support/procedures.ts';
import { caller, claimsOf, INACTIVE, introspected, revoke, REVOKE_PATH, startWireService, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

describe('revocation (RFC 7009)', () => {
  test.each(['server-client', 'jwt-client', 'wrapped-client'])(
    'of a token of %s answers 200 without a body, and ends it in every format at once',
    async (id) => {
      const { access_token: token } = await tokenOf(service, caller(id));
      const { text: phantom } = await introspected(service, token, { accept: 'application/jwt' });
      const response = await revoke(service, token, caller(id));
      expect([
        response.status,
        await response.text(),
        response.headers.get('content-length'),
        response.headers.get('cache-control'),
      ]).toEqual([200, '', '0', 'no-store']);
      for (const presented of [token, phantom]) {
        expect((await introspected(service, presented)).text).toBe(INACTIVE);
        expect((await introspected(service, presented, { accept: 'application/jwt' })).status).toBe(204);
      }
    },
  );

  test('answers 200 for unknown, revoked and malformed tokens (section 2.2)', async () => {
    const { access_token: token } = await tokenOf(service);
    for (const presented of [token, token, 'unknown', 'a.b.c', '🔑']) expect((await revoke(service, presented, CLIENT)).status).toBe(200);
  });

  test('ignores the hint, right, wrong or unknown (section 2.1)', async () => {
    for (const token_type_hint of ['access_token', 'refresh_token', 'surprise']) {
      const { access_token: token } = await tokenOf(service);
      expect((await revoke(service, token, CLIENT, { token_type_hint })).status).toBe(200);
      expect((await introspected(service, token)).text).toBe(INACTIVE);
    }
  });

  test('refuses a token of another client, which stays active', async () => {
    const { access_token: token } = await tokenOf(service);
    const response = await revoke(service, token, caller('orders-client'));
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    expect((await claimsOf(service, token))['active']).toBe(true);
    expect((await revoke(service, token, GATEWAY)).status).toBe(400);
  });

  test('needs an authenticated client and a token', async () => {
    const { access_token: token } = await tokenOf(service);
    expect((await revoke(service, token, { id: CLIENT.id, secret: 'wrong' })).status).toBe(401);
    expect((await postForm(service.url + REVOKE_PATH, { token })).status).toBe(401);
    expect((await postForm(service.url + REVOKE_PATH, {}, { as: CLIENT })).status).toBe(400);
    expect((await postForm(service.url + REVOKE_PATH, `token=${token}&token=${token}`, { as: CLIENT })).status).toBe(400);
    expect((await claimsOf(service, token))['active']).toBe(true);
  });

  test('leaves other tokens of the client alone', async () => {
    const [one, other] = [await tokenOf(service), await tokenOf(service)];
    await revoke(service, one.access_token, CLIENT);
    expect((await claimsOf(service, other.access_token))['active']).toBe(true);
  });

  test('is never overtaken: no request received after the 200 is answered active, also under load', async () => {
    for (let round = 0; round < 10; round++) {
      const { access_token: token } = await tokenOf(service);
      let revoked = false;
      const wrong: string[] = [];
      const looking = Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 6; i++) {
          const after = revoked;
          const { text } = await introspected(service, token);
          if (after && text !== INACTIVE) wrong.push(text);
        }
      });
      await revoke(service, token, CLIENT);
      revoked = true;
      await Promise.all(looking);
      expect(wrong).toEqual([]);
    }
  });
});

describe('a procedure of the flow oauth-revoke', () => {
  test('sees what was revoked, and nothing where there was nothing', async () => {
    const members = ['revokedTokenClientId', 'revokedTokenPurpose', 'revokedTokenSubject', 'revokedDelegationId', 'tokenTypeHint'];
    // What it sees it can only tell the operator.
    await install(
      service,
      'watching',
      `function result(context) { throw new Error([${members.map((name) => `context.${name}`).join()}].join('|')); }`,
      'oauth-revoke',
      'oauth-revoke',
    );
    const { access_token: token } = await tokenOf(service);
    const { delegationId } = await claimsOf(service, token);
    expect((await revoke(service, token, CLIENT, { token_type_hint: 'access_token' })).status).toBe(200);
    expect((await revoke(service, 'unknown', CLIENT)).status).toBe(200);
    const [nothing, something] = await faultsOf(service, 'watching');
    expect(something?.message).toContain(`server-client|access_token|server-client|${String(delegationId)}|access_token`);
    expect(nothing?.message).toContain('||||');
    await bind(service, null, 'oauth-revoke', 'oauth-revoke');
  });
});

describe('revocation by an administrator', () => {
  test('of a delegation ends its tokens', async () => {
    const { access_token: token } = await tokenOf(service);
    const { delegationId } = await claimsOf(service, token);
    expect((await admin(service, 'DELETE', `/profiles/token-service/delegations/${String(delegationId)}`)).status).toBe(204);
    expect((await introspected(service, token)).text).toBe(INACTIVE);
  });

  test('of a token by its public id ends that token', async () => {
    const { access_token: token } = await tokenOf(service);
    const { delegationId } = await claimsOf(service, token);
    const { items } = (await (
      await admin(service, 'GET', `/profiles/token-service/tokens?delegationId=${String(delegationId)}`)
    ).json()) as { items: { id: string }[] };
    expect(items).toHaveLength(1);
    expect((await admin(service, 'DELETE', `/profiles/token-service/tokens/${items[0]?.id}`)).status).toBe(204);
    expect((await introspected(service, token)).text).toBe(INACTIVE);
  });

  test("of everything of a client ends all its tokens and nobody else's", async () => {
    const own = await Promise.all(Array.from({ length: 5 }, () => tokenOf(service, caller('many-client'))));
    const other = await tokenOf(service);
    const response = await admin(service, 'POST', '/profiles/token-service/revocations', { clientId: 'many-client' });
    expect([response.status, await response.json()]).toEqual([200, { delegations: 5 }]);
    for (const { access_token: token } of own) expect((await introspected(service, token)).text).toBe(INACTIVE);
    expect((await claimsOf(service, other.access_token))['active']).toBe(true);
  });

  test('of a client itself: a disabled one gets no tokens, one that is deleted neither', async () => {
    const made = await admin(service, 'POST', '/profiles/token-service/clients', {
      id: 'leaving',
      secret: 'Secr3t!',
      capabilities: ['client-credentials'],
      scopes: ['read'],
    });
    expect(made.status).toBe(201);
    await tokenOf(service, caller('leaving'));
    const disabled = await admin(service, 'PUT', '/profiles/token-service/clients/leaving', {
      capabilities: ['client-credentials'],
      scopes: ['read'],
      enabled: false,
    });
    expect(disabled.status).toBe(200);
    await expect(tokenOf(service, caller('leaving'))).rejects.toThrow('401');
    expect((await admin(service, 'DELETE', '/profiles/token-service/clients/leaving')).status).toBe(204);
    await expect(tokenOf(service, caller('leaving'))).rejects.toThrow('401');
  });
});
