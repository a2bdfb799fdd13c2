import { describe, expect, test } from '@jest/globals';
import { introspectionContext, TOKEN_DATA } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();
const run = (body: string, dressed = true) =>
  realm.run(`function result(context) { ${body} }`, {
    context: introspectionContext(),
    dressed,
    answer: (kind, args) => `${kind}(${args.split('\n')[0] ?? ''})`,
  });

describe('An issuer that signs', () => {
  test('asks the host with the presented data byte by byte, dressed or not: the host foretells that text', () => {
    for (const dressed of [true, false]) {
      const outcome = run(
        'return { t: context.getDefaultAccessTokenJwtIssuer().issue(context.presentedToken.data, context.delegation) };',
        dressed,
      );
      expect(outcome.calls).toEqual([`issue:jwt\ndelegation-given\n${TOKEN_DATA}`]);
      expect(outcome.response).toBe('{"t":"issue(jwt)"}');
      expect(outcome.effects).toEqual([]);
    }
  });

  test('of any kind that is not opaque is asked by its id', () => {
    expect(run('return { t: context.getAccessTokenIssuer("partner").issue({ a: 1 }, null) };').calls).toEqual(['issue:partner\n\n{"a":1}']);
  });
});

describe('An opaque issuer', () => {
  test('gives a minted value and records an effect', () => {
    const outcome = run(
      'return { a: context.accessTokenIssuer.issue({ sub: "s" }, context.delegation), b: context.accessTokenIssuer.issue({ sub: "t" }, context.delegation) };',
    );
    expect(outcome.response).toBe('{"a":"access_token-0","b":"access_token-1"}');
    expect(outcome.effects).toEqual([
      { kind: 'token', payload: 'default\ndelegation-given\n0\n{"sub":"s"}' },
      { kind: 'token', payload: 'default\ndelegation-given\n1\n{"sub":"t"}' },
    ]);
  });

  test('copies the data at the call', () => {
    const outcome = run(
      'var d = { sub: "s", aud: ["a"] }; context.accessTokenIssuer.issue(d, context.delegation); d.sub = "x"; d.aud.push("b"); return {};',
    );
    expect(outcome.effects[0]?.payload).toBe('default\ndelegation-given\n0\n{"sub":"s","aud":["a"]}');
  });
});

