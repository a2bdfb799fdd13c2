import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { HostServiceError, type HostServices, type JwtVerification, type OpenedHttpClient } from '#libs/oauth';
import { openHostServices, type OpenedHostServices } from './open-host-services.ts';
import { aClient } from './testing/client-builder.ts';
import { TestServer } from './testing/test-server.ts';

const NOW = 1_800_000_000;
const opened: { close(): Promise<void> }[] = [];
const time = { now: NOW * 1000 };
let keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
let jwk: JWK;

beforeAll(async () => {
  keys = await generateKeyPair('ES256');
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
});

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

const signed = (
  claims: JWTPayload = {},
  header: { kid?: string; typ?: string; alg?: string } = {},
  key: CryptoKey | Uint8Array = keys.privateKey,
) =>
  new SignJWT({ iss: 'https://issuer.example', sub: 'alice', aud: 'me', exp: NOW + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(key);

function services(): OpenedHostServices {
  const made = openHostServices({
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    clock: () => time.now,
    onError: (error) => {
      throw error;
    },
  });
  opened.push(made);
  return made;
}

const verify = (token: string, members: Partial<JwtVerification> = {}, host: Pick<HostServices, 'verify'> = services()) =>
  host.verify({ token, now: NOW, clients: [], timeout: 5000, ...members });

/** Serves documents by path; `undefined` is not found. */
async function publishing(documents: (origin: string) => Record<string, unknown>) {
  const server: TestServer = await TestServer.open((received, response) => {
    const document = documents(`http://issuer.example:${server.port}`)[received.url];
    if (document === undefined) response.writeHead(404).end('{}');
    else response.end(typeof document === 'string' ? document : JSON.stringify(document));
  });
  opened.push(server);
  const client = aClient({ allowedHosts: [`issuer.example:${server.port}`], credentials: { kind: 'bearer', value: 'hush' } });
  return { server, origin: `http://issuer.example:${server.port}`, client, asked: () => server.received.map(({ url }) => url) };
}

describe('a JWT with a given key set', () => {
  test('gives the payload as it was signed, without any network', async () => {
    const text = await verify(await signed({ custom: { n: 1 } }), {
      keySet: { keys: [jwk] },
      audience: ['me', 'other'],
      issuer: 'https://issuer.example',
    });
    expect(JSON.parse(text)).toMatchObject({ sub: 'alice', custom: { n: 1 } });
  });

  test.each<[string, () => Promise<string>, Partial<JwtVerification>, string, RegExp]>([
    ['expired', () => signed({ exp: NOW - 1 }), {}, 'invalid', /expired/],
    ['not valid yet', () => signed({ nbf: NOW + 10 }), {}, 'invalid', /nbf/],
    ['for another audience', () => signed(), { audience: ['you'] }, 'invalid', /aud/],
    ['without the audience asked for', () => signed({ aud: undefined as unknown as string }), { audience: ['me'] }, 'invalid', /aud/],
    ['of another issuer', () => signed(), { issuer: 'https://other.example' }, 'invalid', /iss/],
    ['of another type', () => signed({}, { typ: 'at+jwt' }), { typ: 'JWT' }, 'invalid', /typ/],
    ['by a key that is not there', () => signed({}, { kid: 'two' }), {}, 'no-key', /key set/],
    ['signed by somebody else', async () => signed({}, {}, (await generateKeyPair('ES256')).privateKey), {}, 'invalid', /signature/],
    ['by an algorithm that was not asked for', () => signed(), { algorithms: ['RS256'] }, 'invalid', /ES256/],
    ['that is none', async () => 'not.a.jwt', {}, 'invalid', /signed JWT/],
    ['that is encrypted', async () => `${await signed()}.a.b`, {}, 'invalid', /signed JWT/],
    ['that is too long', async () => 'x'.repeat(70_000), {}, 'invalid', /characters/],
  ])('is refused when it is %s', async (_what, token, members, code, message) => {
    const error = await verify(await token(), { keySet: { keys: [jwk] }, ...members }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HostServiceError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('may be a little late where the procedure allows it', async () => {
    const token = await signed({ exp: NOW - 5 });
    expect(await verify(token, { keySet: { keys: [jwk] }, clockTolerance: 10 })).toContain('alice');
  });

  test('is never taken unsigned, even when `none` is asked for (RFC 8725 section 3.1)', async () => {
    const token = new UnsecuredJWT({ sub: 'alice' }).encode();
    await expect(verify(token, { keySet: { keys: [jwk] } })).rejects.toMatchObject({ code: 'invalid' });
    await expect(verify(`${token}x`, { keySet: { keys: [jwk] }, algorithms: ['none'] })).rejects.toMatchObject({ code: 'refused' });
  });

  test('is never verified by a public key taken for a shared one (algorithm confusion)', async () => {
    const bytes = Buffer.from(JSON.stringify(jwk));
    const token = await signed({}, { alg: 'HS256' }, bytes);
    for (const keySet of [{ keys: [jwk] }, { keys: [{ ...jwk, kty: 'oct', k: bytes.toString('base64url'), alg: 'HS256' }] }])
      await expect(verify(token, { keySet })).rejects.toMatchObject({ code: 'invalid' });
    await expect(verify(token, { keySet: { keys: [jwk] }, algorithms: ['HS256'] })).rejects.toMatchObject({ code: 'no-key' });
  });

  test.each<[string, Record<string, unknown>]>([
    ['jwk', {}],
    ['jku', { jku: 'https://evil.example/keys' }],
    ['x5u', { x5u: 'https://evil.example/cert.pem' }],
    ['x5c', { x5c: ['AAAA'] }],
  ])('is never verified by a key that it brings along: %s (RFC 8725 section 3.10)', async (name, header) => {
    const evil = await generateKeyPair('ES256');
    const brought = name === 'jwk' ? { jwk: await exportJWK(evil.publicKey) } : header;
    const token = await signed({}, brought, evil.privateKey);
    await expect(verify(token, { keySet: { keys: [jwk] } })).rejects.toMatchObject({ code: 'invalid' });
    await expect(verify(token, { keySet: { keys: [] } })).rejects.toMatchObject({ code: 'no-key' });
  });

  test('with an extension that must be understood is refused (RFC 7515 section 4.1.11)', async () => {
    for (const header of [{ crit: ['exp'], exp: 1 }, { crit: ['x'], x: 1 }, { crit: [] }, { crit: ['b64'], b64: false }]) {
      const [, payload = ''] = (await signed()).split('.');
      const first = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'one', ...header })).toString('base64url');
      const bytes = Buffer.from(`${first}.${payload}`);
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, bytes);
      const token = `${first}.${payload}.${Buffer.from(signature).toString('base64url')}`;
      await expect(verify(token, { keySet: { keys: [jwk] } })).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  test('is not verified with a private key, nor with one that is for encryption', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const token = await signed({}, {}, pair.privateKey);
    for (const key of [await exportJWK(pair.privateKey), { ...(await exportJWK(pair.publicKey)), use: 'enc' }])
      await expect(verify(token, { keySet: { keys: [{ kid: 'one', ...key }] } })).rejects.toBeInstanceOf(HostServiceError);
  });

  test('with a shared key needs the algorithm named, a key set, and a key that is long enough (RFC 7518 section 3.2)', async () => {
    const secret = Buffer.alloc(32, 7);
    const shared = { kty: 'oct', kid: 'one', k: secret.toString('base64url') };
    const token = await signed({}, { alg: 'HS256' }, secret);
    expect(await verify(token, { keySet: { keys: [jwk, shared] }, algorithms: ['HS256'] })).toContain('alice');
    await expect(verify(token, { keySet: { keys: [shared] } })).rejects.toMatchObject({ code: 'invalid' });
    await expect(verify(token, { jwksUri: 'https://issuer.example/', algorithms: ['HS256'] })).rejects.toMatchObject({ code: 'refused' });
    const short = { ...shared, k: Buffer.alloc(16).toString('base64url') };
    await expect(verify(token, { keySet: { keys: [short] }, algorithms: ['HS256'] })).rejects.toMatchObject({ code: 'refused' });
  });

  test.each([{}, { keys: {} }, { keys: [null] }, { keys: [[]] }, 'text'])('needs a key set that is one: %j', async (keySet) => {
    await expect(verify(await signed(), { keySet })).rejects.toMatchObject({ code: 'refused' });
  });

  test.each([
    [{ kty: 'EC', crv: 'P-256', x: '!', y: '!' }],
    [{ kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' }],
    [{ kty: 'EC', crv: 'P-256' }],
  ])('tells of a key that is broken: %j', async (key) => {
    await expect(verify(await signed(), { keySet: { keys: [{ kid: 'one', ...key }] } })).rejects.toBeInstanceOf(HostServiceError);
  });
});

describe('published key sets', () => {
  const bySet = (origin: string, client: OpenedHttpClient) => ({ jwksUri: `${origin}/keys`, clients: [client] });

  test('are fetched once for many, by the rules of a client and without its credentials', async () => {
    const { origin, client, server, asked } = await publishing(() => ({ '/keys': { keys: [jwk] } }));
    const host = services();
    const token = await signed();
    await Promise.all(Array.from({ length: 20 }, () => verify(token, bySet(origin, client), host)));
    await verify(token, bySet(origin, client), host);
    expect(asked()).toEqual(['/keys']);
    expect(server.received[0]?.headers['authorization']).toBeUndefined();
  });

  test('are not fetched again for each forged key id', async () => {
    const { origin, client, asked } = await publishing(() => ({ '/keys': { keys: [jwk] } }));
    const host = services();
    await verify(await signed(), bySet(origin, client), host);
    for (let i = 0; i < 10; i++)
      await expect(verify(await signed({}, { kid: `forged-${i}` }), bySet(origin, client), host)).rejects.toMatchObject({ code: 'no-key' });
    expect(asked()).toEqual(['/keys']);
  });

  test('that cannot be had are not asked for again at once', async () => {
    const { origin, client, asked } = await publishing(() => ({}));
    const host = services();
    for (let i = 0; i < 5; i++)
      await expect(verify(await signed(), bySet(origin, client), host)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('404'),
      });
    expect(asked()).toEqual(['/keys']);
    time.now += 5001;
    await expect(verify(await signed(), bySet(origin, client), host)).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked()).toEqual(['/keys', '/keys']);
  });

  test.each<[string, unknown]>([
    ['no JSON', '<html>'],
    ['null', null],
    ['without keys', { jwks: [] }],
    ['with keys that are none', { keys: ['x'] }],
  ])('that are no key set (%s) are broken, and not asked for again at once', async (_what, document) => {
    const { origin, client, asked } = await publishing(() => ({ '/keys': document }));
    const host = services();
    for (let i = 0; i < 5; i++)
      await expect(verify(await signed(), bySet(origin, client), host)).rejects.toMatchObject({
        code: 'broken',
        message: expect.stringMatching(/^the key set at .* is no JWK set/),
      });
    expect(asked()).toEqual(['/keys']);
  });

  test('of clients are kept apart: whatever procedures ask for, they stay', async () => {
    const { origin, client, asked } = await publishing(() =>
      Object.fromEntries([['/keys', { keys: [jwk] }], ...Array.from({ length: 120 }, (_, i) => [`/keys?${i}`, { keys: [jwk] }])]),
    );
    const host = services();
    const token = await signed();
    await verify(token, bySet(origin, client), host.clientKeySets);
    for (let i = 0; i < 120; i++) await verify(token, { jwksUri: `${origin}/keys?${i}`, clients: [client] }, host);
    await verify(token, bySet(origin, client), host.clientKeySets);
    expect(asked().filter((url) => url === '/keys')).toHaveLength(1);
  });

  test('of hosts that no client of the profile allows are refused, and the message says what to set', async () => {
    const { origin, client, server } = await publishing(() => ({ '/keys': { keys: [jwk] } }));
    const token = await signed();
    await expect(verify(token, { jwksUri: `${origin}/keys`, clients: [] })).rejects.toThrow(
      /it has none: add one that allows issuer\.example/,
    );
    const other = { jwksUri: 'http://other.example/keys', clients: [client] };
    await expect(verify(token, other)).rejects.toThrow(/no HTTP client of the profile allows the host other\.example/);
    const inner = aClient({ ...client, allowedNetworks: [] });
    await expect(verify(token, bySet(origin, inner))).rejects.toMatchObject({ code: 'refused' });
    expect(server.connections).toBe(0);
  });

  test('that a changed client may no longer fetch are not taken from memory either', async () => {
    const { origin, client } = await publishing(() => ({ '/keys': { keys: [jwk] } }));
    const host = services();
    await verify(await signed(), bySet(origin, client), host);
    const narrowed = aClient({ ...client, allowedHosts: [] });
    await expect(verify(await signed(), bySet(origin, narrowed), host)).rejects.toMatchObject({ code: 'refused' });
  });

  test('of one profile are not taken for another, at the same address by a client of the same name', async () => {
    const other = await generateKeyPair('ES256');
    const published = { keys: [jwk] };
    const { origin, client, asked } = await publishing(() => ({ '/keys': published }));
    const host = services();
    await verify(await signed(), bySet(origin, client), host);
    published.keys = [{ ...(await exportJWK(other.publicKey)), kid: 'one' }];
    const elsewhere = aClient({ ...client, profile: 'other' });
    await expect(verify(await signed(), bySet(origin, elsewhere), host)).rejects.toMatchObject({ code: 'invalid' });
    expect(await verify(await signed(), bySet(origin, client), host)).toContain('alice');
    expect(asked()).toEqual(['/keys', '/keys']);
  });

  test('of one profile stay, whatever the procedures of another one ask for', async () => {
    const { origin, client, asked } = await publishing(() =>
      Object.fromEntries([['/keys', { keys: [jwk] }], ...Array.from({ length: 120 }, (_, i) => [`/keys?${i}`, { keys: [jwk] }])]),
    );
    const host = services();
    const token = await signed();
    await verify(token, bySet(origin, client), host);
    const greedy = aClient({ ...client, profile: 'greedy' });
    for (let i = 0; i < 120; i++) await verify(token, { jwksUri: `${origin}/keys?${i}`, clients: [greedy] }, host);
    await verify(token, bySet(origin, client), host);
    expect(asked().filter((url) => url === '/keys')).toHaveLength(1);
  });

  test('are bounded, also where the client takes larger answers', async () => {
    const { origin, client } = await publishing(() => ({ '/keys': { keys: [jwk], x: 'x'.repeat(270_000) } }));
    const wide = aClient({ ...client, maximumResponseBytes: 1_000_000 });
    await expect(verify(await signed(), bySet(origin, wide))).rejects.toMatchObject({ code: 'too-large' });
  });

  test.each<[string, unknown]>([
    ['text', 'no JSON'],
    ['something else', { none: true }],
    ['too much', `{"keys":[],"x":"${'x'.repeat(20_000)}"}`],
  ])('that are %s are refused', async (_what, document) => {
    const { origin, client } = await publishing(() => ({ '/keys': document }));
    await expect(verify(await signed(), bySet(origin, client))).rejects.toBeInstanceOf(HostServiceError);
  });
});

describe('key sets by issuer', () => {
  test.each([
    ['RFC 8414', '/.well-known/oauth-authorization-server/tenant', 1],
    ['OpenID Connect Discovery', '/tenant/.well-known/openid-configuration', 2],
  ])('are found by the metadata of %s', async (_what, place, requests) => {
    const { origin, client, asked } = await publishing((self) => ({
      [place]: { issuer: `${self}/tenant`, jwks_uri: `${self}/keys` },
      '/keys': { keys: [jwk] },
    }));
    const host = services();
    const issuer = `${origin}/tenant`;
    const token = await signed({ iss: issuer });
    for (let i = 0; i < 3; i++) expect(await verify(token, { issuer, clients: [client] }, host)).toContain('alice');
    expect(asked()).toHaveLength(requests + 1);
  });

  test.each<[string, (self: string) => unknown]>([
    ['names another issuer', () => ({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/keys' })],
    ['names a key set elsewhere', (self) => ({ issuer: self, jwks_uri: 'http://127.0.0.1/keys' })],
    ['names no key set', (self) => ({ issuer: self })],
    ['is no JSON', () => 'text'],
    ['is null', () => null],
  ])('metadata that %s is refused', async (_what, metadata) => {
    const { origin, client, asked } = await publishing((self) => ({
      '/.well-known/oauth-authorization-server': metadata(self),
      '/keys': { keys: [jwk] },
    }));
    await expect(verify(await signed({ iss: origin }), { issuer: origin, clients: [client] })).rejects.toBeInstanceOf(HostServiceError);
    expect(asked()).not.toContain('/keys');
  });

  test('are not fetched where only another client of the profile may go: the issuer says where, and it may be hostile', async () => {
    const inner = await publishing(() => ({ '/keys': { keys: [jwk] } }));
    const { origin, client } = await publishing((self) => ({
      '/.well-known/oauth-authorization-server': { issuer: self, jwks_uri: `${inner.origin}/keys` },
    }));
    const clients = [client, aClient({ ...inner.client, id: 'inner' })];
    await expect(verify(await signed({ iss: origin }), { issuer: origin, clients })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('add that host to its allowedHosts'),
    });
    expect(inner.server.connections).toBe(0);
  });

  test('take no token of another issuer', async () => {
    const { origin, client } = await publishing((self) => ({
      '/.well-known/oauth-authorization-server': { issuer: self, jwks_uri: `${self}/keys` },
      '/keys': { keys: [jwk] },
    }));
    await expect(verify(await signed(), { issuer: origin, clients: [client] })).rejects.toMatchObject({ code: 'invalid' });
  });
});
