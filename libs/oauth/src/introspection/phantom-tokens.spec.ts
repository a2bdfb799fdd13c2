import { describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { put, type Change } from '../configuration/configuration.ts';
import { rotateSigningKeys } from '../issuance/signing-keys.ts';
import { tokenIdOfJti } from '../issuance/claims.ts';
import { opaqueTokenKey, tokenId } from '../token/opaque-token.ts';
import {
  bound,
  claimsOf,
  clientOf,
  gatewayOf,
  ISSUER,
  issuerOf,
  jsonOf,
  PROFILE,
  profileOf,
  ServiceUnderTest,
} from '../testing/service-builder.ts';

const FLOW = 'oauth-introspect-application-jwt';
const PROGRAM = `own-${FLOW}`;
const verified = async (world: ServiceUnderTest, jwt: string) =>
  jwtVerify(jwt, createLocalJWKSet(JSON.parse((await world.get('/~/jwks')).body ?? '') as JSONWebKeySet), {
    issuer: ISSUER,
    typ: 'at+jwt',
    currentDate: new Date(world.now * 1000),
  });

/** Issues the presented data after this change to it. */
const changing = (change: string): Change[] =>
  bound(
    FLOW,
    `function result(c) { const data = {}; appendObjectTo(c.presentedToken.data, data); ${change} return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }`,
  );

describe('the phantom token (PROTOCOL 1; RFC 9068)', () => {
  test('has all data of the opaque token, client_id and jti, and verifies against the published keys', async () => {
    const world = await ServiceUnderTest.open([put('client', clientOf('app', { audiences: ['https://a', 'https://b'] }))]);
    const token = await world.token({ scope: 'read' });
    const { payload, protectedHeader } = await verified(world, await world.phantom(token));
    expect(protectedHeader.typ).toBe('at+jwt');
    const { active: _active, token_type: _type, expired_scope: _expired, ...json } = jsonOf(await world.introspect(token));
    expect(payload).toEqual({ ...json, jti: expect.any(String) });
    expect(payload).toMatchObject({ client_id: 'app', aud: ['https://a', 'https://b'], scope: 'read', purpose: 'access_token' });
    expect(tokenIdOfJti(payload.jti ?? '')).toBe(tokenId(opaqueTokenKey(token) ?? { period: 0, hash: new Uint8Array() }));
    expect(JSON.stringify(payload)).not.toContain(token);
  });

  test('the same claims give the same bytes: one signature serves every repeat', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const first = await world.phantom(token);
    world.now += 100;
    expect(await world.phantom(token)).toBe(first);
    expect(world.service.signatures.counts.misses).toBe(1);
    expect(await world.phantom(await world.token())).not.toBe(first);
  });

  test('presented for introspection it finds its row, and dies with it', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token({ scope: 'read' });
    const phantom = await world.phantom(token);
    expect(jsonOf(await world.introspect(phantom))).toMatchObject({ active: true, sub: 'app', client_id: 'app', scope: 'read' });
    expect(await world.phantom(phantom)).toBe(phantom);
    await world.revoke(token);
    expect(jsonOf(await world.introspect(phantom))).toEqual({ active: false });
  });

  test('presented again it stays as narrow as it was made', async () => {
    const world = await ServiceUnderTest.open(changing("data.scope = 'read';"));
    const narrow = await world.phantom(await world.token());
    expect(jsonOf(await world.introspect(narrow))).toMatchObject({ active: true, scope: 'read' });
  });
});

