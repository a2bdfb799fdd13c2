import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put, type Change } from '../../configuration/configuration.ts';
import type { Client } from '../../configuration/entities.ts';
import { mintOpaqueToken, parseTokenId } from '../opaque-token.ts';
import { bound, claimsOf, clientOf, jsonOf, PROFILE, profileOf, ServiceUnderTest } from '../../testing/service-builder.ts';
import type { DelegationView } from '../../procedures/host-calls.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';

const CAPABILITIES = ['client-credentials', 'refresh-token', 'introspection', 'revocation'] as const;
const FLOW = 'oauth-token-refresh';
const INVALID = { error: 'invalid_grant', error_description: 'The refresh token is invalid, expired or revoked.' };
const FAILING = "function result(context) { throw new Error('broken'); }";

interface Allowed {
  readonly view?: Partial<DelegationView>;
  readonly lifetime?: number;
  readonly delegationLifetime?: number;
}

/** A world in which alice has allowed the client `app` to read and write. */
class Allowance {
  private constructor(
    readonly world: ServiceUnderTest,
    readonly first: string,
    readonly delegationId: string,
  ) {}

  static async open(client: Partial<Client> = {}, changes: readonly Change[] = [], allowed: Allowed = {}): Promise<Allowance> {
    const world = await ServiceUnderTest.open([
      put('profile', profileOf({ capabilities: CAPABILITIES })),
      put('client', clientOf('app', { capabilities: ['client-credentials', 'refresh-token'], ...client })),
      put('client', clientOf('other', { capabilities: ['refresh-token'] })),
      ...changes,
    ]);
    const { view, lifetime = 86_400, delegationLifetime = 604_800 } = allowed;
    const { now, stores } = world;
    const id = randomBytes(16).toString('base64url');
    const shown: DelegationView = { id, clientId: 'app', owner: 'alice', scope: 'read write', ...view };
    const { key, value } = mintOpaqueToken('refresh_token', now + delegationLifetime);
    const common = { profile: PROFILE, clientId: 'app' };
    const expiresAt = now + lifetime;
    await stores.tokens.commit([
      {
        at: now,
        requires: [],
        claim: null,
        effects: [
          {
            effect: 'delegation',
            delegation: {
              ...{ ...common, id, owner: shown.owner, scope: shown.scope, view: JSON.stringify(shown) },
              ...{ createdAt: now, expiresAt: now + delegationLifetime },
            },
          },
          {
            effect: 'token',
            token: {
              ...{ ...common, key, purpose: 'refresh_token', form: 'opaque', subject: shown.owner, delegationId: id },
              ...{ data: JSON.stringify({ sub: shown.owner, scope: shown.scope, made: 'before' }), issuedAt: now, expiresAt },
            },
          },
          { effect: 'grant', grant: { ...common, hash: key.hash, kind: 'refresh_token', delegationId: id, data: '{}', expiresAt } },
        ],
      },
    ]);
    return new Allowance(world, value, id);
  }

