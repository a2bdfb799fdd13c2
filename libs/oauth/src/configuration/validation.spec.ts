import { describe, expect, test } from '@jest/globals';
import { bound, clientOf, endpointOf, issuerOf, PROFILE, profileOf } from '../testing/service-builder.ts';
import { Configuration, put, remove, type Change } from './configuration.ts';
import { entityKey } from './entities.ts';
import { ConfigurationError, validate } from './validation.ts';

const BASE: readonly Change[] = [
  put('profile', profileOf()),
  put('client', clientOf('app')),
  put('endpoint', endpointOf('oauth-introspect', '/introspect')),
  put('endpoint', endpointOf('oauth-token', '/token')),
  put('token-issuer', issuerOf('opaque')),
  ...bound('oauth-introspect', 'function result() { return {}; }'),
];

/** Problems of the base with changes, as `kind key pointer: message`. */
function problems(...changes: readonly Change[]): string[] {
  return validate(Configuration.empty.with([...BASE, ...changes])).map(
    ({ kind, key, pointer, message }) => `${kind} ${key} ${pointer}: ${message}`,
  );
}

test('a sound configuration has no problems', () => {
  expect(problems()).toEqual([]);
  expect(validate(Configuration.empty)).toEqual([]);
});

describe('clients', () => {
  test.each<[string, Partial<Parameters<typeof clientOf>[1]>, string]>([
    ['a scope the profile has not', { scopes: ['read', 'admin'] }, '/scopes/1: profile "main" has no scope "admin"'],
    ['a scope named like a member of every object', { scopes: ['toString'] }, '/scopes/0: profile "main" has no scope "toString"'],
    [
      'capabilities without a secret',
      { secrets: [] },
      '/secrets: a client with capabilities needs a secret to authenticate with, or another method of authentication',
    ],
    [
      'a lifetime above the maximum',
      { accessTokenLifetime: 3601 },
      "/accessTokenLifetime: is longer than the profile's maximum of 3600 seconds",
    ],
    ['a profile that is not there', { profile: 'nowhere' }, '/profile: there is no profile "nowhere"'],
  ])('%s', (_what, members, problem) => {
    const client = clientOf('app', members);
    expect(problems(put('client', client))).toEqual([`client ${entityKey(client.profile, 'app')} ${problem}`]);
  });

  const CODES = {
    ...{ redirectUris: ['https://app.example/callback'], postLogoutRedirectUris: [], webOrigins: [] },
    ...{ consent: true, pushedRequestsOnly: false, signedRequestsOnly: false },
  };
  const PUBLIC = { methods: ['none'], jwks: null, jwksUri: null, certificateSubject: null, certificates: [] } as const;

  test.each<[string, Partial<Parameters<typeof clientOf>[1]>, string]>([
    [
      'the code flow without a redirect URI',
      { capabilities: ['authorization-code'] },
      '/authorizationCode: is missing: a client with the capability "authorization-code" needs a redirect URI',
    ],
    [
      'the implicit flow without a redirect URI',
      { capabilities: ['implicit'] },
      '/authorizationCode: is missing: a client with the capability "implicit" needs a redirect URI',
    ],
    [
      'the hybrid flow without the one that redeems its codes',
      { capabilities: ['hybrid'], authorizationCode: CODES },
      '/capabilities: "hybrid" goes with "authorization-code": it gives a code, and that has to be redeemed',
    ],
    [
      'a redirect URI without the code flow',
      { authorizationCode: CODES },
      '/authorizationCode: goes with the capability "authorization-code", "implicit", "hybrid" or "authorization-none" only',
    ],
    [
      'signed requests without keys',
      { capabilities: ['authorization-code'], authorizationCode: { ...CODES, signedRequestsOnly: true } },
      '/authorizationCode/signedRequestsOnly: needs keys: give the client authentication/jwks or authentication/jwksUri',
    ],
    [
      'refresh tokens of a public client that stay (RFC 9700 section 4.14.2)',
      {
        ...{ secrets: [], authentication: PUBLIC, capabilities: ['refresh-token'] },
        refreshTokens: { lifetime: null, rotation: false, grace: null },
      },
      '/refreshTokens/rotation: must be true for a public client: nobody could tell who has its token',
    ],
    [
      'a resource that there is not',
      { resources: ['https://api.example'] },
      '/resources/0: profile "main" has no resource "https://api.example"',
    ],
  ])('%s', (_what, members, problem) => {
    const capabilities = ['client-credentials', 'authorization-code', 'implicit', 'hybrid', 'refresh-token', 'introspection'] as const;
    const changes = [put('profile', profileOf({ capabilities })), put('client', clientOf('app', members))];
    expect(problems(...changes)).toEqual([`client main/app ${problem}`]);
  });

  test('an audience or a capability the profile does not allow', () => {
    const changes = [
      put('profile', profileOf({ allowedAudiences: ['https://a'], capabilities: ['introspection'] })),
      put('client', clientOf('app', { audiences: ['https://a', 'https://b'] })),
    ];
    expect(problems(...changes)).toEqual([
      'client main/app /audiences/1: profile "main" does not allow the audience "https://b"',
      'client main/app /capabilities/0: profile "main" has no capability "client-credentials"',
    ]);
  });

  test('that no change touches are left out, unless their profile changes', () => {
    const broken = Configuration.empty.with([...BASE, put('client', clientOf('broken', { scopes: ['admin'] }))]);
    expect(validate(broken, [put('client', clientOf('app'))])).toEqual([]);
    expect(validate(broken, [put('client', clientOf('broken', { scopes: ['admin'] }))])).toHaveLength(1);
    expect(validate(broken, [put('profile', profileOf())])).toHaveLength(1);
    expect(validate(broken)).toHaveLength(1);
  });

  test('a profile that loses a scope its clients have is a problem of each of them', () => {
    const change = put('profile', profileOf({ scopes: { read: {} } }));
    const changed = Configuration.empty.with([...BASE, change]);
    expect(validate(changed, [change]).map(({ key, pointer }) => `${key} ${pointer}`)).toEqual(['main/app /scopes/1']);
  });
});

