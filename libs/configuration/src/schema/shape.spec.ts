import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { PROFILE_CAPABILITIES } from '#libs/oauth';
import { chosenSecret, clientBody } from './client-body.ts';
import { closest } from './did-you-mean.ts';
import { endpointBody, endpointOf } from './endpoint-body.ts';
import { profileBody } from './profile-body.ts';
import { checkShape, pointerOf } from './shape.ts';
import { tokenIssuerBody } from './token-issuer-body.ts';
import { clientId, id, issuer, path, scopeName } from './values.ts';

const problems = (schema: z.ZodType, value: unknown) => {
  const shaped = checkShape(schema, value);
  return shaped.ok ? [] : shaped.problems.map(({ path: at, message }) => `${pointerOf(at)}: ${message}`);
};
const refused = (schema: z.ZodType, values: readonly unknown[]) => values.filter((value) => checkShape(schema, value).ok);
const accepted = (schema: z.ZodType, values: readonly unknown[]) => values.filter((value) => !checkShape(schema, value).ok);

describe('the values of a configuration', () => {
  test('ids are names that need no escaping', () => {
    expect(accepted(id, ['a', 'token-service', 'A.b_c-1', 'x'.repeat(128)])).toEqual([]);
    expect(refused(id, ['', '.', '..', '-a', 'a/b', 'a b', 'ä', 'x'.repeat(129), 'a\n', 1])).toEqual([]);
  });

  test('client ids are what every way of authentication carries unharmed (RFC 6749 2.2)', () => {
    expect(accepted(clientId, ['gateway_client', 's6BhdRkqt3', 'a/b', '~', 'a@b.c', "it's"])).toEqual([]);
    expect(refused(clientId, ['', 'a b', 'a:b', 'a%20b', 'a+b', 'a"b', 'a\\b', '..', '.a', 'ä', 'a\n'])).toEqual([]);
  });

  test('scopes are scope tokens (RFC 6749 3.3)', () => {
    expect(accepted(scopeName, ['read', 'https://x/y?z#a', '!', '~', 'constructor'])).toEqual([]);
    expect(refused(scopeName, ['', 'a b', 'a"b', 'a\\b', 'ä', '\u007f', '__proto__', 'a\n'])).toEqual([]);
  });

  test('paths are absolute, plain and exact', () => {
    expect(accepted(path, ['/introspection', '/oauth/v2/oauth-token', '/~', '/a.b'])).toEqual([]);
    expect(
      refused(path, ['', '/', 'a', '/a/', '//a', '/a//b', '/a?b', '/a#b', '/a/../b', '/.', '/%41', '/:a', '/*', '/a b', '/(a)']),
    ).toEqual([]);
  });

  test('issuers are https URLs or paths (RFC 8414 2)', () => {
    expect(accepted(issuer, ['/~', 'https://login.example.com', 'https://login.example.com/a', 'http://localhost:8080'])).toEqual([]);
    expect(
      refused(issuer, [
        '',
        'x',
        'http://login.example.com',
        'https://x?a',
        'https://x#a',
        'https://u:p@x',
        '/a/',
        'javascript:alert(1)',
        'https://x y',
      ]),
    ).toEqual([]);
  });

  test('lifetimes are whole seconds from one to ten years', () => {
    expect(problems(clientBody, { accessTokenLifetime: 0 })).toEqual(['/accessTokenLifetime: must be at least 1']);
    expect(problems(clientBody, { accessTokenLifetime: 1.5 })).toEqual(['/accessTokenLifetime: must be a whole number, is a number']);
    expect(problems(clientBody, { accessTokenLifetime: 315_360_001 })).toEqual(['/accessTokenLifetime: must be at most 315360000']);
    expect(problems(clientBody, { accessTokenLifetime: '60' })).toEqual(['/accessTokenLifetime: must be a number, is a text']);
  });

  test('properties are JSON of bounded size and depth', () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
    expect(problems(clientBody, { properties: { a: null, b: [1, { c: 'd' }] } })).toEqual([]);
    expect(problems(clientBody, { properties: { a: 'x'.repeat(17_000) } })).toEqual(['/properties: must have at most 16384 bytes as JSON']);
    expect(problems(clientBody, { properties: { a: deep(40) } })).toEqual(['/properties: must not be nested more than 16 deep']);
    for (const value of [Number.NaN, undefined, () => 1, 1n, new Date()])
      expect(problems(clientBody, { properties: { a: value } })).toHaveLength(1);
  });

  test('chosen secrets are printable ASCII (RFC 6749 appendix A.2)', () => {
    expect(accepted(chosenSecret, ['Secr3t!', 'with spaces in it'])).toEqual([]);
    expect(refused(chosenSecret, ['', 'abc', 'tab\there', 'ümlaut', 'x'.repeat(257)])).toEqual([]);
  });
});

