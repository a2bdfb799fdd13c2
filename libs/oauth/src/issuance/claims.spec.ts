import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CeilingError,
  composeTokenData,
  jwtPayload,
  isNestedTooDeeply,
  keepsActors,
  tokenIdOfJti,
  type Ceilings,
  type OwnedClaims,
  type TokenData,
} from './claims.ts';

const payloadOf = (data: object, clientId: string, id: string) => jwtPayload(JSON.stringify(data), clientId, id).text;

const NOW = 1_800_000_000;
const TIMES = { iat: NOW, nbf: NOW, exp: NOW + 300 };
const OWNED: OwnedClaims = { iss: 'https://as.example/~', purpose: 'access_token', delegationId: 'd1' };

function ceilings(members: Partial<Ceilings> = {}): Ceilings {
  return {
    latestExpiry: NOW + 3600,
    expirySource: "the profile's maximumTokenLifetime",
    scopes: new Set(['read', 'write', 'short']),
    scopeExpiry: (scope) => (scope === 'short' ? NOW + 60 : undefined),
    audiences: null,
    subject: 'alice',
    ...members,
  };
}

const compose = (data: unknown, members: Partial<Ceilings> = {}, owned: Partial<OwnedClaims> = {}): TokenData =>
  composeTokenData(typeof data === 'string' ? data : JSON.stringify(data), ceilings(members), { ...OWNED, ...owned }, TIMES);

const passes = (data: unknown, members: Partial<Ceilings> = {}) => expect(() => compose(data, members));

describe('what a procedure leaves out is filled in (PROCEDURE_API 5)', () => {
  test('iss, iat, nbf, exp, purpose, sub and an empty scope', () => {
    expect(compose({})).toEqual({ ...OWNED, sub: 'alice', scope: '', ...TIMES });
  });

  test('null is the same as left out', () => {
    expect(compose({ sub: null, aud: null, scope: null, iat: null, nbf: null, exp: null, custom: null })).toEqual(compose({}));
  });

  test('claims of its own follow, as given', () => {
    const own = { tenant: 'acme', nested: { list: [1, 'two', null], _inner: 1 }, no: false, zero: 0, empty: '' };
    expect(compose(own)).toEqual({ ...compose({}), ...own });
  });
});

describe('the ceiling of expiry (PROCEDURE_API 9)', () => {
  test('is refused one second above, with a message that names its source', () => {
    expect(compose({ exp: NOW + 3600 }).exp).toBe(NOW + 3600);
    passes({ exp: NOW + 3601 }).toThrow(
      new CeilingError("exp is 1 seconds after the latest that the profile's maximumTokenLifetime allows"),
    );
    passes({ exp: 1e300 }).toThrow(CeilingError);
  });

  test('narrower is always allowed, and fractions are cut off', () => {
    expect(compose({ exp: NOW + 1.9 }).exp).toBe(NOW + 1);
    expect(compose({ exp: 0 }).exp).toBe(0);
  });

  test('a shorter-lived scope in the token ends it earlier, one that is not in it does not', () => {
    expect(compose({ scope: 'read short', exp: NOW + 300 }).exp).toBe(NOW + 60);
    expect(compose({ scope: 'read short', exp: NOW + 30 }).exp).toBe(NOW + 30);
    expect(compose({ scope: 'read write' }).exp).toBe(NOW + 300);
  });

  test.each(['tomorrow', '1800000001', -1, true, {}, []])('exp, iat and nbf must be numbers of seconds, not %j', (value) => {
    for (const name of ['exp', 'iat', 'nbf']) passes({ [name]: value }).toThrow(`${name} must be a number of seconds since 1970`);
  });

  test('iat never lies in the future: a scope with a lifetime is counted from it', () => {
    expect(compose({ iat: NOW + 1000 }).iat).toBe(NOW);
    expect(compose({ iat: NOW - 10 }).iat).toBe(NOW - 10);
  });
});