describe('profiles and endpoints', () => {
  test.each(['/~', '/~/', 'https://other.example/~', 'https://as.example/~/'])(
    'two issuers whose metadata would stand at one path: %s (RFC 8414 section 3.1)',
    (issuer) => {
      expect(problems(put('profile', profileOf({ id: 'second', issuer })))).toEqual([
        'profile second /issuer: profile "main" already has an issuer with the path "/~"',
      ]);
    },
  );

  test.each(['/~/second', 'https://other.example', '/'])('an issuer with a path of its own is sound: %s', (issuer) => {
    expect(problems(put('profile', profileOf({ id: 'second', issuer })))).toEqual([]);
  });

  test.each(['/health', '/health/live', '/metrics', '/.well-known/anything', '/x/.well-known/openid-configuration', '/~/jwks', '/jwks'])(
    'a path of the service itself: %s',
    (path) => {
      expect(problems(put('endpoint', endpointOf('oauth-revoke', path, { id: 'own' })))).toEqual([
        `endpoint main/own /path: "${path}" is a path of the service itself`,
      ]);
    },
  );

  test.each(['/healthy', '/api/health', '/well-known/x', '/jwks.json'])('a path that only looks like one: %s', (path) => {
    expect(problems(put('endpoint', endpointOf('oauth-revoke', path)))).toEqual([]);
  });

  test('two endpoints at a path, in a role that both are deployed to; disabled ones do not count', () => {
    const second = (members: Parameters<typeof endpointOf>[2]) =>
      put('endpoint', endpointOf('oauth-revoke', '/token', { id: 'second', ...members }));
    expect(problems(second({}))).toEqual([
      'endpoint main/second /path: endpoint "oauth-token" of profile "main" already answers at "/token" in role "default"',
    ]);
    expect(problems(second({ deployedTo: ['edge'] }))).toEqual([]);
    expect(problems(second({ enabled: false }))).toEqual([]);
    expect(
      problems(put('profile', profileOf({ id: 'p2', issuer: '/p2' })), second({ profile: 'p2', deployedTo: ['edge', 'default'] })),
    ).toHaveLength(1);
  });

  test('of several endpoints of a kind at most one is advertised (PROTOCOL 3)', () => {
    const second = (advertised: boolean) => put('endpoint', endpointOf('oauth-introspect', '/two', { id: 'two', advertised }));
    expect(problems(second(true))).toEqual([
      'endpoint main/two /advertised: endpoint "oauth-introspect" of the same kind is already advertised; exactly one may be',
    ]);
    expect(problems(second(false))).toEqual([]);
  });

  test('what hangs from a profile that is removed', () => {
    expect(problems(remove('profile', entityKey(PROFILE)))).toEqual([
      'endpoint main/oauth-introspect /profile: there is no profile "main"',
      'endpoint main/oauth-token /profile: there is no profile "main"',
      'client main/app /profile: there is no profile "main"',
      'token-issuer main/opaque /profile: there is no profile "main"',
    ]);
  });
});

