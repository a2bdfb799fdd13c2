import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ContextText, IssuerView } from '../host-calls.ts';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm, type RealmRun } from '../../testing/prelude-realm.ts';
import { sha512Digest } from './digest-512.ts';

const realm = new PreludeRealm();
const issuer = (id: string, members: Partial<IssuerView> = {}): IssuerView => ({ id, kind: 'opaque', enabled: true, ...members });

const { delegation, presentedToken: _p, ...rest } = introspectionContext();
/** Everything that a flow with tokens and users has. */
const FULL: ContextText = {
  ...rest,
  issuers: {
    ...rest.issuers,
    access: issuer('default'),
    jwt: issuer('jwt', { kind: 'jwt' }),
    refresh: issuer('refresh'),
    idToken: issuer('id', { kind: 'jwt' }),
    authorizationCode: issuer('code'),
    deviceCode: issuer('device'),
    nonces: [issuer('default'), issuer('retired', { enabled: false })],
  },
  ...(delegation === undefined ? {} : { delegation }),
  ...{ presentedNonce: { data: { a: { b: [1] } } }, providedState: 's', issuer: 'https://as.example', sessionState: 'ss' },
  accountAttributes: { name: { given: 'A' } },
  exchange: {
    subjectToken: { sub: 'alice', scope: 'read', nested: { list: [1] } },
    subjectTokenDelegation: delegation ?? null,
    ...{ subjectTokenType: 'urn:st', subjectTokenValue: 'value', actorToken: { sub: 'agent' }, actorTokenDelegation: null },
    ...{ actorTokenType: 'urn:at', requestedScopes: ['read'], requestedAudiences: ['a', 'b'], requestedTokenType: null },
  },
};

const EXCHANGE = 'oauth-token-oauth-token-exchange';
const of = (flow: string, expression: string, run: RealmRun = {}) => realm.value(expression, { context: FULL, flow, ...run });

/** Members of contract section 6, with the flows that have them. */
const MEMBERS: readonly (readonly [flow: string, members: readonly string[]])[] = [
  ['oauth-token-authorization-code', ['presentedNonce', 'delegation']],
  ['oauth-token-device-code', ['presentedNonce']],
  ['oauth-token-backchannel-authentication', ['presentedNonce']],
  ['oauth-token-refresh', ['presentedToken', 'delegation']],
  ['oauth-token-token-exchange', ['presentedToken', 'delegation']],
  ['oauth-authorize-authorization-code', ['providedState', 'issuer', 'sessionState']],
  ['oauth-authorize-implicit', ['providedState', 'issuer', 'sessionState']],
  ['openid-authorize-hybrid', ['providedState', 'issuer', 'sessionState']],
  ['openid-userinfo', ['presentedToken', 'accountAttributes', 'delegation']],
  [
    EXCHANGE,
    [
      ...['presentedSubjectToken', 'presentedSubjectTokenDelegation', 'subjectTokenType', 'subjectTokenValue'],
      ...['actorTokenType', 'requestedScopes', 'requestedAudiences'],
    ],
  ],
];
const ISSUERS = ['refreshTokenIssuer', 'idTokenIssuer', 'authorizationCodeIssuer', 'deviceCodeNonceIssuer'];
const getter = (member: string) => `get${member.charAt(0).toUpperCase()}${member.slice(1)}()`;