describe('what is wrong with a value', () => {
  test('is said of every member at once, unknown keys with the one they resemble', () => {
    expect(problems(profileBody, { isuer: '/~', capabilities: ['introspect'], defaults: { accessTokenFormat: 'opaqe' } }).sort()).toEqual([
      `/capabilities/0: must be one of ${PROFILE_CAPABILITIES.map((name) => `"${name}"`).join(', ')}; did you mean "introspection"?`,
      '/defaults/accessTokenFormat: must be one of "opaque", "jwt", "wrapped-opaque"; did you mean "opaque"?',
      '/issuer: is missing',
      '/isuer: unknown key "isuer"; did you mean "issuer"?',
    ]);
  });

  test('names the two of a list that are the same', () => {
    expect(problems(clientBody, { scopes: ['a', 'b', 'a'] })).toEqual(['/scopes/2: "a" is listed twice']);
  });

  test('a private key among the public ones is refused (RFC 7517 9.3)', () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' };
    expect(problems(clientBody, { introspection: { encryption: { alg: 'ECDH-ES', jwk } } })).toEqual([
      '/introspection/encryption/jwk/d: is part of a private or secret key; give the public key only',
    ]);
    expect(problems(clientBody, { introspection: { encryption: { alg: 'RSA-OAEP-256', jwk: { kty: 'EC' } } } })).toEqual([
      '/introspection/encryption/jwk/kty: must be "RSA" for RSA-OAEP-256',
    ]);
  });

  test('of how a client authenticates', () => {
    const body = (authentication: unknown) => problems(clientBody, { authentication });
    expect(body({})).toEqual(['/authentication/methods: is missing']);
    expect(body({ methods: [] })).toEqual(['/authentication/methods: must have at least 1 elements']);
    expect(body({ methods: ['none', 'none'] })).toEqual(['/authentication/methods/1: "none" is listed twice']);
    expect(body({ methods: ['client_secret_jwt'] })).toEqual([
      expect.stringMatching(/^\/authentication\/methods\/0: must be one of "client_secret_basic"/),
    ]);
    expect(
      body({
        ...{ methods: ['private_key_jwt'], jwks: { keys: [] }, jwksUri: 'keys', certificates: ['ab:cd'] },
        certificateSubject: { kind: 'dns', value: '' },
        jwk: {},
      }),
    ).toEqual([
      '/authentication/jwks/keys: must have at least 1 elements',
      expect.stringMatching(/^\/authentication\/jwksUri: /),
      expect.stringMatching(/^\/authentication\/certificateSubject\/kind: must be one of "subject_dn"/),
      '/authentication/certificateSubject/value: must have at least 1 characters',
      '/authentication/certificates/0: must be a SHA-256 thumbprint in base64url: 43 characters',
      '/authentication/jwk: unknown key "jwk"; did you mean "jwks"?',
    ]);
  });

  test('a setting that does not go with the kind of an endpoint is refused', () => {
    const body = endpointBody.parse({ kind: 'oauth-token', path: '/t', revocationLag: 5 });
    expect(() => endpointOf('p', 'e', body, 'api', true)).toThrow(
      'goes with endpoints of kind "oauth-introspect" and "oauth-forward-auth" only',
    );
    const other = endpointBody.parse({ kind: 'oauth-introspect', path: '/i', tokenValidation: { client: 'c' } });
    expect(() => endpointOf('p', 'e', other, 'api', true)).toThrow('goes with endpoints of kind "oauth-token-validation" only');
  });

  test('token validation is nothing without the client as which it asks', () => {
    const body = endpointBody.parse({ kind: 'oauth-token-validation', path: '/v' });
    expect(() => endpointOf('p', 'e', body, 'api', true)).toThrow('/tokenValidation: is missing: name the client');
    expect(problems(endpointBody, { path: '/v', tokenValidation: {} })).toEqual(['/tokenValidation/client: is missing']);
    const settings = { client: 'c' };
    const whole = endpointBody.parse({ kind: 'oauth-token-validation', path: '/v', tokenValidation: settings });
    expect(endpointOf('p', 'e', whole, 'api', true)).toMatchObject({ tokenValidation: settings, forwardAuth: null, revocationLag: null });
  });
});

describe('the known word that is meant', () => {
  test.each([
    ['isuer', 'issuer'],
    ['client_id', 'clientId'],
    ['ednpoints', 'endpoints'],
    ['scope', 'scopes'],
    ['zzz', null],
    ['x'.repeat(10_000), null],
  ])('%.20s', (word, meant) => {
    expect(closest(word, ['issuer', 'endpoints', 'scopes', 'clientId'])).toBe(meant);
  });
});

test('every schema can be described as JSON Schema, for the OpenAPI description', () => {
  for (const schema of [profileBody, endpointBody, clientBody, tokenIssuerBody])
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
});