describe('token issuers', () => {
  test('two defaults of a kind', () => {
    expect(problems(put('token-issuer', issuerOf('opaque', { id: 'second' })))).toEqual([
      'token-issuer main/second /isDefault: profile "main" already has a default issuer of kind "opaque"',
    ]);
    expect(
      problems(put('token-issuer', issuerOf('opaque', { id: 'second', isDefault: false })), put('token-issuer', issuerOf('jwt'))),
    ).toEqual([]);
  });
});

describe('procedures and bindings', () => {
  const flow = 'oauth-introspect';

  test.each<[string, Partial<Parameters<typeof bound>[2]>, string]>([
    [
      'an endpoint that is not there',
      { endpoint: 'nowhere' },
      'binding main/nowhere/oauth-introspect /endpoint: profile "main" has no endpoint "nowhere"',
    ],
    [
      'an endpoint of another kind',
      { endpoint: 'oauth-token' },
      'binding main/oauth-token/oauth-introspect /flow: flow "oauth-introspect" belongs to endpoints of kind "oauth-introspect", "oauth-token" is of kind "oauth-token"',
    ],
    [
      'a version that is not there',
      { version: 9 },
      'binding main/oauth-introspect/oauth-introspect /version: procedure "own-oauth-introspect" has no version 9',
    ],
  ])('a binding to %s', (_what, members, problem) => {
    expect(problems(...bound(flow, '', members))).toEqual([problem]);
  });

  test('a binding of a flow, or to a procedure, that is not there', () => {
    const binding = { profile: PROFILE, endpoint: flow, flow, procedure: 'nothing', version: null, origin: 'api' } as const;
    expect(problems(put('binding', binding))).toEqual([
      'binding main/oauth-introspect/oauth-introspect /procedure: there is no procedure "nothing"',
    ]);
    expect(problems(put('binding', { ...binding, flow: 'oauth-nothing', procedure: 'own-oauth-introspect' }))).toEqual([
      'binding main/oauth-introspect/oauth-nothing /flow: there is no flow "oauth-nothing"',
    ]);
  });

  test('a binding to a procedure of another flow: a procedure has one flow for life (PROCEDURE_API 1)', () => {
    const other = bound('oauth-introspect-application-jwt', '', { procedure: 'jwt-one' }).slice(0, 2);
    const binding = { profile: PROFILE, endpoint: flow, flow, procedure: 'jwt-one', version: null, origin: 'api' } as const;
    expect(problems(...other, put('binding', binding))).toEqual([
      'binding main/oauth-introspect/oauth-introspect /procedure: procedure "jwt-one" is for flow "oauth-introspect-application-jwt", not "oauth-introspect"',
    ]);
  });

  test('a binding to a procedure that has no active version, unless one is pinned', () => {
    const inactive = put('procedure', {
      id: 'own-oauth-introspect',
      flow,
      description: '',
      activeVersion: null,
      samples: [],
      origin: 'api',
    });
    expect(problems(inactive)).toEqual([
      'binding main/oauth-introspect/oauth-introspect /version: procedure "own-oauth-introspect" has no active version: activate one or pin a version',
    ]);
    expect(problems(...bound(flow, '', { version: 1 }), inactive)).toEqual([]);
  });

  test('a flow, an active version or a procedure of a version that is not there', () => {
    const procedure = { id: 'own-oauth-introspect', flow, description: '', activeVersion: 1, samples: [], origin: 'api' } as const;
    expect(problems(put('procedure', { ...procedure, activeVersion: 2 }))).toContain(
      'procedure own-oauth-introspect /activeVersion: procedure "own-oauth-introspect" has no version 2',
    );
    expect(problems(put('procedure', { ...procedure, flow: 'nothing' }))).toContain(
      'procedure own-oauth-introspect /flow: there is no flow "nothing"',
    );
    expect(problems(remove('binding', entityKey(PROFILE, flow, flow)), remove('procedure', 'own-oauth-introspect'))).toEqual([
      'procedure-version own-oauth-introspect/1 /procedure: there is no procedure "own-oauth-introspect"',
    ]);
  });
});

test('all problems are told at once, and the error names each with its place (RFC 6901)', () => {
  const found = validate(Configuration.empty.with([...BASE, put('client', clientOf('a b', { scopes: ['x', 'y'], secrets: [] }))]));
  expect(found.map(({ pointer }) => pointer)).toEqual(['/scopes/0', '/scopes/1', '/secrets']);
  expect(new ConfigurationError(found).message.split('\n')[0]).toBe('client main/a b/scopes/0: profile "main" has no scope "x"');
});