  refresh(token = this.first, form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<OAuthResponse> {
    return this.world.tokenRequest({ grant_type: 'refresh_token', refresh_token: token, ...form }, client);
  }

  /** The answer of a refresh that succeeds. */
  async refreshed(token = this.first, form: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const response = await this.refresh(token, form);
    if (response.status !== 200) throw new Error(`${response.status} ${response.body ?? ''}`);
    return jsonOf(response) as Record<string, string>;
  }

  async isActive(token: string | undefined, client = 'app'): Promise<unknown> {
    return jsonOf(await this.world.introspect(token ?? '', undefined, client))['active'];
  }
}

const introspecting = { capabilities: ['client-credentials', 'refresh-token', 'introspection'] } as const;

describe('the refresh token grant (RFC 6749 section 6)', () => {
  test('gives an access token of the person under the same delegation, and another refresh token', async () => {
    const allowance = await Allowance.open();
    const answer = await allowance.refreshed();
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      refresh_token: expect.stringMatching(/^twr_/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'read write',
    });
    expect(answer['refresh_token']).not.toBe(allowance.first);
    const shown = jsonOf(await allowance.world.introspect(answer['access_token'] ?? ''));
    expect(shown).toMatchObject({
      active: true,
      sub: 'alice',
      client_id: 'app',
      delegationId: allowance.delegationId,
      scope: 'read write',
    });
    expect((await allowance.world.stores.tokens.listDelegations({}, { limit: 9 })).items).toHaveLength(1);
    const next = await allowance.refreshed(answer['refresh_token']);
    expect(next['access_token']).not.toBe(answer['access_token']);
  });

  test('gives a JWT where that is what the client gets (RFC 9068)', async () => {
    const allowance = await Allowance.open({ accessTokenFormat: 'jwt' });
    const { access_token: token = '' } = await allowance.refreshed();
    expect(claimsOf(token)).toMatchObject({ sub: 'alice', client_id: 'app', delegationId: allowance.delegationId });
    expect(jsonOf(await allowance.world.introspect(token))).toMatchObject({ active: true });
  });

  test('a narrower scope narrows the access token, and nothing that comes after it', async () => {
    const allowance = await Allowance.open();
    const narrow = await allowance.refreshed(allowance.first, { scope: 'read' });
    expect(narrow['scope']).toBe('read');
    expect(jsonOf(await allowance.world.introspect(narrow['access_token'] ?? ''))).toMatchObject({ scope: 'read' });
    expect((await allowance.refreshed(narrow['refresh_token']))['scope']).toBe('read write');
  });

  test('a wider scope is refused, and the token is as good as before', async () => {
    const allowance = await Allowance.open({}, [
      put('profile', profileOf({ capabilities: CAPABILITIES, scopes: { read: {}, write: {}, admin: {} } })),
    ]);
    for (const scope of ['read admin', 'admin', ' read', 'rea"d']) {
      const response = await allowance.refresh(allowance.first, { scope });
      expect([response.status, jsonOf(response)['error']]).toEqual([400, 'invalid_scope']);
    }
    expect((await allowance.refreshed())['scope']).toBe('read write');
  });

  test('how the person authenticated is there again', async () => {
    const source = 'function result(context) { return { who: context.subjectAttributes(), how: context.contextAttributes() }; }';
    const authenticationAttributes = {
      subjectAttributes: { subject: 'alice', mail: 'a@b' },
      contextAttributes: { acr: 'urn:a', auth_time: 5 },
    };
    const allowance = await Allowance.open({}, bound(FLOW, source), { view: { authenticationAttributes } });
    expect(await allowance.refreshed()).toEqual({ who: { subject: 'alice', mail: 'a@b' }, how: { acr: 'urn:a', auth_time: 5 } });
  });

  test('the procedure sees the data of the presented token, and its text only where it stays', async () => {
    const source =
      'function result({ presentedToken: t, delegation }) { return { made: t.data.made, value: String(t.value), id: delegation.id }; }';
    const rotating = await Allowance.open({}, bound(FLOW, source));
    expect(await rotating.refreshed()).toEqual({ made: 'before', value: 'null', id: rotating.delegationId });
    const staying = await Allowance.open({ refreshTokens: { lifetime: null, rotation: false, grace: null } }, bound(FLOW, source));
    expect(await staying.refreshed()).toMatchObject({ value: staying.first });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['none', { refresh_token: '' }, 'invalid_request'],
    ['one that is no token', { refresh_token: 'x' }, 'invalid_grant'],
    ['one that never was', { refresh_token: mintOpaqueToken('refresh_token', 1_900_000_000).value }, 'invalid_grant'],
  ])('%s is refused', async (_what, form, error) => {
    const { world } = await Allowance.open();
    const response = await world.tokenRequest({ grant_type: 'refresh_token', ...form });
    expect([response.status, jsonOf(response)['error']]).toEqual([400, error]);
  });

  test('an access token is no refresh token', async () => {
    const allowance = await Allowance.open();
    expect(jsonOf(await allowance.refresh(await allowance.world.token()))).toEqual(INVALID);
  });

  test('another client cannot use it, and does it no harm (RFC 6749 section 5.2)', async () => {
    const allowance = await Allowance.open();
    expect(jsonOf(await allowance.refresh(allowance.first, {}, 'other'))).toEqual(INVALID);
    expect((await allowance.refresh()).status).toBe(200);
  });

  test('a client without the capability cannot refresh', async () => {
    const allowance = await Allowance.open({ capabilities: ['client-credentials'] });
    expect(jsonOf(await allowance.refresh())['error']).toBe('unauthorized_client');
  });

  test('it ends when it has lain unused for its lifetime, and with its delegation', async () => {
    const allowance = await Allowance.open({}, [], { lifetime: 100, delegationLifetime: 300 });
    allowance.world.now += 99;
    const { refresh_token: second } = await allowance.refreshed();
    allowance.world.now += 200;
    const { access_token: token, refresh_token: third } = await allowance.refreshed(second);
    // However often it is refreshed: nothing outlives the delegation.
    const { items } = await allowance.world.stores.tokens.listTokens({ activeAt: allowance.world.now }, { limit: 9 });
    expect(new Set(items.map(({ expiresAt }) => expiresAt))).toEqual(new Set([allowance.world.now + 1]));
    allowance.world.now += 1;
    expect(jsonOf(await allowance.refresh(third))).toEqual(INVALID);
    expect(await allowance.isActive(token, 'gateway')).toBe(false);
  });

  test('it ends when it is revoked by code against the store', async () => {
    for (const rotation of [true, false]) {
      const allowance = await Allowance.open({ refreshTokens: { lifetime: null, rotation, grace: null } });
      const { tokens } = allowance.world.stores;
      const { items } = await tokens.listTokens({}, { limit: 1 });
      const key = parseTokenId(items[0]?.id ?? '');
      if (key === null) throw new Error('no token');
      expect(await tokens.revokeToken(PROFILE, key, allowance.world.now)).toBe(true);
      expect(jsonOf(await allowance.refresh())).toEqual(INVALID);
      expect(jsonOf(await allowance.refresh())).toEqual(INVALID);
    }
  });

  test('a scope that the client may not have any more is not given again', async () => {
    const allowance = await Allowance.open();
    await allowance.world.change(
      put('client', clientOf('app', { capabilities: ['client-credentials', 'refresh-token'], scopes: ['read'] })),
    );
    expect(jsonOf(await allowance.refresh(allowance.first, { scope: 'write' }))['error']).toBe('invalid_scope');
    expect((await allowance.refreshed())['scope']).toBe('read');
  });

  test('it ends when it is revoked, with all its tokens (RFC 7009 section 2.1)', async () => {
    const allowance = await Allowance.open();
    const { access_token: token, refresh_token: second = '' } = await allowance.refreshed();
    expect((await allowance.world.revoke(second)).status).toBe(200);
    expect(await allowance.isActive(token, 'gateway')).toBe(false);
    expect(jsonOf(await allowance.refresh(second))).toEqual(INVALID);
    expect(jsonOf(await allowance.refresh())).toEqual(INVALID);
  });
});

