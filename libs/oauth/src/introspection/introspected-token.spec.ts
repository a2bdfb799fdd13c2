import { beforeAll, describe, expect, test } from '@jest/globals';
import { RegisteredClient } from '../client/registered-client.ts';
import { PLAIN_INTROSPECTION, type IntrospectionPolicy } from '../configuration/client-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { put } from '../configuration/configuration.ts';
import type { FoundToken } from '../stores.ts';
import { clientOf, PROFILE, profileOf, ServiceUnderTest } from '../testing/service-builder.ts';
import { aKey } from '../testing/store-builders.ts';
import { introspectedToken } from './introspected-token.ts';

const NOW = 1_800_000_000;
const KEY = aKey(NOW + 300);
let profile: ProfileSnapshot;
let plain: ProfileSnapshot;

beforeAll(async () => {
  profile = (await ServiceUnderTest.open()).snapshot.profiles.get(PROFILE) as ProfileSnapshot;
  const scopes = { read: {}, write: {}, short: {} };
  plain = (await ServiceUnderTest.open([put('profile', profileOf({ scopes }))])).snapshot.profiles.get(PROFILE) as ProfileSnapshot;
});

const DATA = {
  purpose: 'access_token',
  delegationId: 'd1',
  iss: 'i',
  sub: 'alice',
  aud: 'https://api',
  scope: 'read write',
  iat: NOW - 10,
  nbf: NOW - 10,
  exp: NOW + 300,
};

function found(members: Partial<FoundToken> = {}, data: Record<string, unknown> = {}, delegationScope = 'read write short'): FoundToken {
  return {
    ...{
      key: KEY,
      profile: PROFILE,
      purpose: 'access_token',
      form: 'opaque',
      clientId: 'app',
      delegationId: 'd1',
      expiresAt: NOW + 300,
      revokedAt: null,
    },
    data: JSON.stringify({ ...DATA, ...data }),
    delegation: {
      status: 'active',
      expiresAt: NOW + 300,
      view: JSON.stringify({ id: 'd1', clientId: 'app', owner: 'alice', scope: delegationScope }),
    },
    ...members,
  };
}

const caller = (policy: IntrospectionPolicy, scopes: readonly string[] = [], audiences: readonly string[] = [], id = 'api') =>
  new RegisteredClient(
    clientOf(id, { capabilities: ['introspection'], scopes, audiences, introspection: { ...PLAIN_INTROSPECTION, policy } }),
    profileOf(),
  );
const ANY = caller('any');

const read = (token: FoundToken, by = ANY, now = NOW, claims: Record<string, unknown> | null = null, at = profile) =>
  introspectedToken(token, claims, by, at, now);
const scopeOf = (token: ReturnType<typeof read>) => (JSON.parse(token?.data ?? '{}') as { scope?: string }).scope;

describe('a token is inactive (RFC 7662 section 2.2)', () => {
  test('active is what is neither revoked nor ended, of this profile', () => {
    expect(read(found())).not.toBeNull();
  });

  test.each<[string, FoundToken]>([
    ['revoked', found({ revokedAt: NOW - 1 })],
    ['expired', found({ expiresAt: NOW })],
    ['of another profile', found({ profile: 'second' })],
    ['of a revoked delegation', found({ delegation: { status: 'revoked', view: '{"scope":"read"}', expiresAt: NOW + 300 } })],
    ['of an expired delegation', found({ delegation: { status: 'active', view: '{"scope":"read"}', expiresAt: NOW } })],
    ['of a delegation that is gone', found({ delegation: null })],
    ['not yet valid', found({}, { nbf: NOW + 6 })],
  ])('when it is %s', (_what, token) => {
    expect(read(token)).toBeNull();
  });

  test('nbf is tolerated for five seconds between nodes (PROTOCOL 3)', () => {
    expect(read(found({}, { nbf: NOW + 5 }))).not.toBeNull();
  });
});