describe('what a procedure may not do with it (PROCEDURE_API 9)', () => {
  test.each<[string, string, string]>([
    ['live longer than the token', 'data.exp++;', 'exp is 1 seconds after the latest that the presented token allows'],
    ['have a scope the delegation has not', "data.scope = 'read short';", 'the scope "short" was not granted'],
    ['have another subject', "data.sub = 'admin';", 'sub differs from the subject of the delegation'],
    ['have an audience the profile does not allow', "data.aud = 'https://evil';", "is not among the profile's allowedAudiences"],
  ])('%s', async (_what, change, message) => {
    const world = await ServiceUnderTest.open([put('profile', profileOf({ allowedAudiences: ['app'] })), ...changing(change)]);
    const token = await world.token();
    expect((await world.introspect(token, 'application/jwt')).status).toBe(500);
    expect(world.service.executions.faults[0]?.message).toContain(message);
    // The same without the change is fine: it is the change that is refused.
    await world.change(
      ...bound(
        FLOW,
        'function result(c) { return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(c.presentedToken.data, c.delegation) }; }',
        { upload: 2 },
      ),
    );
    expect((await world.introspect(token, 'application/jwt')).status).toBe(200);
  });

  test('owned claims are set silently, cnf and act of the token stay', async () => {
    const issuing = bound(
      'oauth-token-client-credentials',
      'function result(c) { const data = c.getDefaultAccessTokenData(); data.act = { sub: "service" }; return { access_token: c.accessTokenIssuer.issue(data, c.delegationIssuer.issue({})) }; }',
    );
    const world = await ServiceUnderTest.open([
      ...issuing,
      ...changing(
        "data.iss = 'x'; data.client_id = 'x'; data.delegationId = 'x'; data.purpose = 'x'; data.jti = 'x'; data.cnf = { jkt: 'x' }; data._x = 1; data.act = { sub: 'gateway', act: data.act };",
      ),
    ]);
    const token = await world.token();
    const claims = claimsOf(await world.phantom(token));
    expect(claims).toMatchObject({
      iss: ISSUER,
      client_id: 'app',
      purpose: 'access_token',
      act: { sub: 'gateway', act: { sub: 'service' } },
    });
    expect(claims).not.toHaveProperty('cnf');
    expect(claims).not.toHaveProperty('_x');
    await world.change(
      ...bound(
        FLOW,
        "function result(c) { const data = { act: { sub: 'gateway' } }; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }",
        { upload: 2 },
      ),
    );
    expect((await world.introspect(token, 'application/jwt')).status).toBe(500);
  });

  test('an inactive token gets none', async () => {
    const world = await ServiceUnderTest.open(
      bound(
        'oauth-introspect',
        "function result(c) { try { return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue({ sub: 'admin' }) }; } catch (e) { logger.info(e.message); return {}; } }",
      ),
    );
    expect(jsonOf(await world.introspect('unknown'))).toEqual({ active: false });
    expect(world.log[0]?.message).toBe('no token may be issued for an inactive one');
    expect(world.service.signatures.counts.misses).toBe(0);
  });

  test('no other issuer than a JWT issuer issues, and a disabled one gives null', async () => {
    const named = (id: string) =>
      bound(
        FLOW,
        `function result(c) { const i = c.getAccessTokenIssuer('${id}'); const t = i.issue({}, c.delegation); return t === null ? {} : { active: true, jwt: t }; }`,
      );
    for (const id of ['opaque', 'wrapped-opaque']) {
      const world = await ServiceUnderTest.open(named(id));
      expect((await world.introspect(await world.token(), 'application/jwt')).status).toBe(500);
    }
    const world = await ServiceUnderTest.open([
      ...named('partner'),
      put('token-issuer', issuerOf('jwt', { id: 'partner', isDefault: false, enabled: false })),
    ]);
    expect((await world.introspect(await world.token(), 'application/jwt')).status).toBe(204);
  });

  test('the host refuses a disabled issuer and a foreign delegation itself: the prelude is not what guards them', async () => {
    const world = await ServiceUnderTest.open([put('token-issuer', issuerOf('jwt', { id: 'off', isDefault: false, enabled: false }))]);
    await world.introspect(await world.token());
    const invocation = world.sandbox.last('default:oauth-introspect');
    expect(await invocation.answer({ kind: 'issue', args: 'off\n\n{}' })).toEqual({
      error: { code: 'fault', message: 'the profile has no enabled token issuer "off"' },
    });
    expect(await invocation.answer({ kind: 'issue', args: 'jwt\nanother\n{}' })).toEqual({
      error: { code: 'fault', message: "the delegation is not the presented token's" },
    });
    expect(await invocation.answer({ kind: 'issue', args: 'jwt\n\n{}' })).toEqual({ ok: expect.any(String) });
    expect(await invocation.answer({ kind: 'mint', args: 'access_token' })).toMatchObject({ error: { code: 'fault' } });
  });
});