describe('the ceiling of scope (PROCEDURE_API 9)', () => {
  test('any part of what was granted, as text or list', () => {
    expect(compose({ scope: 'write read' }).scope).toBe('write read');
    expect(compose({ scope: ['read'] }).scope).toBe('read');
    expect(compose({ scope: '  read   write ' }).scope).toBe('read write');
    expect(compose({ scope: [] }).scope).toBe('');
  });

  test.each(['admin', 'read admin', ['read', 'admin'], 'Read', 'read,write', [['read', 'write']]])(
    'a scope that was not granted is a fault: %j',
    (scope) => {
      passes({ scope }).toThrow(/was not granted; give the client this scope/);
    },
  );

  test.each([1, true, {}, { read: true }])('a scope must be text: %j', (scope) => {
    passes({ scope }).toThrow('scope must be a string or an array of strings');
  });

  test('the message never repeats more than a little of what was given', () => {
    try {
      compose({ scope: 'x'.repeat(5000) });
      throw new Error('was let through');
    } catch (error) {
      expect(error).toBeInstanceOf(CeilingError);
      expect((error as Error).message.length).toBeLessThan(300);
    }
  });
});

describe('the ceiling of audience (PROCEDURE_API 9)', () => {
  test("is the procedure's choice where the profile does not restrict it; one is a string (PROTOCOL 3)", () => {
    expect(compose({ aud: 'anything' })['aud']).toBe('anything');
    expect(compose({ aud: ['one'] })['aud']).toBe('one');
    expect(compose({ aud: ['one', 'two'] })['aud']).toEqual(['one', 'two']);
    expect(compose({})['aud']).toBeUndefined();
  });

  test("stays within the profile's allowedAudiences, and the fault names the setting", () => {
    const audiences = ['https://a', 'https://b'];
    expect(compose({ aud: ['https://b', 'https://a'] }, { audiences })['aud']).toEqual(['https://b', 'https://a']);
    passes({ aud: ['https://a', 'https://c'] }, { audiences }).toThrow(
      'the audience "https://c" is not among the profile\'s allowedAudiences',
    );
    passes({ aud: 'https://a/' }, { audiences }).toThrow(CeilingError);
  });

  test.each([1, {}, [1], ['a', null], [['a']]])('must be text: %j', (aud) => {
    passes({ aud }).toThrow('aud must be a string or an array of strings');
  });
});

describe('the ceiling of subject (PROCEDURE_API 9)', () => {
  test("is the delegation's unless the issuer lets it change, and the fault names the setting", () => {
    expect(compose({ sub: 'alice' }).sub).toBe('alice');
    passes({ sub: 'bob' }).toThrow(/allowSubjectChange would allow it/);
    expect(compose({ sub: 'bob' }, { subject: null }).sub).toBe('bob');
  });

  test('must be there and be text', () => {
    passes({}, { subject: null }).toThrow('sub is missing');
    for (const sub of ['', 1, ['alice'], {}]) passes({ sub }).toThrow('sub must be a string');
  });
});

