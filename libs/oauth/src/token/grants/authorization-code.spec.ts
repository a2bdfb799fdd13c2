import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put } from '../../configuration/configuration.ts';
import { Application, SETTINGS } from '../../testing/application.ts';
import { bound, claimsOf, clientOf, ISSUER, jsonOf } from '../../testing/service-builder.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';

const TOKEN_FLOW = 'oauth-token-authorization-code';

describe('redeeming a code (RFC 6749 section 4.1.3, RFC 7636)', () => {
  const refused = async (response: Promise<OAuthResponse>) => {
    const { status, body } = await response;
    expect([status, (JSON.parse(body ?? '{}') as { error?: string }).error]).toEqual([400, 'invalid_grant']);
  };

  test('takes the verifier that belongs to it, the redirect URI and the client of the request', async () => {
    const app = await Application.open({}, [
      put('client', clientOf('other', { capabilities: ['authorization-code'], authorizationCode: SETTINGS })),
    ]);
    const code = await app.code();
    await refused(app.redeem(code, { code_verifier: randomBytes(32).toString('base64url') }));
    await refused(app.redeem(code, { redirect_uri: 'https://app.example/other' }));
    await refused(app.redeem(code, {}, 'other'));
    expect((await app.redeem(code)).status).toBe(200);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['no code', { code: '' }, 'invalid_request'],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['a short verifier', { code_verifier: 'short' }, 'invalid_request'],
    ['a code that is none', { code: 'x' }, 'invalid_grant'],
  ])('%s is refused', async (_what, form, error) => {
    const app = await Application.open();
    const response = await app.redeem(await app.code(), form);
    expect([response.status, jsonOf(response)['error']]).toEqual([400, error]);
  });

  test('it expires', async () => {
    // Memory stores keep the machine's time.
    const app = await Application.open();
    app.world.now -= 61;
    const code = await app.code({ prompt: null });
    app.world.now += 61;
    await refused(app.redeem(code));
  });

  test('a second use ends what the first gave (RFC 6749 section 4.1.2)', async () => {
    const app = await Application.open();
    const code = await app.code();
    const { access_token: token } = jsonOf(await app.redeem(code));
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ active: true });
    await refused(app.redeem(code));
    expect(jsonOf(await app.world.introspect(String(token)))).toEqual({ active: false });
    expect(await app.world.stores.audit.list({ kind: 'delegation', limit: 9 })).toMatchObject([{ action: 'authorization-code.reused' }]);
  });

  test('who has found a used code alone ends nothing by it', async () => {
    const app = await Application.open({}, [
      put('client', clientOf('other', { capabilities: ['authorization-code'], authorizationCode: SETTINGS })),
    ]);
    const code = await app.code();
    const { access_token: token } = jsonOf(await app.redeem(code));
    await refused(app.redeem(code, {}, 'other'));
    await refused(app.redeem(code, { code_verifier: randomBytes(32).toString('base64url') }));
    expect(jsonOf(await app.world.introspect(String(token)))).toMatchObject({ active: true });
  });

  test('a procedure makes one delegation of a code: reuse and sign-out end all that came of it', async () => {
    const source = 'function result(c) { for (let i = 0; i < 2; i++) c.delegationIssuer.issue(c.getDefaultDelegationData()); return {}; }';
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    expect((await app.redeem(await app.code())).status).toBe(500);
    expect(app.world.service.executions.faults[0]?.message).toBe('of a grant that is redeemed comes one delegation, and no other');
  });

  test('of a hundred simultaneous uses one gets tokens, which are then ended', async () => {
    const app = await Application.open();
    const code = await app.code();
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.redeem(code)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(99);
    const token = String(good.map(jsonOf)[0]?.['access_token']);
    expect(jsonOf(await app.world.introspect(token))).toEqual({ active: false });
  });

  test('a procedure that fails does not burn it', async () => {
    const app = await Application.open({}, bound(TOKEN_FLOW, "function result() { throw new Error('broken'); }"));
    const code = await app.code();
    for (let i = 0; i < 3; i++) expect((await app.redeem(code)).status).toBe(500);
    await app.world.change(
      ...bound(TOKEN_FLOW, 'function result(context) { return { who: context.subjectAttributes().subject }; }', { upload: 2 }),
    );
    expect(jsonOf(await app.redeem(code))).toEqual({ who: 'alice' });
  });

  test('a procedure that refuses uses it up (SANDBOX 3.8)', async () => {
    const app = await Application.open({}, bound(TOKEN_FLOW, "function result() { throw exceptionFactory.forbiddenException('no'); }"));
    const code = await app.code();
    expect(jsonOf(await app.redeem(code))).toEqual({ error: 'access_denied', error_description: 'no' });
    await refused(app.redeem(code));
  });
});

describe('OpenID Connect (Core section 3.1.3)', () => {
  test('openid gives an id token with what the client needs to know, and at_hash', async () => {
    const app = await Application.open();
    const answer = jsonOf(await app.redeem(await app.code({ scope: 'openid read', nonce: 'n-1' })));
    const accessToken = String(answer['access_token']);
    const now = app.world.now;
    expect(claimsOf(String(answer['id_token']))).toEqual({
      ...{ iss: ISSUER, sub: 'alice', aud: 'app', nonce: 'n-1', auth_time: now - 60, sid: 'session-1', iat: now, exp: now + 600 },
      ...{ acr: 'urn:tokenwright:password', amr: ['pwd'], purpose: 'id' },
      at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    });
  });

  test('without openid there is none', async () => {
    const app = await Application.open();
    expect(jsonOf(await app.redeem(await app.code()))).not.toHaveProperty('id_token');
  });

  test('an id token opens no API: introspection and a resource take it for nothing', async () => {
    const app = await Application.open();
    const { id_token: token } = jsonOf(await app.redeem(await app.code({ scope: 'openid' })));
    expect(jsonOf(await app.world.introspect(String(token)))).toEqual({ active: false });
  });

  test('nonce, audience and times belong to the service, further claims to the procedure', async () => {
    const source = `function result(context) { const d = context.getDefaultIdTokenData(); d.nonce = 'x'; d.aud = 'y'; d.iat = 1; d.role = 'boss'; d.jti = 'z'; d._in = 1; return { id_token: context.idTokenIssuer.issue(d) }; }`;
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    const claims = claimsOf(String(jsonOf(await app.redeem(await app.code({ scope: 'openid', nonce: 'n' })))['id_token']));
    expect(claims).toMatchObject({ nonce: 'n', aud: 'app', iat: app.world.now, role: 'boss' });
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['jti']));
    expect(claims).not.toHaveProperty('_in');
  });

  test.each<[string, string, string]>([
    ['another subject', "d.sub = 'bob'", 'sub of the id token differs from the authenticated subject'],
    ['a longer life', 'd.exp = d.exp + 1', 'exp is 1 seconds after the latest that idTokenLifetime allows'],
  ])('%s is a fault', async (_what, change, message) => {
    const source = `function result(context) { const d = context.getDefaultIdTokenData(); ${change}; return { id_token: context.idTokenIssuer.issue(d) }; }`;
    const app = await Application.open({}, bound(TOKEN_FLOW, source));
    expect((await app.redeem(await app.code({ scope: 'openid' }))).status).toBe(500);
    expect(app.world.service.executions.faults[0]?.message).toContain(message);
  });
});
