import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ASSERTION_ALGORITHMS, AssertionError, readAssertion } from './client-assertion.ts';

const NOW = 1_800_000_000;
const ISSUER = 'https://as.example/~';
const GOOD = { iss: 'app', sub: 'app', aud: ISSUER, jti: 'j', iat: NOW, exp: NOW + 60 };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object, header: object = { alg: 'ES256' }) => `${part(header)}.${part(claims)}.c2ln`;
const read = (text: string) => readAssertion(text, (value) => value === ISSUER || value === 'https://as.example/token', NOW);

function refusal(text: string): AssertionError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('what a client assertion says (RFC 7523 section 3)', () => {
  test('is its client, its id and its end, tolerance included', () => {
    const text = jwt(GOOD, { alg: 'PS256', kid: 'k' });
    expect(read(text)).toEqual({ text, algorithm: 'PS256', clientId: 'app', jti: 'j', expiresAt: NOW + 90 });
  });

  test.each<[string, object, string]>([
    ['iss is missing (item 1)', { iss: undefined }, 'iss'],
    ['iss is another than sub (item 1)', { iss: 'other' }, 'iss'],
    ['sub is missing (item 2.B)', { sub: undefined, iss: undefined }, 'sub'],
    ['sub is no text', { sub: 7, iss: 7 }, 'sub'],
    ['sub is empty', { sub: '', iss: '' }, 'sub'],
    ['aud is missing (item 3)', { aud: undefined }, 'another audience'],
    ['aud is another service', { aud: 'https://other.example' }, 'another audience'],
    ['aud differs by a slash', { aud: `${ISSUER}/` }, 'another audience'],
    ['aud is an empty list', { aud: [] }, 'another audience'],
    ['aud names another service beside this one', { aud: [ISSUER, 'https://other.example'] }, 'another audience'],
    ['aud is a list with something else', { aud: [ISSUER, null] }, 'another audience'],
    ['exp is missing (item 4)', { exp: undefined }, 'exp'],
    ['exp is a text', { exp: String(NOW + 60) }, 'exp'],
    ['exp is negative', { exp: -1 }, 'exp'],
    ['exp is past', { exp: NOW - 30 }, 'has expired'],
    ['exp is far in the future (item 4)', { exp: NOW + 3631 }, 'within 3600 seconds'],
    ['exp is beyond all numbers', { exp: 1e300 }, 'exp'],
    ['nbf is in the future (item 5)', { nbf: NOW + 31 }, 'not valid yet'],
    ['nbf is a text', { nbf: 'now' }, 'not valid yet'],
    ['iat is in the future (item 6)', { iat: NOW + 31 }, 'not valid yet'],
    ['jti is missing (item 7)', { jti: undefined }, 'jti'],
    ['jti is empty', { jti: '' }, 'jti'],
    ['jti is a number', { jti: 7 }, 'jti'],
    ['jti is long', { jti: 'j'.repeat(257) }, 'jti'],
  ])('is refused when %s', (_what, claims, message) => {
    expect(refusal(jwt({ ...GOOD, ...claims })).message).toContain(message);
  });

  test.each<[string, object]>([
    ['the issuer in a list of one', { aud: [ISSUER] }],
    ['the token endpoint', { aud: 'https://as.example/token' }],
    ['several that all mean this service', { aud: [ISSUER, 'https://as.example/token'] }],
    ['an exp that is past by less than clocks differ', { exp: NOW - 29 }],
    ['an hour of life', { exp: NOW + 3600 }],
    ['a clock that is ahead by a little', { iat: NOW + 30, nbf: NOW + 30 }],
    ['neither iat nor nbf', { iat: undefined, nbf: undefined }],
    ['claims of its own', { nonce: 'x' }],
  ])('is taken with %s', (_what, claims) => {
    expect(read(jwt({ ...GOOD, ...claims })).clientId).toBe('app');
  });
});

describe('its form (RFC 8725 section 3)', () => {
  test.each([undefined, 'JWT', 'jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'])(
    'the type may be %s',
    (typ) => {
      expect(read(jwt(GOOD, { alg: 'ES256', typ })).clientId).toBe('app');
    },
  );

  test.each(['at+jwt', 'dpop+jwt', 'logout+jwt', 'secevent+jwt', '', 7])(
    'the type may not be %j: such a JWT is for something else',
    (typ) => {
      expect(refusal(jwt(GOOD, { alg: 'ES256', typ })).message).toContain('another type');
    },
  );

  test.each(['none', 'None', 'HS256', 'HS512', 'RSA-OAEP', 'ES256K', '', undefined, 7])('the algorithm may not be %j', (alg) => {
    expect(refusal(jwt(GOOD, { alg })).message).toContain('must be signed with one of');
  });

  test('no algorithm with a shared key is among those that are taken', () => {
    expect(ASSERTION_ALGORITHMS.filter((algorithm) => !/^(ES|PS|RS|Ed)/.test(algorithm))).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['no JWT', 'abc'],
    ['two parts', jwt(GOOD).split('.').slice(0, 2).join('.')],
    ['an encrypted JWT', `${part({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.a.b.c.d`],
    ['claims that are no object', `${part({ alg: 'ES256' })}.${part([1])}.c2ln`],
    ['claims that are not JSON', `${part({ alg: 'ES256' })}.${Buffer.from('{').toString('base64url')}.c2ln`],
    ['a header that is not JSON', `e30x.${part(GOOD)}.c2ln`],
  ])('%s is no signed JWT', (_what, text) => {
    expect(refusal(text).message).toBe('The client assertion is not a signed JWT.');
  });

  test('more than 8192 characters are not even looked at', () => {
    expect(refusal('x'.repeat(8193)).message).toBe('The client assertion is too long.');
    expect(refusal(jwt({ ...GOOD, padding: 'x'.repeat(60_000) })).message).toBe('The client assertion is too long.');
  });

  test('any text is read or refused in words', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => `${part({ alg: 'ES256' })}.${Buffer.from(text).toString('base64url')}.x`),
        ),
        (text) => {
          expect(refusal(text).message).toMatch(/^The client assertion .*\.$/);
        },
      ),
    );
  });

  test('who it says to be is told for the log, and nobody when it says nothing', () => {
    expect(refusal(jwt({ ...GOOD, exp: 1 })).clientId).toBe('app');
    expect(refusal('x').clientId).toBe('');
  });
});