describe('claims the host owns (PROCEDURE_API 9: set silently, whatever the procedure put there)', () => {
  test.each<[string, unknown]>([
    ['iss', 'https://evil'],
    ['purpose', 'refresh_token'],
    ['delegationId', 'd2'],
  ])('%s', (name, value) => {
    expect(compose({ [name]: value })[name]).toBe(OWNED[name as 'iss' | 'purpose' | 'delegationId']);
  });

  test("jti and client_id belong to the token's row and never enter its data", () => {
    const composed = compose({ jti: 'mine', client_id: 'somebody' });
    expect(composed).not.toHaveProperty('jti');
    expect(composed).not.toHaveProperty('client_id');
    expect(JSON.parse(payloadOf(composed, 'app', 'id1'))).toMatchObject({ client_id: 'app', jti: expect.stringMatching(/^id1\./) });
  });

  test('cnf is the one the token is bound to, and none where it is bound to none (RFC 7800)', () => {
    const cnf = { jkt: 'thumbprint' };
    expect(compose({ cnf: { jkt: 'other' } }, {}, { cnf })['cnf']).toEqual(cnf);
    expect(compose({}, {}, { cnf })['cnf']).toEqual(cnf);
    expect(compose({ cnf: { jkt: 'self-made' } })).not.toHaveProperty('cnf');
  });

  test('act may grow but not shrink (RFC 8693 section 4.1)', () => {
    const act = { sub: 'service-a' };
    const grown = { sub: 'service-b', act };
    expect(compose({ act }, {}, { act })['act']).toEqual(act);
    expect(compose({ act: grown }, {}, { act })['act']).toEqual(grown);
    expect(compose({ act: grown })['act']).toEqual(grown);
    for (const shrunk of [undefined, null, { sub: 'service-b' }, { sub: 'service-b', act: {} }, 'service-a', []])
      expect(() => compose({ act: shrunk }, {}, { act })).toThrow('act may name further actors, but must keep those of the token');
    expect(() => compose({ act }, {}, { act: grown })).toThrow(CeilingError);
  });

  /** A chain with this many actors around the inner one. */
  const around = (inner: unknown, added: number) => {
    let chain = inner;
    for (let i = 0; i < added; i++) chain = { sub: `actor ${i}`, act: chain };
    return chain;
  };

  test('a list of actors, as older scripts write it, may grow at its end and loses nobody', () => {
    const kept = [{ sub: 'first' }, { sub: 'second' }];
    for (const act of [kept, [...kept, { sub: 'third' }], { sub: 'third', act: kept }]) expect(keepsActors(act, kept)).toBe(true);
    for (const act of [[], [{ sub: 'first' }], [...kept].reverse(), [{ sub: 'third' }, ...kept], { sub: 'third' }, undefined])
      expect(keepsActors(act, kept)).toBe(false);
    expect(keepsActors([...kept, ...Array.from({ length: 17 }, () => ({ sub: 'x' }))], kept)).toBe(false);
  });

  test('act may grow by sixteen actors at once, not by more', () => {
    const act = { sub: 'service' };
    for (const added of [0, 1, 16]) expect(keepsActors(around(act, added), act)).toBe(true);
    for (const added of [17, 18, 1000]) expect(keepsActors(around(act, added), act)).toBe(false);
    expect(() => compose({ act: around(act, 17) }, {}, { act })).toThrow(CeilingError);
    // What is there already does not count.
    const long = around(act, 100);
    expect(keepsActors(around(long, 16), long)).toBe(true);
    expect(keepsActors(around(long, 17), long)).toBe(false);
  });

  test('any chain is one where there is none to keep', () => {
    for (const act of [undefined, null, 'x', around({}, 17)]) expect(keepsActors(act, undefined)).toBe(true);
  });

  // Looked at level by level, it would cost the square of its length, or more stack than there is.
  test.each([100, 500, 10_000])('a chain of %d actors that does not end with the kept one is none of it', (depth) => {
    const deep = JSON.parse(`${'{"act":'.repeat(depth)}{}${'}'.repeat(depth)}`) as unknown;
    expect(keepsActors(deep, { sub: 'service' })).toBe(false);
  });

  test('data nested more than a hundred deep is refused before it is worked on', () => {
    const nested = (depth: number) => `${'{"act":'.repeat(depth)}{}${'}'.repeat(depth)}`;
    expect(isNestedTooDeeply(nested(99))).toBe(false);
    expect(isNestedTooDeeply(nested(100))).toBe(true);
    expect(isNestedTooDeeply(JSON.stringify({ text: '[{'.repeat(500), quote: '\\"[['.repeat(200) }))).toBe(false);
    expect(() => compose(`{"custom":${nested(3000)}}`)).toThrow('nested more than 100 deep');
  });
});

