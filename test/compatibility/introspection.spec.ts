import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { put } from '#libs/oauth';
import { claimsOf, gatewayOf } from '../../libs/oauth/src/testing/service-builder.ts';
import { ScriptedService } from './scripted-service.ts';

jest.setTimeout(30_000);

let service: ScriptedService;
let token: string;
beforeAll(async () => {
  const properties = { beta: 'true', 'claim.x': '1', region: 'north' };
  service = await ScriptedService.open([put('client', gatewayOf('gateway', {}, { properties }))]);
  token = await service.token();
});
afterAll(() => service.close());

/** Binds a script to introspection as JSON and asks about a token with it. */
async function answered(script: string, form: Readonly<Record<string, string>> = {}, asked = token) {
  await service.bind(script, 'oauth-introspect');
  return service.introspect(asked, form, { 'x-tenant': 'blue' });
}

async function claimsBy(script: string, form: Readonly<Record<string, string>> = {}) {
  const { status, json, faults } = await answered(script, form);
  expect([status, faults]).toEqual([200, []]);
  return json;
}

const DATA = {
  ...{ sub: 'app', scope: 'read write', purpose: 'access_token', iss: 'https://as.example/~' },
  ...{ iat: expect.any(Number), nbf: expect.any(Number), exp: expect.any(Number), delegationId: expect.any(String) },
};

describe('Token data as an object', () => {
  test('for...in copies it whole, and the phantom token beside it is of the same data', async () => {
    const { phantom_token: phantom, ...rest } = await claimsBy('phantom-token-for-in');
    expect(rest).toMatchObject({ ...DATA, active: true, token_type: 'bearer', client_id: 'app' });
    expect(claimsOf(String(phantom))).toMatchObject({ sub: 'app', iss: DATA.iss, scope: DATA.scope, client_id: 'app' });
  });

  test('appendObjectTo copies it whole', async () => {
    expect(await claimsBy('append-object')).toMatchObject({ ...DATA, active: true, token_type: 'bearer', expired_scope: [] });
  });

  test('JSON, Object.keys, `in` and hasOwnProperty show data and no helper', async () => {
    expect(await claimsBy('json-of-maps')).toMatchObject({ same: true, helpers: false, hasOwn: true, inside: true });
  });
});

describe('Token data as a Java map', () => {
  test('get, put, remove, containsKey, getOrDefault, size', async () => {
    expect(await claimsBy('map-methods')).toEqual({
      ...{ active: true, subject: 'app', missing: true, undefinedProperty: true, fallback: 'else' },
      ...{ first: true, removed: 'blue', same: true, empty: false },
    });
  });

  test('entrySet with an iterator gives every entry', async () => {
    expect(await claimsBy('entry-set-iterator')).toMatchObject({ ...DATA, active: true });
  });

  test('keySet with an iterator gives every name', async () => {
    const { names, claimNames } = await claimsBy('key-set-iterator');
    expect(String(names).split(' ')).toEqual(expect.arrayContaining(['exp', 'iss', 'scope', 'sub']));
    expect(claimNames).toBe(String(names).split(' ').length);
  });

  test('forEach passes the key first', async () => {
    const { delegationId, count, ...rest } = await claimsBy('for-each-key-first');
    expect(delegationId).toBeUndefined();
    expect(rest).toMatchObject({ sub: 'app', active: true });
    expect(count).toBe(Object.keys(rest).length);
  });
});

