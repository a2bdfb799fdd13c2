import { describe, expect, test } from '@jest/globals';
import { PreludeRealm, type RealmOutcome } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();

/** Runs a body with given answers by kind of call; `calls` are what it asked. */
function run(body: string, answers: Readonly<Record<string, string | (() => string)>> = {}): RealmOutcome {
  return realm.run(`function result(context) { ${body} }`, {
    answer: (kind) => {
      const answer = answers[kind];
      if (answer === undefined) throw new Error(`no answer for ${kind}`);
      return typeof answer === 'string' ? answer : answer();
    },
  });
}
const value = (outcome: RealmOutcome): unknown => {
  if (outcome.response === undefined) throw new Error(outcome.error ?? outcome.rejection);
  return (JSON.parse(outcome.response) as { value?: unknown }).value;
};
const asked = (outcome: RealmOutcome, index = 0) => {
  const call = outcome.calls[index] ?? '';
  return JSON.parse(call.slice(call.indexOf(':') + 1)) as Record<string, unknown>;
};
const HTTP = { http: '{"statusCode":200,"headers":{"content-type":"text/plain"},"body":"hello"}' };

describe('context.getWebServiceClient(id, uri) (PROCEDURE_API 7)', () => {
  test('gives the answer as a map, by property and by get', () => {
    const outcome = run(
      `var r = context.getWebServiceClient('partner', 'https://api.example').get({ path: '/users' });
       return { value: [r.statusCode, r.get('body'), r.headers['content-type'], r.headers.get('content-type'), r.get('none'), Object.keys(r)] };`,
      HTTP,
    );
    expect(value(outcome)).toEqual([200, 'hello', 'text/plain', 'text/plain', null, ['statusCode', 'headers', 'body']]);
    expect(asked(outcome)).toEqual({
      ...{
        client: 'partner',
        uri: 'https://api.example',
        method: 'GET',
        path: '/users',
        query: {},
        headers: {},
        body: null,
        timeout: null,
      },
    });
  });

  test.each([
    [
      'an object',
      `{ method: 'put', path: '/a', query: { q: [1, 'b'], none: null }, headers: { 'X-A': 1 }, body: { a: [true] }, timeout: 100 }`,
    ],
    [
      'a Java map',
      `(function () { var m = new (Java.type('java.util.HashMap'))(); m.put('method', 'put'); m.put('path', '/a');
        m.put('query', { q: [1, 'b'] }); m.put('headers', { 'X-A': '1' }); m.put('body', { a: [true] }); m.put('timeout', 100); return m; })()`,
    ],
    [
      'a native map',
      `new Map([['method', 'put'], ['path', '/a'], ['query', new Map([['q', [1, 'b']]])], ['headers', { 'x-a': 1 }], ['body', new Map([['a', [true]]])], ['timeout', 100]])`,
    ],
  ])('takes the options of a request from %s', (_what, options) => {
    const outcome = run(`context.getWebServiceClient().request(${options}); return {};`, HTTP);
    expect(outcome.error).toBeUndefined();
    expect(asked(outcome)).toEqual({
      ...{ client: null, uri: null, method: 'PUT', path: '/a', query: { q: ['1', 'b'] } },
      ...{ headers: { 'x-a': '1', 'content-type': 'application/json' }, body: '{"a":[true]}', timeout: 100 },
    });
  });

  test.each([
    [`{ body: 'a=1' }`, 'a=1', undefined],
    [`{ body: ['ü', { __proto__: null, b: 1 }] }`, '["ü",{"b":1}]', 'application/json'],
    [
      `{ body: { a: 'x y&ü', b: [1, 2], c: null }, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }`,
      'a=x+y%26%C3%BC&b=1&b=2',
      'application/x-www-form-urlencoded',
    ],
    [`{ body: { _own: 1 }, headers: { 'content-type': 'application/vnd.x+json' } }`, '{"_own":1}', 'application/vnd.x+json'],
  ])('writes a body as text, JSON or form: %s', (options, body, type) => {
    const { headers, ...rest } = asked(run(`context.getWebServiceClient().post(${options}); return {};`, HTTP));
    expect(rest).toMatchObject({ method: 'POST', body });
    expect((headers as Record<string, string>)['content-type']).toBe(type);
  });

  test.each([
    [`{ pth: '/a' }`, /"pth" is no option of a request; there are method, path/],
    [`{ headers: 'X: y' }`, /headers: expected an object/],
    [`{ headers: { a: {} } }`, /headers: a: expected text/],
    [`{ query: { a: [{}] } }`, /query: a: expected text/],
    [`{ timeout: '5' }`, /timeout: expected a number/],
    [`{ body: function () {} }`, /is a function/],
    [`[1]`, /expected an object or a map/],
  ])('says what is wrong with options: %s', (options, message) => {
    expect(run(`context.getWebServiceClient().get(${options}); return {};`, HTTP).error).toMatch(message);
  });

  test('a failed call is an error that can be caught, with a code', () => {
    const failing = () => {
      throw Object.assign(new Error('no answer in time'), { code: 'timeout' });
    };
    const outcome = run(`try { context.getWebServiceClient().get({}); return {}; } catch (e) { return { value: [e.code, e.message] }; }`, {
      http: failing,
    });
    expect(value(outcome)).toEqual(['timeout', 'no answer in time']);
  });
});