describe('members that must not leave, and names with a meaning in JavaScript', () => {
  test('members that start with an underscore never reach a token (PROCEDURE_API 5)', () => {
    expect(compose({ _clientId: 'x', _: 1, kept_: 1 })).toEqual({ ...compose({}), kept_: 1 });
  });

  test('a claim named __proto__ is data, and sets no prototype (SANDBOX 5.10)', () => {
    const composed = compose('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(composed)).toBe(Object.prototype);
    expect(composed['polluted']).toBeUndefined();
    expect(payloadOf(composed, 'app', 'id')).toContain('"__proto__":{"polluted":true}');
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'get', 'size', 'then', 'toJSON'])(
    'a claim named %s is data like any other (SANDBOX 5.10)',
    (name) => {
      const composed = compose({ [name]: { a: 1 } });
      expect(Object.hasOwn(composed, name)).toBe(true);
      expect(JSON.parse(payloadOf(composed, 'app', 'id'))[name]).toEqual({ a: 1 });
    },
  );

  test('a nested member named __proto__ stays where it is', () => {
    const composed = compose('{"nested":{"__proto__":{"x":1}}}');
    expect(JSON.stringify(composed)).toContain('"nested":{"__proto__":{"x":1}}');
    expect(Object.getPrototypeOf(composed)).toBe(Object.prototype);
  });

  test.each(['[]', 'null', '"text"', '1'])('data that is no object is a fault: %s', (text) => {
    expect(() => compose(text)).toThrow('the token data must be an object');
  });

  test('data above 32,768 characters is a fault', () => {
    const size = (text: string) => composeTokenData(text, ceilings(), OWNED, TIMES);
    const fitting = JSON.stringify({ a: 'x'.repeat(32_768 - 8) });
    expect(fitting).toHaveLength(32_768);
    expect(size(fitting)['a']).toHaveLength(32_760);
    expect(() => size(`${fitting} `)).toThrow('larger than 32768 characters');
  });
});

describe('the payload of a JWT access token (RFC 9068 section 2.2)', () => {
  const data = compose({ scope: 'read', aud: 'api', custom: 1 });

  test('has all data, client_id and a jti that begins with the public id of the token', () => {
    const { jti, ...claims } = JSON.parse(payloadOf(data, 'app', '0abcPUBLIC')) as Record<string, unknown>;
    expect(claims).toEqual({ ...data, client_id: 'app' });
    expect(tokenIdOfJti(String(jti))).toBe('0abcPUBLIC');
    expect(jti).toMatch(/^0abcPUBLIC\.[A-Za-z0-9_-]{22}$/);
  });

  test('the same claims give the same bytes, in whatever order they were set (PROTOCOL 1)', () => {
    const turned = compose({ custom: 1, aud: 'api', scope: 'read' });
    expect(payloadOf(turned, 'app', 'id')).toBe(payloadOf(data, 'app', 'id'));
  });

  test('any other claim, client or token gives another jti', () => {
    const jti = (...args: Parameters<typeof payloadOf>) => (JSON.parse(payloadOf(...args)) as { jti: string }).jti;
    const variants = [
      jti(data, 'app', 'id'),
      jti({ ...data, custom: 2 }, 'app', 'id'),
      jti({ ...data, exp: data.exp - 1 }, 'app', 'id'),
      jti(data, 'app2', 'id'),
      jti(data, 'app', 'id2'),
    ];
    expect(new Set(variants).size).toBe(variants.length);
  });

  test('a claim named like an array index does not break the text', () => {
    const claims = JSON.parse(payloadOf(compose({ 0: 'zero', 10: 'ten' }), 'app', 'id')) as Record<string, unknown>;
    expect(claims).toMatchObject({ 0: 'zero', 10: 'ten', client_id: 'app' });
  });
});

test('whatever a procedure hands over, the token is within every ceiling or the issue is refused (PROCEDURE_API 9)', () => {
  const claim = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      'read',
      'write short',
      'admin',
      'alice',
      'bob',
      'https://a',
      ['https://a'],
      ['https://a', 'https://b'],
      NOW + 30,
      NOW + 3600,
      NOW + 4000,
      { jkt: 'x' },
    ),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'sub',
      'aud',
      'scope',
      'iat',
      'nbf',
      'exp',
      'iss',
      'purpose',
      'delegationId',
      'cnf',
      'jti',
      'client_id',
      '_x',
      '__proto__',
    ),
    fc.string({ maxLength: 8 }),
  );
  const audiences = ['https://a', 'https://b'];
  const cnf = { jkt: 'bound' };
  let composedOnes = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(name, claim), { maxLength: 6 }), (entries) => {
      let composed: TokenData;
      try {
        composed = compose(JSON.stringify(Object.fromEntries(entries)), { audiences }, { cnf });
      } catch (error) {
        expect(error).toBeInstanceOf(CeilingError);
        return;
      }
      composedOnes++;
      expect(composed.exp).toBeLessThanOrEqual(composed.scope.split(' ').includes('short') ? NOW + 60 : NOW + 3600);
      expect(composed.iat).toBeLessThanOrEqual(NOW);
      for (const scope of composed.scope.split(' ')) expect(['', 'read', 'write', 'short']).toContain(scope);
      for (const audience of [composed['aud'] ?? []].flat()) expect(audiences).toContain(audience);
      expect(composed).toMatchObject({ ...OWNED, sub: 'alice', cnf });
      for (const key of Object.keys(composed))
        expect(key === 'jti' || key === 'client_id' || (key.startsWith('_') && key !== '__proto__')).toBe(false);
      const { jti, ...payload } = JSON.parse(payloadOf(composed, 'app', 'id')) as Record<string, unknown>;
      expect(jti).toMatch(/^id\./);
      expect(payload).toEqual({ ...JSON.parse(JSON.stringify(composed)), client_id: 'app' });
    }),
    { numRuns: 500 },
  );
  // The property would hold of a function that refuses everything, too.
  expect(composedOnes).toBeGreaterThan(50);
});
