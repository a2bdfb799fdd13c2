import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContextText } from '../host-calls.ts';
import { inactiveContext, introspectionContext, TOKEN_DATA } from '../../testing/context-builder.ts';
import { PreludeRealm, type RealmRun } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();

/** Runs a shipped procedure as the sandbox does for scripts with and without Java helpers: both must answer the same. */
function run(path: string, run: RealmRun) {
  const source = readFileSync(join(import.meta.dirname, '../../../../../procedures', `${path}.js`), 'utf8');
  const answer = (_kind: string, args: string) => `jwt(${args})`;
  const [dressed, plain] = [true, false].map((each) => realm.run(source, { answer, ...run, dressed: each }));
  expect(plain).toEqual(dressed);
  expect(dressed?.error).toBeUndefined();
  return { ...dressed, response: JSON.parse(dressed?.response ?? 'null') as Record<string, unknown> | null };
}

const withoutJwtIssuer = (parts: Partial<ContextText> = {}) =>
  introspectionContext({ issuers: { access: { id: 'default', kind: 'opaque', enabled: true }, jwt: null }, ...parts });

describe('oauth-introspect', () => {
  const path = 'oauth-introspect/oauth-introspect';

  test('answers all data of an active token, with token_type, client_id and expired_scope', () => {
    expect(run(path, { context: introspectionContext() }).response).toEqual({
      ...(JSON.parse(TOKEN_DATA) as object),
      active: true,
      token_type: 'bearer',
      client_id: 'server-client',
      expired_scope: ['old'],
    });
  });

  test('answers exactly {"active":false} otherwise', () => {
    expect(run(path, { context: inactiveContext() }).response).toEqual({ active: false });
  });

  test('lets no claim of the token stand for a member of the protocol', () => {
    const data = { sub: 's', active: false, client_id: 'other', token_type: 'mac' };
    const context = introspectionContext({ presentedToken: { active: true, type: 'DPoP', value: null, expiredScopes: [], data } });
    expect(run(path, { context }).response).toEqual({
      sub: 's',
      active: true,
      client_id: 'server-client',
      token_type: 'DPoP',
      expired_scope: [],
    });
  });
});

describe('oauth-introspect-application-jwt', () => {
  const path = 'oauth-introspect-application-jwt/oauth-introspect-application-jwt';

  test('answers the JWT of the presented data, asked for byte by byte', () => {
    const outcome = run(path, { context: introspectionContext(), flow: 'oauth-introspect-application-jwt' });
    expect(outcome.calls).toEqual([`issue:jwt\ndelegation-given\n${TOKEN_DATA}`]);
    expect(outcome.response).toEqual({ active: true, jwt: `jwt(jwt\ndelegation-given\n${TOKEN_DATA})` });
  });

  test('answers {} for an inactive token, without a JWT issuer, and with a disabled one', () => {
    expect(run(path, { context: inactiveContext() }).response).toEqual({});
    expect(run(path, { context: withoutJwtIssuer() }).response).toEqual({});
    const disabled = introspectionContext({ issuers: { access: null, jwt: { id: 'jwt', kind: 'jwt', enabled: false } } });
    expect(run(path, { context: disabled }).response).toEqual({});
  });
});

describe('oauth-token-client-credentials', () => {
  const path = 'oauth-token-client-credentials/oauth-token-client-credentials';
  const { presentedToken: _p, delegation: _d, ...given } = introspectionContext();
  const context = {
    ...given,
    defaults: {
      accessToken: { sub: 'server-client', scope: 'read', exp: 1_700_000_300 },
      delegation: { owner: 'server-client', scope: 'read' },
    },
  };

  test('issues a delegation, then the token that hangs from it', () => {
    const outcome = run(path, { context, flow: 'oauth-token-client-credentials' });
    expect(outcome.response).toEqual({ access_token: 'access_token-0', token_type: 'bearer', expires_in: 300, scope: 'read' });
    expect(outcome.effects?.map((effect) => effect.kind)).toEqual(['delegation', 'token']);
    expect(outcome.effects?.[1]?.payload).toBe('default\ndelegation-0\n0\n{"sub":"server-client","scope":"read","exp":1700000300}');
  });
});