describe('what a caller may see (PROTOCOL 1, caller policy)', () => {
  test('any: every token of the profile, data as stored, byte by byte', () => {
    const token = found();
    expect(read(token)).toMatchObject({
      data: token.data,
      delegation: token.delegation?.view,
      narrowed: false,
      clientId: 'app',
      subject: 'alice',
    });
  });

  test('own: only tokens issued to itself', () => {
    expect(read(found(), caller('own'))).toBeNull();
    expect(read(found(), caller('own', [], [], 'app'))).not.toBeNull();
  });

  test('audience-or-scope with scopes: narrowed to its own, in data, scopes and delegation', () => {
    const token = read(found(), caller('audience-or-scope', ['write', 'short']));
    expect(scopeOf(token)).toBe('write');
    expect([...(token?.scopes ?? [])]).toEqual(['write', 'short']);
    expect(JSON.parse(token?.delegation ?? '')).toMatchObject({ id: 'd1', owner: 'alice', scope: 'write short' });
    expect(token?.narrowed).toBe(true);
  });

  test('audience-or-scope with scopes: a token with none of them is inactive, even when its audience names the caller (the rule of IdentityServer3)', () => {
    expect(read(found({}, { scope: 'read' }), caller('audience-or-scope', ['write'], ['https://api']))).toBeNull();
    expect(read(found({}, { scope: '' }), caller('audience-or-scope', ['write']))).toBeNull();
  });

  test('audience-or-scope with scopes: the delegation is narrowed also where the data need not be', () => {
    const token = read(found({}, { scope: 'read' }), caller('audience-or-scope', ['read']));
    expect(token?.narrowed).toBe(false);
    expect([...(token?.scopes ?? [])]).toEqual(['read']);
    expect(JSON.parse(token?.delegation ?? '')).toMatchObject({ scope: 'read' });
  });

  test('audience-or-scope without scopes: only tokens whose audience names it, whole', () => {
    expect(read(found(), caller('audience-or-scope', [], ['https://api']))).toMatchObject({ narrowed: false });
    expect(read(found({}, { aud: ['x', 'api'] }), caller('audience-or-scope'))).not.toBeNull();
    for (const aud of ['https://api/', ['https://other'], undefined, [], ['API']])
      expect(read(found({}, { aud }), caller('audience-or-scope', [], ['https://api']))).toBeNull();
  });

  test('a refresh token only to the client that has it: a gateway must not take it for an access token', () => {
    const refresh = found({ purpose: 'refresh_token' });
    expect(read(refresh)).toBeNull();
    expect(read(refresh, caller('audience-or-scope', ['read']))).toBeNull();
    expect(read(refresh, caller('any', [], [], 'app'))).not.toBeNull();
  });
});

describe('scopes with a lifetime of their own', () => {
  const token = found({}, { scope: 'read short', iat: NOW });

  test('leave scope for expired scopes when it has passed', () => {
    expect(read(token, ANY, NOW + 59)).toMatchObject({ expiredScopes: [], data: token.data });
    const later = read(token, ANY, NOW + 60);
    expect(later?.expiredScopes).toEqual(['short']);
    expect(scopeOf(later)).toBe('read');
    expect(later?.scopes.has('short')).toBe(false);
    expect(later?.scopeExpiry('short')).toBe(NOW + 60);
    expect(later?.scopeExpiry('read')).toBeUndefined();
    expect(later?.scopeExpiry('constructor')).toBeUndefined();
  });

  test("end in the delegation's ceiling even when this token does not have them", () => {
    const without = found({}, { scope: 'read', iat: NOW });
    expect(read(without, ANY, NOW)?.scopes.has('short')).toBe(true);
    expect(read(without, ANY, NOW + 60)?.scopes.has('short')).toBe(false);
  });

  test('a caller learns only of expired scopes of its own', () => {
    expect(read(token, caller('audience-or-scope', ['read']), NOW + 60)?.expiredScopes).toEqual([]);
    expect(read(token, caller('audience-or-scope', ['read', 'short']), NOW + 60)?.expiredScopes).toEqual(['short']);
    expect(read(token, caller('audience-or-scope', ['short']), NOW + 60)).toBeNull();
  });

  test('cost nothing in a profile that has none', () => {
    expect(read(token, ANY, NOW + 60, null, plain)).toMatchObject({ expiredScopes: [], narrowed: false });
  });
});

describe('a JWT presented in place of the opaque token (PROTOCOL 1)', () => {
  const claims = (members: Record<string, unknown> = {}) => ({ ...DATA, ...members });

  test('shows its own claims, which may be narrower than the row', () => {
    const token = read(found(), ANY, NOW, claims({ scope: 'read', tenant: 'acme' }));
    expect(JSON.parse(token?.data ?? '')).toMatchObject({ scope: 'read', tenant: 'acme' });
    expect(token?.narrowed).toBe(true);
  });

  test('ends with its own expiry or that of the row, whichever is first', () => {
    expect(read(found(), ANY, NOW, claims({ exp: NOW + 10 }))?.expiresAt).toBe(NOW + 10);
    expect(read(found(), ANY, NOW, claims({ exp: NOW }))).toBeNull();
    expect(read(found({ expiresAt: NOW + 5 }), ANY, NOW, claims())?.expiresAt).toBe(NOW + 5);
  });

  test('dies with the row and its delegation', () => {
    expect(read(found({ revokedAt: NOW }), ANY, NOW, claims())).toBeNull();
    expect(read(found({ delegation: { status: 'revoked', view: '{"scope":""}', expiresAt: NOW + 300 } }), ANY, NOW, claims())).toBeNull();
  });

  test('keeps what the row is bound to and who acts for it, and the times of the row', () => {
    const bound = found({}, { cnf: { jkt: 'k' }, act: { sub: 's' } });
    expect(read(bound, ANY, NOW, claims({ iat: 1, nbf: 1 }))).toMatchObject({
      cnf: { jkt: 'k' },
      act: { sub: 's' },
      iat: NOW - 10,
      nbf: NOW - 10,
    });
  });
});