describe('Members of a flow (contract section 6)', () => {
  const presentedToken = { active: true, type: 'bearer', value: 'rt', expiredScopes: [], data: { sub: 's' } };
  const context = { ...FULL, presentedToken };

  test.each(MEMBERS.flatMap(([flow, members]) => members.map((member) => [flow, member] as const)))(
    '%s has %s, as a property and as a method, the same at every reading',
    (flow, member) => {
      const read = `[context.${member} !== null, context.${member} === context.${getter(member)}, context.${member} === context.${member}]`;
      expect(of(flow, read, { context })).toEqual([true, true, true]);
    },
  );

  test.each(MEMBERS)('what other flows have is null, or an empty collection, in %s', (flow, members) => {
    const others = [...new Set(MEMBERS.flatMap(([, names]) => names))].filter((name) => !members.includes(name) && name !== 'delegation');
    const read = `[${others.map((name) => `context.${name}`).join(', ')}]`;
    for (const value of of(flow, read, { context }) as unknown[]) expect(value === null || (value as unknown[]).length === 0).toBe(true);
  });

  test('cannot be written', () => {
    for (const [flow, members] of MEMBERS)
      for (const member of members) expect(() => of(flow, `context.${member} = 1`, { context })).toThrow(/TypeError/);
  });

  test('the nonce’s data is this run’s own map, at any depth', () => {
    const read =
      '(context.presentedNonce.data.put("x", 1), [context.presentedNonce.getData().x, context.presentedNonce.data.a.get("b").get(0)])';
    expect(of('oauth-token-authorization-code', read)).toEqual([1, 1]);
  });

  test('account attributes are never null', () => {
    const { accountAttributes: _a, ...without } = FULL;
    expect(of('openid-userinfo', '[context.accountAttributes, context.accountAttributes.isEmpty()]', { context: without })).toEqual([
      {},
      true,
    ]);
  });
});

describe('Issuers of every kind (contract section 5)', () => {
  const flow = 'oauth-token-authorization-code';

  test.each(ISSUERS)('%s is a member as any other, and null where the flow has none', (name) => {
    expect(of(flow, `[context.${name} === context.${getter(name)}, context.${name} !== null]`)).toEqual([true, true]);
    expect(of(flow, `context.${name}`, { context: { ...FULL, issuers: { access: null, jwt: null } } })).toBeNull();
  });

  test('opaque ones record an effect of their kind; only nonces go without a delegation', () => {
    const source = `function result(context) { var d = context.delegation; return { v: [context.refreshTokenIssuer.issue({ a: 1 }, d),
      context.authorizationCodeIssuer.issue({ a: 2 }), context.deviceCodeNonceIssuer.issue({ a: 3 }, d), context.getNonceTokenIssuer('default').issue({ a: 4 })] }; }`;
    const outcome = realm.run(source, { context: FULL, flow });
    expect(outcome.response).toBe('{"v":["refresh_token-0","authorization_code-0","device_code-0","nonce-0"]}');
    expect(outcome.effects).toEqual([
      { kind: 'refresh-token', payload: 'refresh\ndelegation-given\n0\n{"a":1}' },
      { kind: 'nonce', payload: 'code\n\n0\n{"a":2}' },
      { kind: 'nonce', payload: 'device\ndelegation-given\n0\n{"a":3}' },
      { kind: 'nonce', payload: 'default\n\n0\n{"a":4}' },
    ]);
  });

  test('named nonce issuers: null for another name and from a disabled one; also where there are none', () => {
    expect(of(flow, '[context.getNonceTokenIssuer("none"), context.getNonceTokenIssuer("retired").issue({})]')).toEqual([null, null]);
    expect(of(flow, 'context.getNonceTokenIssuer("x")', { context: { ...FULL, issuers: { access: null, jwt: null } } })).toBeNull();
  });

  test.each([
    ['sha-256', 'sha256'],
    ['sha-512', 'sha512'],
  ] as const)('hashes of an id token are half of %s (OpenID Connect Core section 3.1.3.6)', (hash, algorithm) => {
    const idToken = issuer('id', { kind: 'jwt', hash });
    const context = { ...FULL, issuers: { access: null, jwt: null, idToken } };
    const half = (text: string) => {
      const digest = createHash(algorithm).update(text).digest();
      return digest.subarray(0, digest.length / 2).toString('base64url');
    };
    const read = '[context.idTokenIssuer.atHash("the token"), context.idTokenIssuer.cHash("ä"), context.idTokenIssuer.sHash(null)]';
    expect(of(flow, read, { context })).toEqual([half('the token'), half('ä'), null]);
    expect(() => of(flow, 'context.idTokenIssuer.atHash({})', { context })).toThrow('idTokenIssuer.atHash: expected text');
  });

  test('SHA-512 is the one of FIPS 180-4 for every length around its blocks', () => {
    const sha512 = sha512Digest();
    for (const length of [0, 1, 111, 112, 119, 120, 127, 128, 239, 240, 1000]) {
      const bytes = Buffer.alloc(length, length);
      expect(Buffer.from(sha512([...bytes]))).toEqual(createHash('sha512').update(bytes).digest());
    }
  });
});