describe('Collections', () => {
  test('for...in over a set, an index and forEach see the same', async () => {
    expect(await claimsBy('for-in-lists')).toEqual({
      ...{ active: true, byIndex: ['read', 'write'], byLength: ['read', 'write'], visited: ['read', 'write'] },
      scope: 'read write',
    });
  });

  test('hasNext and next, contains, and a copy that leaves the context alone', async () => {
    expect(await claimsBy('set-to-array')).toEqual({
      ...{ active: true, scopes: ['read', 'write', 'added'], iterated: ['read', 'write'], untouched: 2 },
      ...{ has: true, hasNot: false, claims: ['introspection'] },
    });
  });

  test('java.util.HashMap is a response, nested ones too, and its null members are dropped', async () => {
    const { claims, ...rest } = await claimsBy('hash-map-response');
    expect(rest).toEqual({ active: true, sub: 'app' });
    expect(claims).toMatchObject({ scope: 'read write' });
    expect(claims).not.toHaveProperty('sub');
  });

  test('java.util.ArrayList is a list and an array', async () => {
    expect(await claimsBy('array-list')).toEqual({
      ...{ active: true, list: ['a', 'b', 'c'], copy: ['b', 'c'], first: 'a', size: 3, at: 1, joined: 'a-b-c', has: true },
      mapped: ['A', 'B', 'C'],
    });
  });

  test('java.util.HashSet holds each member once', async () => {
    expect(await claimsBy('hash-set')).toEqual({
      ...{ active: true, wasNew: true, wasOld: false, members: ['write', 'extra', 'more'], size: 3, has: true },
    });
  });

  test('a list takes the indexes that for...in gives, which are text', async () => {
    expect(await claimsBy('list-index-from-for-in', { tenant: 'red' })).toEqual({
      ...{ active: true, copy: ['a', 'b', 'c'], asked: ['red'] },
      outside: 'index 3 is outside a list of 3/index first is outside a list of 3',
    });
  });

  test('instanceof tells maps, lists and sets of Java from objects and arrays', async () => {
    expect(await claimsBy('instanceof-java')).toEqual({
      ...{ active: true, kinds: ['map', 'list', 'set', 'array', 'object', 'string'], data: 'map', scopes: 'set', size: true },
    });
  });

  test('capacities, keys that are numbers, names of classes and digests in variables, arrays as bytes', async () => {
    expect(await claimsBy('java-written-loosely')).toEqual({
      ...{ active: true, level: 'high', none: false, other: 'else', left: 'low1', bytes: 'aGk', length: 32, list: true },
    });
  });

  test('values, entrySet().forEach, putIfAbsent, containsValue', async () => {
    const { delegationId, ...rest } = await claimsBy('map-values');
    expect(delegationId).toBeUndefined();
    expect(rest).toMatchObject({ sub: 'app', active: true, texts: true, values: true, absent: true, has: true });
  });

  test('Java.from, Java.to, retainAll, removeAll, containsAll, toArray', async () => {
    expect(await claimsBy('java-from-to')).toEqual({
      ...{ active: true, held: ['read'], others: ['write'], array: ['read', 'plain'], all: true, untouched: 2 },
    });
  });

  test('java.lang.String and java.util.Base64', async () => {
    expect(await claimsBy('java-strings')).toEqual({
      ...{ active: true, encoded: 'aMOpbGxv', back: true, loose: true, kid: 'k1', empty: true, contains: true, equals: true },
      joined: 'a b',
    });
  });
});

describe('The language as people wrote it', () => {
  test('globals as caches work, and are filled anew in each run', async () => {
    const first = await claimsBy('global-cache');
    expect(first).toEqual({ active: true, aud: 'api', runs: 1, same: true, age: 0 });
    expect((await service.introspect(token)).json).toEqual(first);
  });

  test('names that nobody declared are shared by the functions of a run and leak into no other', async () => {
    expect(await claimsBy('implicit-globals')).toMatchObject({ ...DATA, active: true });
    const { json } = await service.introspect(token);
    expect(json).not.toHaveProperty('leaked');
    expect(json['count']).toBe(Object.keys(json).length - 2);
  });

  test('names of the service and of other engines may be assigned without declaration', async () => {
    for (const round of [1, 2])
      expect([round, await claimsBy('names-of-the-service-reassigned')]).toEqual([
        round,
        { active: true, parts: 3, pepper: 'own', printed: '<gateway>', unit: 'north', hash: 'abc' },
      ]);
  });

  test('var and functions are hoisted', async () => {
    expect(await claimsBy('var-hoisting')).toEqual({ active: true, early: 'hoisted', inside: 1, i: 12, closed: 3, again: 'done' });
  });

  test('nested claims are maps and lists at any depth', async () => {
    await service.bind('token-from-java-map', 'oauth-token-client-credentials');
    const rich = await service.token();
    const { status, json } = await answered('nested-maps', {}, rich);
    expect([status, json]).toEqual([200, { active: true, city: 'Lund', geo: 55.7, roles: ['reader', 'writer'], last: { name: 'writer' } }]);
  });

  test('Date and the seconds functions agree', async () => {
    expect(await claimsBy('times')).toEqual({ active: true, left: true, text: true, since: true, byDate: 60, year: 24 });
  });

  test('tables of objects, switch, patterns, filter', async () => {
    expect(await claimsBy('policy-table')).toEqual({ sub: 'app', scope: 'read', kind: 'service', active: true });
  });
});