describe('a JWT issuer with a lifetime of its own', () => {
  test('makes JWTs that end with it or with the token, and stand still for a tenth of it so that one signature serves', async () => {
    const world = await ServiceUnderTest.open([put('token-issuer', issuerOf('jwt', { lifetime: 100 }))]);
    world.now = Math.ceil(world.now / 10) * 10;
    const token = await world.token();
    const first = await world.phantom(token);
    expect(claimsOf(first)['exp']).toBe(world.now + 100);
    world.now += 9;
    expect(await world.phantom(token)).toBe(first);
    world.now += 1;
    const second = await world.phantom(token);
    expect(claimsOf(second)['exp']).toBe(world.now + 100);
    world.now += 250;
    expect(claimsOf(await world.phantom(token))['exp']).toBe((claimsOf(first)['iat'] as number) + 300);
  });
});

describe('predictions: what a procedure will ask for is sent along', () => {
  const seen = (world: ServiceUnderTest) => world.sandbox.last('default:oauth-introspect-application-jwt');

  test('a token seen before needs no second run', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    await world.phantom(token);
    expect(seen(world).asked.map(({ kind }) => kind)).toContain('issue');
    await world.phantom(token);
    expect(seen(world)).toMatchObject({ runs: 1, likely: [{ kind: 'issue' }] });
  });

  test('a new token of a program that passes data on is signed ahead', async () => {
    const world = await ServiceUnderTest.open();
    await world.phantom(await world.token());
    const token = await world.token({ scope: 'read' });
    const phantom = await world.phantom(token);
    expect(seen(world).runs).toBe(1);
    expect(claimsOf(phantom)).toMatchObject({ scope: 'read' });
    await verified(world, phantom);
    await world.phantom(token);
    expect(world.service.signatures.counts).toMatchObject({ misses: 2 });
  });

  test('signing ahead stops when the procedure does not want it', async () => {
    const world = await ServiceUnderTest.open(
      bound(
        FLOW,
        "function result(c) { if (c.presentedToken.data.scope === 'read') return {}; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(c.presentedToken.data, c.delegation) }; }",
      ),
    );
    await world.phantom(await world.token());
    await world.introspect(await world.token({ scope: 'read' }), 'application/jwt');
    expect(world.sandbox.last(PROGRAM).likely).toHaveLength(1);
    await world.introspect(await world.token({ scope: 'read' }), 'application/jwt');
    expect(world.sandbox.last(PROGRAM).likely).toHaveLength(0);
  });

  test('never leak from one token to another', async () => {
    const world = await ServiceUnderTest.open();
    const tokens = [await world.token(), await world.token(), await world.token()];
    for (let round = 0; round < 2; round++) {
      for (const token of tokens) {
        const id = tokenId(opaqueTokenKey(token) ?? { period: 0, hash: new Uint8Array() });
        expect(tokenIdOfJti(String(claimsOf(await world.phantom(token))['jti']))).toBe(id);
        for (const { answer } of seen(world).likely) expect(tokenIdOfJti(String(claimsOf(answer)['jti']))).toBe(id);
      }
    }
  });

  test('never leak from one caller to another that may see less, neither in the data nor in the delegation', async () => {
    // Asks for more than the token has: fine for a caller who sees the whole delegation.
    const source =
      "function result(c) { const data = {}; appendObjectTo(c.presentedToken.data, data); data.scope = 'read write'; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }";
    const issuing = bound(
      'oauth-token-client-credentials',
      "function result(c) { const data = c.getDefaultAccessTokenData(); const d = c.delegationIssuer.issue(c.getDefaultDelegationData()); data.scope = 'read'; return { access_token: c.accessTokenIssuer.issue(data, d) }; }",
    );
    const reader = gatewayOf('reader', { policy: 'audience-or-scope' }, { scopes: ['read'] });
    const world = await ServiceUnderTest.open([put('client', reader), ...bound(FLOW, source), ...issuing]);
    const token = await world.token();
    expect(claimsOf(await world.phantom(token))['scope']).toBe('read write');
    expect((await world.introspect(token, 'application/jwt', 'reader')).status).toBe(500);
    expect(world.sandbox.last(PROGRAM).likely).toEqual([]);
    expect(world.service.executions.faults[0]?.message).toContain('the scope "write" was not granted');
  });

  test('never leak from the opaque token to a JWT of it that ends earlier', async () => {
    // Asks for the same whatever is presented; too much for a JWT that was made to end sooner.
    const asking =
      "function result(c) { return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue({ exp: c.presentedToken.data.iat + 300, scope: 'read' }, c.delegation) }; }";
    const shortening =
      'function result(c) { const data = c.presentedToken.data; data.exp = data.iat + 100; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }';
    const world = await ServiceUnderTest.open([...bound(FLOW, asking), ...bound('oauth-introspect', shortening)]);
    const token = await world.token();
    expect(claimsOf(await world.phantom(token))['exp']).toBe(world.now + 300);
    const shorter = String(jsonOf(await world.introspect(token))['jwt']);
    expect((await world.introspect(shorter, 'application/jwt')).status).toBe(500);
    expect(world.service.executions.faults[0]?.message).toContain('exp is 200 seconds after the latest');
  });

  test('never outlive a scope that has ended since', async () => {
    const source =
      "function result(c) { const data = {}; appendObjectTo(c.presentedToken.data, data); data.scope = 'read short'; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }";
    const issuing = bound(
      'oauth-token-client-credentials',
      "function result(c) { const data = c.getDefaultAccessTokenData(); const d = c.delegationIssuer.issue(c.getDefaultDelegationData()); data.scope = 'read'; return { access_token: c.accessTokenIssuer.issue(data, d) }; }",
    );
    const world = await ServiceUnderTest.open([
      put('client', clientOf('app', { scopes: ['read', 'short'] })),
      ...bound(FLOW, source),
      ...issuing,
    ]);
    const token = await world.token();
    expect(claimsOf(await world.phantom(token))).toMatchObject({ scope: 'read short', exp: world.now + 60 });
    world.now += 60;
    expect((await world.introspect(token, 'application/jwt')).status).toBe(500);
  });

  test('never leak from one revision of the configuration to the next: a rotated key signs at once', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const before = await world.phantom(token);
    const { changes } = await rotateSigningKeys(world.live.current, PROFILE, 'ES256', world.sealer, world.now, true);
    await world.change(...changes);
    const after = await world.phantom(token);
    expect(after).not.toBe(before);
    await verified(world, after);
    await expect(verified(world, before)).rejects.toThrow();
    expect(jsonOf(await world.introspect(before))).toEqual({ active: false });
  });

  test('never leak from one version of a procedure to the next', async () => {
    const world = await ServiceUnderTest.open(changing("data.version = 'one';"));
    const token = await world.token();
    expect(claimsOf(await world.phantom(token))['version']).toBe('one');
    await world.change(
      ...bound(
        FLOW,
        "function result(c) { const data = {}; appendObjectTo(c.presentedToken.data, data); data.version = 'two'; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }",
        { upload: 2 },
      ),
    );
    expect(claimsOf(await world.phantom(token))['version']).toBe('two');
  });

  test('never serve a revoked token', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    await world.phantom(token);
    await world.revoke(token);
    expect(await world.introspect(token, 'application/jwt')).toMatchObject({ status: 204, body: null });
    expect(seen(world).likely).toEqual([]);
  });
});