describe('jwt.verify', () => {
  test('gives the payload as a map, and asks with plain values', () => {
    const outcome = run(
      `var p = jwt.verify('a.b.c', { keySet: new Map([['keys', [{ kty: 'EC' }]]]), audience: 'me', algorithms: ['ES256'], clockTolerance: 5, typ: 'JWT', issuer: 'https://i' });
       return { value: [p.sub, p.get('sub'), p.containsKey('x')] };`,
      { 'verify-jwt': '{"sub":"alice"}' },
    );
    expect(value(outcome)).toEqual(['alice', 'alice', false]);
    expect(asked(outcome)).toEqual({
      ...{ token: 'a.b.c', keySet: { keys: [{ kty: 'EC' }] }, audience: ['me'], algorithms: ['ES256'] },
      ...{ clockTolerance: 5, typ: 'JWT', issuer: 'https://i' },
    });
  });

  test.each(['{ kty: "EC" }', '[{ kty: "EC" }]', `'{"keys":[{"kty":"EC"}]}'`])('takes a key set as %s', (keySet) => {
    const outcome = run(`jwt.verify('a.b.c', { keySet: ${keySet} }); return {};`, { 'verify-jwt': '{}' });
    expect(asked(outcome)['keySet']).toEqual({ keys: [{ kty: 'EC' }] });
  });

  test.each([
    [`{ jwksUri: 'https://x', audiance: 'me' }`, /"audiance" is no option/],
    [`{ jwksUri: 'https://x', audience: undefined }`, /audience has no value/],
    [`{ jwksUri: 'https://x', audience: [] }`, /audience is empty/],
    [`{ issuer: null }`, /issuer has no value/],
    [`{ audience: 'me' }`, /one of jwksUri, issuer and keySet/],
    [`{ jwksUri: 'https://x', keySet: {} }`, /exclude each other/],
    [`{ jwksUri: 'https://x', clockTolerance: 1e9 }`, /0 to 600 seconds/],
    [`undefined`, /expected options/],
  ])('takes no check for made that is not: %s', (options, message) => {
    const outcome = run(`jwt.verify('a.b.c', ${options}); return {};`, { 'verify-jwt': '{}' });
    expect(outcome.error).toMatch(message);
    expect(outcome.calls).toEqual([]);
  });
});