describe('rotation (RFC 9700 section 4.14.2)', () => {
  test('a client that has lost the answer gets the very same once more', async () => {
    const allowance = await Allowance.open();
    const first = await allowance.refresh();
    allowance.world.now += 1;
    const again = await allowance.refresh();
    expect(again).toEqual(first);
    expect((await allowance.world.stores.tokens.listTokens({}, { limit: 9 })).items).toHaveLength(3);
  });

  test('headers of the procedure are part of it', async () => {
    const source = "function result(context) { context.response.setHeader('X-Own', 'v'); return { a: Math.random() }; }";
    const allowance = await Allowance.open({}, bound(FLOW, source));
    const first = await allowance.refresh();
    expect(await allowance.refresh()).toEqual(first);
    expect(first.headers.map((text) => text.toLowerCase())).toEqual(expect.arrayContaining(['x-own', 'v']));
  });

  test('a used token that is presented later ends the delegation, and is noted', async () => {
    const allowance = await Allowance.open({ refreshTokens: { lifetime: null, rotation: true, grace: 0 } });
    const { access_token: token, refresh_token: second } = await allowance.refreshed();
    expect(await allowance.isActive(token, 'gateway')).toBe(true);
    expect(jsonOf(await allowance.refresh())).toEqual(INVALID);
    expect(await allowance.isActive(token, 'gateway')).toBe(false);
    expect(jsonOf(await allowance.refresh(second))).toEqual(INVALID);
    const events = await allowance.world.stores.audit.list({ kind: 'delegation', limit: 9 });
    expect(events).toMatchObject([
      { action: 'refresh-token.reused', key: `${PROFILE}/${allowance.delegationId}`, after: { client: 'app' } },
    ]);
  });

  test('a used token is inactive for introspection, the one in its place is not', async () => {
    const allowance = await Allowance.open(introspecting);
    expect(await allowance.isActive(allowance.first)).toBe(true);
    const { refresh_token: second } = await allowance.refreshed();
    expect(await allowance.isActive(allowance.first)).toBe(false);
    expect(await allowance.isActive(second)).toBe(true);
  });

  test('without it the token stays and is given back', async () => {
    const allowance = await Allowance.open({ refreshTokens: { lifetime: null, rotation: false, grace: null } });
    const answers = [await allowance.refreshed(), await allowance.refreshed()];
    expect(answers.map(({ refresh_token }) => refresh_token)).toEqual([allowance.first, allowance.first]);
    expect(answers[0]?.['access_token']).not.toBe(answers[1]?.['access_token']);
  });

  test('of a hundred simultaneous uses one rotates, and all get its answer', async () => {
    const allowance = await Allowance.open();
    const answers = await Promise.all(Array.from({ length: 100 }, () => allowance.refresh()));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body ?? ''}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    const { items } = await allowance.world.stores.tokens.listTokens({}, { limit: 9 });
    expect(items.map(({ purpose }) => purpose).sort()).toEqual(['access_token', 'refresh_token', 'refresh_token']);
  });

  test('what is kept of the answer cannot be opened without the token', async () => {
    const allowance = await Allowance.open();
    const commits: string[] = [];
    const { tokens } = allowance.world.stores;
    const commit = tokens.commit.bind(tokens);
    tokens.commit = (all) => {
      commits.push(...all.map(({ remains }) => remains?.reply?.sealed ?? 'none'));
      return commit(all);
    };
    const { access_token: token = '' } = await allowance.refreshed();
    expect(commits).toHaveLength(1);
    const sealed = commits[0] ?? '';
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(token);
    expect(sealed.length).toBeGreaterThan(100);
  });
});