describe('delegationIssuer.getById', () => {
  const flow = 'oauth-token-refresh';
  const stored = JSON.stringify({ ...delegation, id: 'stored', owner: 'bob' });

  test('asks the host; what it gives can be issued under and cannot be written', () => {
    const source = `function result(context) { var d = context.delegationIssuer.getById('stored'); context.accessTokenIssuer.issue({}, d);
      try { d.owner = 'x'; } catch (e) { return { owner: d.owner, refused: e instanceof TypeError }; } }`;
    const outcome = realm.run(source, { context: FULL, flow, answer: () => stored });
    expect([outcome.response, outcome.calls]).toEqual(['{"owner":"bob","refused":true}', ['delegation:stored']]);
    expect(outcome.effects[0]?.payload).toBe('default\nstored\n0\n{}');
  });

  test('is null for none; where no host answers, its refusal is thrown', () => {
    expect(of(flow, 'context.delegationIssuer.getById("d")', { answer: () => 'null' })).toBeNull();
    const answer = () => {
      throw new Error(`not available in flow ${flow}`);
    };
    expect(() => of(flow, 'context.delegationIssuer.getById("d")', { answer })).toThrow(`not available in flow ${flow}`);
    for (const id of ['null', '5', '""', '"a\\nb"', '"x".repeat(300)'])
      expect(() => of(flow, `context.delegationIssuer.getById(${id})`)).toThrow('expected the id of a delegation');
  });
});