describe('cache', () => {
  test.each(['1', 'null', '"text"', '{ a: [1, { b: null }] }', '[1, 2]', 'false'])('keeps any JSON: %s', (given) => {
    const set = run(`cache.set('key', ${given}, 60); return {};`, { 'cache-set': 'null' });
    const text = set.calls[0]?.slice('cache-set:["key",60]\n'.length) ?? '';
    const outcome = run(`var v = cache.get('key'); return { value: [v] };`, { 'cache-get': text });
    expect(value(outcome)).toEqual([(0, eval)(`(${given})`)]);
  });

  test('gives maps of the usual shape, and null for what is not there', () => {
    expect(value(run(`return { value: [cache.get('k').get('a'), cache.get('k').size()] };`, { 'cache-get': '{"kept":{"a":1}}' }))).toEqual([
      1, 1,
    ]);
    expect(value(run(`return { value: [cache.get('k')] };`, { 'cache-get': 'null' }))).toEqual([null]);
  });

  test.each([
    "cache.get('')",
    'cache.get(1)',
    "cache.set('k', 1, 0)",
    "cache.set('k', 1, '5')",
    "cache.set('k', function () {}, 1)",
    "cache.set('x'.repeat(600), 1)",
  ])('%s is an error', (call) => {
    const outcome = run(`${call}; return {};`);
    expect(outcome.error).toMatch(/TypeError/);
    expect(outcome.calls).toEqual([]);
  });
});

describe('context.getBucket(id)', () => {
  test('reads what is stored, an empty map when nothing is', () => {
    expect(
      value(
        run(`var a = context.getBucket('b').getAttributes('alice', 'login'); return { value: [a.n, a.get('n')] };`, {
          'bucket-get': '{"n":1}',
        }),
      ),
    ).toEqual([1, 1]);
    const none = run(`var a = context.getBucket('b').getAttributes('alice\\n', 'login'); return { value: a.isEmpty() };`, {
      'bucket-get': 'null',
    });
    expect(value(none)).toBe(true);
    expect(asked(none)).toEqual(['b', 'alice\n', 'login']);
  });

  test('shows a run what it has written itself, without asking', () => {
    const outcome = run(
      `var b = context.getBucket('b'), given = { n: 1 }, seen = [];
       seen.push(b.storeAttributes('s', 'p', given).n); given.n = 2;
       seen.push(b.getAttributes('s', 'p').n); b.getAttributes('s', 'p').put('n', 3); seen.push(context.getBucket('b').getAttributes('s', 'p').n);
       seen.push(b.clearBucket('s', 'p')); seen.push(b.getAttributes('s', 'p').size()); seen.push(b.clearBucket('s', 'p'));
       return { value: seen };`,
    );
    expect(value(outcome)).toEqual([1, 1, 1, true, 0, false]);
    expect(outcome.calls).toEqual([]);
    expect(outcome.effects).toEqual([
      { kind: 'bucket-store', payload: '["b","s","p"]\n{"n":1}' },
      { kind: 'bucket-clear', payload: '["b","s","p"]' },
    ]);
  });

  test('nothing that one run wrote is seen by the next', () => {
    run(`context.getBucket('b').storeAttributes('s', 'p', { n: 1 }); return {};`);
    expect(value(run(`return { value: context.getBucket('b').getAttributes('s', 'p').size() };`, { 'bucket-get': 'null' }))).toBe(0);
  });

  test.each([
    "getAttributes(null, 'p')",
    "getAttributes('s', '')",
    "storeAttributes('s', 'p', 'text')",
    "storeAttributes('s', 'p', null)",
    "clearBucket('s')",
  ])('%s is an error', (call) => {
    expect(run(`context.getBucket('b').${call}; return {};`).error).toMatch(/TypeError/);
  });
});

test('secrets.get gives the text, and is available in every flow', () => {
  expect(value(run(`return { value: secrets.get('api').length };`, { secret: 'hush' }))).toBe(4);
  const outcome = realm.run(`function result(context) { return { value: secrets.get('api') + context.getBucket('b').id }; }`, {
    ...{
      flow: 'oauth-revoke',
      context: { revocation: { tokenTypeHint: null, clientId: null, purpose: null, subject: null, delegationId: null } },
    },
    answer: () => 'hush',
  });
  expect(value(outcome)).toBe('hushb');
});
