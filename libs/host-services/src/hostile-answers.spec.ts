import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { HostServiceError } from '#libs/oauth';
import { aGet } from './testing/client-builder.ts';
import { allowing, at, failure, OutgoingWorld } from './testing/outgoing-world.ts';

/** What a server of an attacker's answers must not change anything in the service, nor pass for what it is not. */

const NOW = 1_800_000_000;
const SHARED_SECRET = new TextEncoder().encode('a secret that the attacker has put into the key set');
const world = new OutgoingWorld();
let pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
let jwk: JWK;
const builtIns = (): string =>
  [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).join())
    .join('\n');
let before = '';

beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  before = builtIns();
});

afterEach(async () => {
  await world.close();
  expect(builtIns()).toBe(before);
});

const signed = (alg = 'ES256', key: CryptoKey | Uint8Array = pair.privateKey, claims = '{}') =>
  new SignJWT({ sub: 'alice', exp: NOW + 60, ...(JSON.parse(claims) as object) }).setProtectedHeader({ alg, kid: 'one' }).sign(key);

/** What comes of a token when a server publishes this text as its key set. */
async function verifiedWith(keySet: string, token: string): Promise<unknown> {
  const server = await world.serving((_received, response) => response.end(keySet));
  const client = allowing(server, { maximumResponseBytes: 2_000_000 });
  return world.services().verify({ token, jwksUri: at(server, '/keys'), now: NOW, clients: [client], timeout: 5000 });
}

describe('a key set from an attacker’s server', () => {
  test.each([
    ['names of the language', () => '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"keys":[]}'],
    ['keys by way of a prototype', () => `{"__proto__":{"keys":[${JSON.stringify(jwk)}]}}`],
    ['a key by way of a prototype', () => `{"keys":[{"__proto__":${JSON.stringify(jwk)}}]}`],
    ['a list that only looks like one', () => `{"keys":{"length":1,"0":${JSON.stringify(jwk)}}}`],
    ['keys that are none', () => '{"keys":[null,1,"x",[],{"kty":7},{"kty":"EC"},{"toString":1,"valueOf":1}]}'],
    ['a list', () => `[${JSON.stringify(jwk)}]`],
    ['null', () => 'null'],
    ['text', () => '"keys"'],
    ['nothing', () => ''],
    ['no JSON', () => '{"keys":['],
    ['brackets without end', () => '['.repeat(1_000_000)],
    ['a hundred thousand keys', () => `{"keys":[${'{"kty":"EC"},'.repeat(100_000)}{}]}`],
    ['a key on no curve', () => JSON.stringify({ keys: [{ ...jwk, crv: '__proto__' }] })],
    ['a point that is on no curve', () => JSON.stringify({ keys: [{ ...jwk, x: 'AAAA', y: 'AAAA' }] })],
    ['a key for something else', () => JSON.stringify({ keys: [{ ...jwk, use: 'enc' }] })],
  ])('with %s verifies nothing', async (_what, keySet) => {
    expect(await failure(verifiedWith(keySet(), await signed()))).toBeInstanceOf(HostServiceError);
  });

  test.each(['HS256', 'HS512'])('with a secret in it verifies nothing that is signed by %s', async (alg) => {
    const keySet = JSON.stringify({ keys: [{ kty: 'oct', kid: 'one', alg, k: Buffer.from(SHARED_SECRET).toString('base64url') }] });
    expect(await failure(verifiedWith(keySet, await signed(alg, SHARED_SECRET)))).toBeInstanceOf(HostServiceError);
  });

  test('verifies what is right in spite of all that stands beside the key, and claims stay data', async () => {
    const keySet = `{"__proto__":{"admin":true},"keys":[{"kty":"EC"},${JSON.stringify(jwk).slice(0, -1)},"__proto__":{"admin":true},"toString":1}]}`;
    const token = await signed('ES256', pair.privateKey, '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}');
    const text = await verifiedWith(keySet, token);
    expect(text).toMatch(/^\{.*"sub":"alice"/u);
    expect((JSON.parse(String(text)) as { readonly admin?: unknown }).admin).toBeUndefined();
  });
});

describe('an answer from an attacker’s server', () => {
  test('whose headers are names of the language gives them as what they are', async () => {
    const server = await world.serving((_received, response) => {
      response.socket?.end(
        'HTTP/1.1 200 OK\r\n__proto__: p\r\nconstructor: c\r\ntoString: t\r\nhasOwnProperty: h\r\nContent-Length: 18\r\nConnection: close\r\n\r\n{"__proto__":null}',
      );
    });
    const { headers, body } = await world.services().request(allowing(server), aGet(at(server)));
    expect(Object.keys(headers)).toEqual(expect.arrayContaining(['__proto__', 'constructor', 'tostring', 'hasownproperty']));
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(JSON.stringify(headers)).toContain('"__proto__":"p"');
    expect(body).toBe('{"__proto__":null}');
  });

  test('that names a charset of the language is text all the same', async () => {
    const server = await world.serving((_received, response) =>
      response.writeHead(200, { 'content-type': 'text/plain; charset=__proto__' }).end('hello'),
    );
    expect((await world.services().request(allowing(server), aGet(at(server)))).body).toBe('hello');
  });
});