describe('Errors', () => {
  test('of helper functions reach the caller exactly, and what was caught before stays in the log', async () => {
    const refused = await answered('throwing-helpers', { tenant: 'red' });
    expect([refused.status, refused.json]).toEqual([400, { error: 'invalid_target', error_description: 'no tenant red' }]);
    expect(refused.log).toEqual([expect.stringMatching(/^warn not JSON: SyntaxError: .*/)]);
    const missing = await service.introspect(token);
    expect(missing.json).toEqual({ error: 'invalid_request', error_description: 'tenant is required' });
    expect((await service.introspect(token, { tenant: 'blue' })).json).toEqual({ active: true, tenant: 'blue' });
  });

  test('have getMessage(), as Java exceptions have', async () => {
    expect(await claimsBy('java-exceptions')).toEqual({
      ...{ active: true, own: 'own/own/false', engine: true, factory: 'from the factory/from the factory/false', issuer: true },
    });
  });

  test('can be caught, read and thrown again', async () => {
    expect(await claimsBy('catch-and-rethrow')).toEqual({
      active: true,
      steps: ['no match for app', true, 'Error: no match for app', 'finally', true],
    });
    const thrown = await service.introspect(token, { rethrow: 'yes' });
    expect([thrown.status, thrown.json]).toEqual([403, { error: 'access_denied', error_description: 'kept' }]);
  });
});

describe('The log', () => {
  test('fills SLF4J placeholders and keeps what is left over', async () => {
    const { log } = await answered('slf4j');
    expect(log).toEqual([
      'trace trace 1',
      'debug client gateway asks about app',
      'info scopes ["read","write"] and data {"a":[1,null]}',
      'warn escaped {} and filled left over',
      expect.stringMatching(/^error went wrong: why TypeError: the cause/),
      'info 2',
      'info nothing to fill null undefined',
      'info concatenated gateway',
      'debug enabled',
    ]);
  });
});

describe('Members of the context', () => {
  test('client properties are compared with the text true', async () => {
    expect(await claimsBy('client-properties')).toEqual({
      ...{ active: true, beta: true, gamma: false, byGet: true, contains: true, region: 'north', names: ['beta', 'claim.x', 'region'] },
    });
  });

  test('an inactive token is told by isActive()', async () => {
    expect((await answered('inactive-early', {}, 'unknown')).json).toEqual({ active: false });
    expect((await service.introspect(token)).json).toEqual({ active: true, sub: 'app' });
  });

  test('the delegation is readable and cannot be written', async () => {
    expect(await claimsBy('delegation-members')).toEqual({
      ...{
        active: true,
        same: true,
        id: true,
        client: 'app',
        owner: 'app',
        scopes: ['read', 'write'],
        claims: true,
        custom: 0,
        refused: 2,
      },
    });
  });

  test('the request shows headers and parameters, and no secret', async () => {
    expect(await claimsBy('request-members')).toEqual({
      ...{ active: true, header: 'blue', upper: 'blue', names: true, ip: '192.0.2.1', method: 'POST', missing: true, query: '1', empty: 0 },
    });
  });
});

describe('Patterns of gateways', () => {
  test('a split token: the signature apart from the head and the body', async () => {
    const { head_and_body: head, signature, hashed_signature: hash } = await claimsBy('split-token');
    expect(claimsOf(`${String(head)}.${String(signature)}`)).toMatchObject({ sub: 'app' });
    expect(hash).toBe(createHash('sha256').update(String(signature)).digest('base64url'));
  });

  test('a pairwise subject by java.security.MessageDigest', async () => {
    const { sub } = await claimsBy('pairwise-subject');
    expect(sub).toBe(createHash('sha256').update('gatewayappsome salt').digest('hex'));
  });

  test('a SHA-512 fingerprint, of signed bytes', async () => {
    const { fingerprint, ...rest } = await claimsBy('sha512-fingerprint');
    expect(rest).toEqual({ active: true, length: 64, signed: true });
    expect(fingerprint).toBe(createHash('sha512').update('app').digest('base64'));
  });

  test('the whole data issued again for one audience, as the bare JWT', async () => {
    await service.bind('reissue-for-audience', 'oauth-introspect-application-jwt');
    const { status, text, headers } = await service.introspect(token, {}, { accept: 'application/jwt' });
    expect([status, headers['content-type']]).toEqual([200, 'application/jwt']);
    expect(claimsOf(text)).toMatchObject({ sub: 'app', aud: 'https://orders.example', tier: 'gold', client_id: 'app' });
    expect((await service.introspect('unknown', {}, { accept: 'application/jwt' })).status).toBe(204);
  });
});