describe('oauth-revoke', () => {
  test('does nothing by default', () => {
    const outcome = run('oauth-revoke/oauth-revoke', { context: introspectionContext(), flow: 'oauth-revoke' });
    expect([outcome.response, outcome.effects, outcome.calls, outcome.log]).toEqual([{}, [], [], []]);
  });
});

describe('The example phantom-token', () => {
  test('answers exactly the 14 members of the tutorial', () => {
    const { response } = run('examples/phantom-token', { context: introspectionContext() });
    expect(Object.keys(response ?? {}).sort()).toEqual(
      [
        ...['sub', 'purpose', 'iss', 'active', 'token_type', 'client_id', 'aud', 'nbf', 'phantom_token', 'scope', 'expired_scope', 'exp'],
        ...['delegationId', 'iat'],
      ].sort(),
    );
    expect(response).toMatchObject({
      active: true,
      token_type: 'bearer',
      client_id: 'server-client',
      phantom_token: `jwt(jwt\ndelegation-given\n${TOKEN_DATA})`,
    });
  });

  test('answers {"active":false} for an inactive token, and no phantom_token without a JWT issuer', () => {
    expect(run('examples/phantom-token', { context: inactiveContext() }).response).toEqual({ active: false });
    expect(run('examples/phantom-token', { context: withoutJwtIssuer() }).response).not.toHaveProperty('phantom_token');
  });
});

describe('Further examples', () => {
  const { presentedToken: _p, delegation: _d, client, ...given } = introspectionContext();
  if (client === undefined) throw new Error('no client');
  const credentials = (properties: Record<string, unknown>): RealmRun => ({
    flow: 'oauth-token-client-credentials',
    context: { ...given, client: { ...client, properties }, defaults: { accessToken: { sub: 'c', exp: 1_700_000_300 }, delegation: {} } },
  });
  const data = { sub: 's', name: 'N', email: 'e@example', tenant: 't', other: 1 };
  const presentedToken = { active: true, type: 'bearer', value: null, expiredScopes: [], data };

  test('claims-from-client-properties adds what the properties name', () => {
    const outcome = run('examples/claims-from-client-properties', credentials({ 'claim.tenant': 'acme', other: 1 }));
    expect(outcome.effects?.[1]?.payload).toMatch(/\{"sub":"c","exp":1700000300,"tenant":"acme"\}$/);
  });

  test('restrict-by-client-property refuses with an OAuth error', () => {
    const path = 'examples/restrict-by-client-property';
    expect(run(path, credentials({})).response).toHaveProperty('access_token');
    expect(run(path, credentials({ hours: '0-24' })).response).toHaveProperty('access_token');
    expect(JSON.parse(run(path, credentials({ hours: '0-0' })).rejection ?? '')).toMatchObject({
      status: 400,
      code: 'unauthorized_client',
    });
    expect(JSON.parse(run(path, credentials({ hours: 'late' })).rejection ?? '')).toMatchObject({ status: 500 });
  });

  test('claims-by-scope hides what no scope stands for', () => {
    const { response } = run('examples/claims-by-scope', { context: introspectionContext({ presentedToken, scopeNames: ['email'] }) });
    expect(response).toEqual({ sub: 's', email: 'e@example', other: 1, active: true, token_type: 'bearer', client_id: 'server-client' });
  });

  test('pairwise-subject gives each gateway a subject of its own', () => {
    const of = (id: string) =>
      run('examples/pairwise-subject', {
        context: introspectionContext({ presentedToken, client: { ...client, id, properties: { subject_salt: 'salt' } } }),
      }).response?.['sub'];
    expect(of('one')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(of('two')).not.toBe(of('one'));
  });
});