describe('a procedure that does not deliver leaves the refresh token as it was (SANDBOX 3.8)', () => {
  test.each<[string, string, number]>([
    ['that fails', FAILING, 500],
    ['that refuses', "function result() { throw exceptionFactory.badRequestException('invalid_target', 'no'); }", 400],
    [
      'that passes a ceiling',
      "function result(context) { const data = context.getDefaultAccessTokenData(); data.scope = 'admin'; return { a: context.accessTokenIssuer.issue(data, context.delegation) }; }",
      500,
    ],
  ])('%s, ten times', async (_what, source, status) => {
    const allowance = await Allowance.open({}, bound(FLOW, source));
    for (let i = 0; i < 10; i++) expect((await allowance.refresh()).status).toBe(status);
    await allowance.world.change(
      ...bound(FLOW, 'function result(context) { return { mended: context.delegation.owner }; }', { upload: 2 }),
    );
    expect(await allowance.refreshed()).toEqual({ mended: 'alice' });
  });

  test('a delegation that ends while it runs keeps its tokens from being issued', async () => {
    const allowance = await Allowance.open();
    const { sandbox, stores } = allowance.world;
    const run = sandbox.run.bind(sandbox);
    sandbox.run = async (invocation) => {
      const outcome = await run(invocation);
      await stores.tokens.revokeDelegation(PROFILE, allowance.delegationId, allowance.world.now);
      return outcome;
    };
    const response = await allowance.refresh();
    expect([response.status, jsonOf(response)['error']]).toEqual([400, 'invalid_grant']);
    expect((await stores.tokens.listTokens({}, { limit: 9 })).items).toHaveLength(1);
  });
});

describe('delegations of a refresh (PROCEDURE_API 5)', () => {
  const running = (body: string) => Allowance.open({}, bound(FLOW, `function result(context) { ${body} }`));

  test('the procedure may end its own', async () => {
    const allowance = await running('context.delegationIssuer.revoke(context.delegation); return { ended: true };');
    expect(await allowance.refreshed()).toEqual({ ended: true });
    expect((await allowance.world.stores.tokens.findDelegation(PROFILE, allowance.delegationId))?.status).toBe('revoked');
  });

  test('it finds one by its id, of its own client alone, and may end it by that', async () => {
    const allowance = await running(
      'const id = context.request.getFormParameter("id"); const found = context.delegationIssuer.getById(id); if (found !== null) context.delegationIssuer.revoke(id); return { owner: found === null ? "none" : found.owner };',
    );
    await allowance.world.token();
    const { items } = await allowance.world.stores.tokens.listDelegations({ owner: 'app' }, { limit: 1 });
    const id = items[0]?.id ?? '';
    expect(await allowance.refreshed(allowance.first, { id })).toEqual({ owner: 'app' });
    expect((await allowance.world.stores.tokens.findDelegation(PROFILE, id))?.status).toBe('revoked');
  });

  test('it makes no other: what comes of a refresh ends with what it came of', async () => {
    const allowance = await running('context.delegationIssuer.issue({}); return {};');
    expect((await allowance.refresh()).status).toBe(500);
    expect(allowance.world.service.executions.faults[0]?.message).toContain('the flow has a delegation and makes no other');
  });

  test('one of another client is not found, and cannot be ended by its id', async () => {
    const allowance = await running('context.delegationIssuer.revoke(context.request.getFormParameter("id")); return {};');
    await allowance.world.change(put('client', clientOf('third')));
    await allowance.world.token({}, 'third');
    const { items } = await allowance.world.stores.tokens.listDelegations({ clientId: 'third' }, { limit: 1 });
    const id = items[0]?.id ?? '';
    expect((await allowance.refresh(allowance.first, { id })).status).toBe(500);
    expect(allowance.world.service.executions.faults[0]?.message).toBe('only a delegation of the calling client may be revoked');
    expect((await allowance.world.stores.tokens.findDelegation(PROFILE, id))?.status).toBe('active');
  });
});