describe('The token exchange of RFC 8693', () => {
  test('a presented token is its map of claims and has it as data, unless a claim is so named', () => {
    for (const dressed of [true, false]) {
      const read = `(function (t) { t.extra = 1; return [t.data === t, t.getData() === t, Object.keys(t), JSON.stringify(t), context.presentedSubjectToken.extra]; })(context.presentedSubjectToken)`;
      expect(of(EXCHANGE, read, { dressed })).toEqual([
        ...[true, true, ['sub', 'scope', 'nested', 'extra'], '{"sub":"alice","scope":"read","nested":{"list":[1]},"extra":1}', 1],
      ]);
    }
    const exchange = { ...FULL.exchange!, subjectToken: { data: 'a claim' } };
    expect(of(EXCHANGE, 'context.presentedSubjectToken.data', { context: { ...FULL, exchange } })).toBe('a claim');
    expect(of(EXCHANGE, 'context.presentedSubjectToken.get("nested").get("list").get(0)')).toBe(1);
    expect(of(EXCHANGE, '[context.getPresentedActorToken(null).get("sub"), context.getPresentedActorToken("any").data.sub]')).toEqual([
      ...['agent', 'agent'],
    ]);
  });

  test('a token of another service is null', () => {
    const exchange = { ...FULL.exchange!, subjectToken: null, subjectTokenDelegation: null, actorToken: null };
    const read = '[context.presentedSubjectToken, context.presentedSubjectTokenDelegation, context.getPresentedActorToken(null)]';
    expect(of(EXCHANGE, read, { context: { ...FULL, exchange } })).toEqual([null, null, null]);
  });

  test('the first phase has no issuers and no default data', () => {
    const names = [...ISSUERS, 'accessTokenIssuer', 'delegationIssuer', 'defaultAccessTokenJwtIssuer', 'defaultAccessTokenData'];
    expect(of(EXCHANGE, `[${names.map((name) => `context.${name}, context.${getter(name)}`).join(', ')}]`)).toEqual(
      names.flatMap(() => [null, null]),
    );
  });

  const second = JSON.stringify({
    ...{ scopeNames: ['read'], delegation: null, subjectAttributes: { subject: 'bob' }, contextAttributes: {}, issuers: FULL.issuers },
    defaults: { accessToken: { sub: 'bob', _clientId: 'app' } },
  });
  const asked = (args: string) => {
    const outcome = realm.run(`function result(context) { context.getInitializedContext(${args}); return {}; }`, {
      ...{ context: FULL, flow: EXCHANGE, answer: () => second },
    });
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return JSON.parse(outcome.calls[0]?.replace('initialize:', '') ?? '') as unknown;
  };
  const nothing = { subjectAttributes: null, contextAttributes: null, audiences: null, scopes: null };

  test.each([
    ['', nothing],
    ['null, undefined, null', nothing],
    [
      '"bob", { acr: 1 }, "one", "a b"',
      { subjectAttributes: { subject: 'bob' }, contextAttributes: { acr: 1 }, audiences: ['one'], scopes: ['a', 'b'] },
    ],
    [
      'new Map([["subject", "bob"]]), null, ["x", "y"], new Set(["a"])',
      { ...nothing, subjectAttributes: { subject: 'bob' }, audiences: ['x', 'y'], scopes: ['a'] },
    ],
    [
      'context.subjectAttributes(), null, context.requestedAudiences, context.requestedScopes',
      { ...nothing, subjectAttributes: { subject: 'server-client' }, audiences: ['a', 'b'], scopes: ['read'] },
    ],
    [
      'new (Java.type("java.lang.String"))("bob"), null, new (Java.type("java.lang.String"))("one"), [new (Java.type("java.lang.String"))("a")]',
      { ...nothing, subjectAttributes: { subject: 'bob' }, audiences: ['one'], scopes: ['a'] },
    ],
    ['null, null, [], ""', { ...nothing, audiences: [], scopes: [] }],
    ['null, null, Java.type("java.util.HashSet")(["h"]), null', { ...nothing, audiences: ['h'] }],
  ])('getInitializedContext(%s) tells the host what was decided', (args, expected) => {
    expect(asked(args)).toEqual(expected);
  });

  test.each([
    ['5', 'subjectAttributes must be a map'],
    ['null, "acr"', 'contextAttributes must be a map'],
    ['null, null, [5]', 'audiences must be text or a collection of texts'],
    ['null, null, null, [""]', 'scopes must be text or a collection of texts'],
  ])('getInitializedContext(%s) is refused before the host is asked', (args, message) => {
    expect(() => asked(args)).toThrow(message);
  });

  test('the second phase is a full context over the same presented tokens', () => {
    const read = `(function (full) { context.presentedSubjectToken.seen = 1; return [full.defaultAccessTokenData, full.getAccessTokenIssuer() !== null,
      full.subjectAttributes().get('subject'), full.presentedSubjectToken.seen, full.scopeNames, full.client.id, full.getPresentedActorToken(null).sub,
      full.subjectTokenType, full.delegation]; })(context.getInitializedContext())`;
    expect(of(EXCHANGE, read, { answer: () => second })).toEqual([
      ...[{ sub: 'bob', _clientId: 'app' }, true, 'bob', 1, ['read'], 'gateway_client', 'agent', 'urn:st', null],
    ]);
    expect(() => of(EXCHANGE, 'context.getInitializedContext().getInitializedContext()', { answer: () => second })).toThrow(
      `getInitializedContext is not available in flow ${EXCHANGE}`,
    );
  });
});