describe('Data', () => {
  const dataOf = (data: string) => {
    const outcome = run(`context.accessTokenIssuer.issue(${data}, context.delegation); return {};`);
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return outcome.effects[0]?.payload.split('\n')[3];
  };

  test.each([
    ['({ _secret: 1, sub: "s", _x: 2 })', '{"sub":"s"}'],
    ['new Map([["sub", "s"], ["_x", 1]])', '{"sub":"s"}'],
    ['(function () { var m = new (Java.type("java.util.HashMap"))(); m.put("sub", "s"); m.put("_c", 1); return m; })()', '{"sub":"s"}'],
    [
      '({ sub: "s", gone: undefined, aud: new (Java.type("java.util.ArrayList"))(["a"]), set: new Set([1]), map: new Map([["k", 1]]), empty: {} })',
      '{"sub":"s","aud":["a"],"set":[1],"map":{"k":1},"empty":{}}',
    ],
    ['context.getDefaultAccessTokenData()', '{"sub":"server-client","aud":["a","b"],"scope":"read"}'],
    [
      'Object.assign(context.getDefaultAccessTokenData(), { text: new (Java.type("java.lang.String"))("x") })',
      '{"sub":"server-client","aud":["a","b"],"scope":"read","text":"x"}',
    ],
    ['({ at: new Date(0) })', '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('%s is issued as %s', (data, expected) => {
    expect(dataOf(data)).toBe(expected);
  });

  test.each([
    ['null', /the data must be an object or a map/],
    ['undefined', /the data must be an object or a map/],
    ['"text"', /the data must be an object or a map/],
    ['[1]', /the data must be an object or a map/],
    ['({ f: function () {} })', /accessTokenIssuer.issue: f is a function; did you forget to call it/],
    ['({ a: { b: [Symbol()] } })', /a\.b\[0\] is a symbol/],
    ['({ exp: NaN })', /exp is NaN/],
    ['({ toJSON: function () { return 1; } })', /toJSON is a function/],
    ['(function () { var c = {}; c.c = { d: c }; return c; })()', /c\.d contains itself/],
    ['(function () { var deep = {}, at = deep; for (var i = 0; i < 200; i++) at = at.a = {}; return deep; })()', /nested too deeply/],
    ['Object.create({ toJSON: function () { return "text"; } })', /the data must be an object, but its toJSON gives something else/],
    ['Object.create({ toJSON: function () {} })', /the data must be an object, but its toJSON gives something else/],
    [
      '({ a: { toJSON: function () { var deep = []; for (var i = 0; i < 3500; i++) deep = [deep]; return deep; } } })',
      /the data is nested too deeply/,
    ],
    ['({ get a() { throw new Error("mine"); } })', /mine/],
  ])('%s is refused', (data, message) => {
    expect(() => dataOf(data)).toThrow(message);
    expect(run(`context.accessTokenIssuer.issue(${data}, context.delegation); return {};`).effects).toEqual([]);
  });
});

describe('Delegations', () => {
  test('only those of the context or of this run are accepted: a look-alike throws', () => {
    const looks = [
      '({ id: "delegation-given" })',
      '"delegation-given"',
      'Object.create(context.delegation)',
      'Object.create(Object.getPrototypeOf(context.delegation), { id: { value: "delegation-given" } })',
      'context.client',
      'context',
      '({ ...context.delegation })',
      'JSON.parse(JSON.stringify(context.delegation))',
      'true',
    ];
    for (const look of looks) {
      const outcome = run(`context.accessTokenIssuer.issue({ sub: "s" }, ${look}); return {};`);
      expect(outcome.error).toMatch(
        /TypeError: accessTokenIssuer.issue: the delegation must be the context's or one that delegationIssuer.issue gave/,
      );
      expect(outcome.effects).toEqual([]);
    }
  });

  test('one that delegationIssuer.issue gives has a minted id and serves at once', () => {
    const outcome = run(`var d = context.delegationIssuer.issue(context.getDefaultDelegationData());
      return { id: d.id, clientId: d.getClientId(), owner: d.owner, scope: d.scope, claims: d.claims, token: context.accessTokenIssuer.issue({ a: 1 }, d) };`);
    expect(outcome.response).toBe(
      '{"id":"delegation-0","clientId":"gateway_client","owner":"server-client","scope":"read","claims":{},"token":"access_token-0"}',
    );
    expect(outcome.effects).toEqual([
      { kind: 'delegation', payload: '0\n{"owner":"server-client","scope":"read"}' },
      { kind: 'token', payload: 'default\ndelegation-0\n0\n{"a":1}' },
    ]);
  });

  test('of another run are refused', () => {
    const twice = realm.prepare(
      'var kept = null; function result(context) { kept = kept || context.delegation; return { t: context.accessTokenIssuer.issue({ a: 1 }, kept) }; }',
    );
    expect(twice({ context: introspectionContext() }).response).toBe('{"t":"access_token-0"}');
    const second = twice({ context: introspectionContext() });
    expect(second.error).toMatch(/the delegation must be the context's/);
    expect(second.effects).toEqual([]);
  });

  test('are revoked by delegation or id, as an effect', () => {
    const outcome = run(
      'context.delegationIssuer.revoke(context.delegation); context.getDelegationIssuer().revoke("other-id"); return {};',
    );
    expect(outcome.effects).toEqual([
      { kind: 'revoke-delegation', payload: 'delegation-given' },
      { kind: 'revoke-delegation', payload: 'other-id' },
    ]);
    for (const bad of ['null', '""', '"a\\nb"', '({ id: "x" })', '5'])
      expect(run(`context.delegationIssuer.revoke(${bad}); return {};`).error).toMatch(/TypeError/);
  });

  test('the argument of getDefaultAccessTokenData is checked like one', () => {
    expect(run('return context.getDefaultAccessTokenData(context.delegation);').response).toContain('server-client');
    expect(run('return context.getDefaultAccessTokenData({ id: "x" });').error).toMatch(/TypeError/);
  });
});

describe('A disabled issuer', () => {
  test('answers null and does nothing', () => {
    const outcome = run('return { value: [context.getAccessTokenIssuer("retired").issue({ a: 1 }, context.delegation)] };');
    expect([outcome.response, outcome.calls, outcome.effects]).toEqual(['{"value":[null]}', [], []]);
  });
});
