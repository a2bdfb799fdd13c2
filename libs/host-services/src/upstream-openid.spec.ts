import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import type { ServerResponse } from 'node:http';
import { UpstreamError, type OpenedUpstream, type UpstreamAttempt, type UpstreamProvider, type UpstreamRequest } from '#libs/oauth';
import { upstreamOf } from '../../oauth/src/testing/upstream-of-a-spec.ts';
import { openHostServices } from './open-host-services.ts';
import { aClient } from './testing/client-builder.ts';
import { TestServer, type Received } from './testing/test-server.ts';

const REDIRECT = 'https://as.example/people/upstream/up/callback';
const ATTEMPT: UpstreamAttempt = { redirectUri: REDIRECT, state: 'st4te', nonce: 'n0nce', codeVerifier: 'v'.repeat(43) };
const REQUEST: UpstreamRequest = { ...ATTEMPT, prompt: null, maxAge: null, acrValues: [], loginHint: null, uiLocales: null };
const now = () => Math.floor(Date.now() / 1000);

const opened: { close(): Promise<void> }[] = [];
const time = { now: 0 };
let keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
let other: typeof keys;
let jwk: JWK;

beforeAll(async () => {
  [keys, other] = [await generateKeyPair('RS256', { extractable: true }), await generateKeyPair('RS256')];
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
});

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

/** What a provider does otherwise than well. */
interface Manners {
  readonly metadata?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** Makes the id token of its claims. */
  readonly sign?: (claims: JWTPayload) => Promise<string> | string;
  readonly token?: Record<string, unknown>;
  readonly userInfo?: Record<string, unknown>;
  /** True where it has answered by itself. */
  readonly answer?: (received: Received, response: ServerResponse) => boolean;
}

const signed = (claims: JWTPayload, key = keys.privateKey, header: { alg?: string; kid?: string } = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);

/** A provider on this machine, and the client that may reach it. */
async function provider(manners: Manners = {}, settings: Partial<UpstreamProvider> = {}, secret: string | null = null) {
  const origin = () => `http://up.example:${server.port}`;
  const documents: Record<string, () => unknown> = {
    '/.well-known/openid-configuration': () => ({
      ...{
        issuer: origin(),
        authorization_endpoint: `${origin()}/authorize`,
        token_endpoint: `${origin()}/token`,
        jwks_uri: `${origin()}/jwks`,
      },
      ...{ userinfo_endpoint: `${origin()}/userinfo`, id_token_signing_alg_values_supported: ['RS256'] },
      ...{ authorization_response_iss_parameter_supported: true, ...manners.metadata },
    }),
    '/jwks': () => ({ keys: [jwk] }),
    '/userinfo': () => ({ sub: 'una', email: 'una@up.example', ...manners.userInfo }),
    '/token': async () => {
      const claims = { iss: origin(), sub: 'una', aud: 'us', exp: now() + 60, iat: now(), nonce: 'n0nce', ...manners.claims };
      const idToken = await (manners.sign ?? signed)(JSON.parse(JSON.stringify(claims)) as JWTPayload);
      return { access_token: 'at', token_type: 'Bearer', id_token: idToken, ...manners.token };
    },
  };
  const server: TestServer = await TestServer.open((received, response) => {
    if (manners.answer?.(received, response) === true) return;
    const document = documents[received.url.split('?')[0] ?? ''];
    if (document === undefined) return void response.writeHead(404).end();
    void Promise.resolve(document()).then((value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value)));
  });
  opened.push(server);
  const services = openHostServices({
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    clock: () => time.now,
    onError: (error) => {
      throw error;
    },
  });
  opened.push(services);
  const client = aClient({
    allowedHosts: [`up.example:${server.port}`],
    credentials: { kind: 'bearer', value: 'hush' },
    maximumResponseBytes: 100_000,
  });
  const upstream: OpenedUpstream = {
    ...{ profile: 'main', name: 'up', secret, httpClients: [aClient({ allowedHosts: ['other.example'] }), client] },
    settings: upstreamOf({ issuer: origin(), ...settings }),
  };
  const ask = services.upstreamClient;
  return {
    ...{ server, upstream, origin: origin(), client },
    url: async (request = REQUEST) => new URL(await ask.authorizationUrl(upstream, request)),
    claims: (parameters: Record<string, string> = {}, of = upstream) =>
      ask.claims(of, ATTEMPT, new URLSearchParams({ state: 'st4te', code: 'c0de', iss: origin(), ...parameters }).toString()),
    asked: (path: string) => server.received.filter(({ url }) => url.split('?')[0] === path),
  };
}

async function failureOf(promise: Promise<unknown>): Promise<readonly [string, string]> {
  const error = await promise.then(
    () => new Error('nothing failed'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UpstreamError)) throw error;
  return [error.failure, error.message];
}

describe('an authorization request', () => {
  test('has what OpenID Connect and PKCE ask for (OpenID Connect Core section 3.1.2.1, RFC 7636 section 4.3)', async () => {
    const { url, origin } = await provider();
    const { searchParams, origin: at, pathname } = await url();
    expect(at + pathname).toBe(`${origin}/authorize`);
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ client_id: 'us', response_type: 'code', redirect_uri: REDIRECT, scope: 'openid', state: 'st4te', nonce: 'n0nce' },
      ...{ code_challenge: expect.stringMatching(/^[\w-]{43}$/), code_challenge_method: 'S256' },
    });
    expect(searchParams.get('code_challenge')).not.toBe(ATTEMPT.codeVerifier);
  });

  test('has what the settings and the client ask for', async () => {
    const { url } = await provider({}, { responseMode: 'form_post', scopes: ['openid', 'email'] });
    const { searchParams } = await url({
      ...REQUEST,
      prompt: 'login',
      maxAge: 0,
      acrValues: ['mfa', 'pwd'],
      loginHint: 'una',
      uiLocales: 'sv',
    });
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ response_mode: 'form_post', acr_values: 'mfa pwd', scope: 'openid email', prompt: 'login', max_age: '0', login_hint: 'una' },
      ...{ ui_locales: 'sv' },
    });
  });

  test('is pushed where the provider wants it so (RFC 9126 section 5)', async () => {
    const metadata: Record<string, unknown> = { require_pushed_authorization_requests: true };
    const { url, asked, origin } = await provider({
      metadata,
      answer: ({ url: path }, response) => {
        if (path !== '/par') return false;
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"request_uri":"urn:x:1","expires_in":60}');
        return true;
      },
    });
    metadata['pushed_authorization_request_endpoint'] = `${origin}/par`;
    expect(Object.fromEntries((await url()).searchParams)).toEqual({ client_id: 'us', request_uri: 'urn:x:1' });
    expect(Object.fromEntries(new URLSearchParams(asked('/par')[0]?.body))).toMatchObject({ state: 'st4te', nonce: 'n0nce' });
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'ftp://up.example/'])(
    'never leads to %s, whatever the metadata say',
    async (place) => {
      const { url } = await provider({ metadata: { authorization_endpoint: place } });
      expect((await failureOf(url()))[0]).toBe('invalid');
    },
  );

  test('asks for metadata once for all who come meanwhile, keeps it, and forgets a failure soon', async () => {
    let isDown = true;
    const { url, asked } = await provider({
      answer: (_received, response) => {
        if (isDown) response.writeHead(503).end();
        return isDown;
      },
    });
    const path = '/.well-known/openid-configuration';
    const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(url())));
    expect(failures.map(([failure]) => failure)).toEqual(Array.from({ length: 5 }, () => 'unavailable'));
    await failureOf(url());
    expect(asked(path)).toHaveLength(1);
    isDown = false;
    time.now += 5000;
    await Promise.all([url(), url(), url()]);
    time.now += 599_000;
    await url();
    expect(asked(path)).toHaveLength(2);
    time.now += 2000;
    await url();
    expect(asked(path)).toHaveLength(3);
  });

  test('is not made for a provider that calls itself otherwise (OpenID Connect Discovery section 4.3)', async () => {
    for (const issuer of ['https://evil.example', 'http://up.example/other']) {
      const { url } = await provider({ metadata: { issuer } });
      expect((await failureOf(url()))[0]).not.toBe('denied');
    }
    const { url, origin } = await provider({ metadata: { issuer: undefined } });
    expect((await failureOf(url()))[0]).toBe('unavailable');
    expect(origin).toMatch(/^http:/);
  });
});

describe('an answer', () => {
  test('gives the claims of the id token, and of UserInfo apart', async () => {
    const { claims, asked } = await provider({ claims: { acr: 'mfa' } });
    const { idToken, userInfo } = await claims();
    expect(idToken).toMatchObject({ sub: 'una', acr: 'mfa', aud: 'us' });
    expect(userInfo).toEqual({ sub: 'una', email: 'una@up.example' });
    const [token] = asked('/token');
    expect(Object.fromEntries(new URLSearchParams(token?.body))).toEqual({
      ...{ grant_type: 'authorization_code', code: 'c0de', redirect_uri: REDIRECT, code_verifier: ATTEMPT.codeVerifier, client_id: 'us' },
    });
    // The credentials of the HTTP client are for others.
    expect(JSON.stringify(asked('/token'))).not.toContain('hush');
    expect(asked('/userinfo')[0]?.headers['authorization']).toBe('Bearer at');
  });

  test('is not followed by UserInfo where the settings say so', async () => {
    const { claims, asked } = await provider({}, { userInfo: false });
    expect((await claims()).userInfo).toEqual({});
    expect(asked('/userinfo')).toEqual([]);
  });

  test.each<[string, Manners]>([
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['for another client', { claims: { aud: 'them' } }],
    ['for several clients, of which another is meant', { claims: { aud: ['us', 'them'], azp: 'them' } }],
    ['with another nonce', { claims: { nonce: 'other' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['that is over', { claims: { exp: now() - 120 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['that is issued in the future', { claims: { nbf: now() + 600 } }],
    ['that nobody signed', { sign: (claims) => new UnsecuredJWT(claims).encode() }],
    ['by a key of somebody else', { sign: (claims) => signed(claims, other.privateKey) }],
    ['by a key that is not there', { sign: (claims) => signed(claims, other.privateKey, { kid: 'two' }) }],
    [
      'signed with the public key as a secret',
      { sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.from(JSON.stringify(jwk))) },
    ],
    ['by an algorithm that was not announced', { metadata: { id_token_signing_alg_values_supported: ['ES256'] } }],
    ['that is no JWT', { sign: () => 'not.a.jwt' }],
  ])('with an id token %s is not believed (OpenID Connect Core section 3.1.3.7)', async (_what, manners) => {
    expect((await failureOf((await provider(manners)).claims()))[0]).toBe('invalid');
  });

  test('without an id token is not believed', async () => {
    expect((await failureOf((await provider({ token: { id_token: undefined } })).claims()))[0]).toBe('invalid');
  });

  test('of UserInfo about somebody else is not believed (OpenID Connect Core section 5.3.2)', async () => {
    expect((await failureOf((await provider({ userInfo: { sub: 'ida' } })).claims()))[0]).toBe('invalid');
  });

  test('of another provider, or with another state, is not taken, and no code leaves (RFC 9207 section 2.4)', async () => {
    const { claims, asked } = await provider();
    for (const wrong of [{ iss: 'https://evil.example' }, { iss: '' }, { state: 'other' }])
      expect((await failureOf(claims(wrong)))[0]).toBe('invalid');
    expect(asked('/token')).toEqual([]);
  });

  test.each([
    ['access_denied', 'denied'],
    ['login_required', 'denied'],
    ['temporarily_unavailable', 'unavailable'],
    ['server_error', 'unavailable'],
    ['invalid_request', 'invalid'],
  ])('that is the error %s is %s, and its text is nobody’s', async (error, failure) => {
    const { claims } = await provider();
    const told = await failureOf(claims({ error, error_description: 'Call 555' }));
    expect(told).toEqual([failure, `it sent the browser back with the error "${error}"`]);
    expect((await failureOf(claims({ error: 'Call 555' })))[1]).toBe('it sent the browser back with an error of its own');
  });

  test.each<[string, (response: ServerResponse) => unknown, string]>([
    ['fails', (response) => response.writeHead(502).end('x'), 'unavailable'],
    [
      'refuses the client',
      (response) => response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}'),
      'invalid',
    ],
    [
      'refuses the code',
      (response) => response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}'),
      'invalid',
    ],
    ['redirects', (response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end(), 'invalid'],
    [
      'talks without end',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(200_000)),
      'unavailable',
    ],
    ['hangs up', (response) => response.destroy(), 'unavailable'],
    ['says something else', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'), 'invalid'],
  ])('is of no use where the token endpoint %s', async (_what, answer, failure) => {
    const { claims } = await provider({
      answer: ({ url }, response) => {
        if (url === '/token') answer(response);
        return url === '/token';
      },
    });
    const told = await failureOf(claims());
    expect(told[0]).toBe(failure);
    expect(told[1]).not.toMatch(/c0de|st4te|vvv/);
  });

  test('leads nowhere but where the HTTP client may go, whatever the metadata say (server-side request forgery)', async () => {
    const { claims } = await provider({ metadata: { token_endpoint: 'http://169.254.169.254/latest' } });
    expect(await failureOf(claims())).toEqual(['unavailable', expect.stringContaining('allowedHosts')]);
    const { claims: keysElsewhere } = await provider({ metadata: { jwks_uri: 'http://localhost:1/keys' } });
    expect((await failureOf(keysElsewhere()))[0]).toBe('unavailable');
  });
});

describe('the service authenticates', () => {
  const sent = async (settings: Partial<UpstreamProvider>, secret: string) => {
    const { claims, asked, origin } = await provider({}, settings, secret);
    await claims();
    const [token] = asked('/token');
    return { origin, authorization: token?.headers['authorization'], body: new URLSearchParams(token?.body) };
  };

  test('by its secret, in the header or in the form (RFC 6749 section 2.3.1)', async () => {
    const basic = await sent({ authentication: { method: 'client_secret_basic', secret: 's' } }, 's3cr:t');
    expect(Buffer.from((basic.authorization ?? '').replace('Basic ', ''), 'base64').toString()).toBe('us:s3cr%3At');
    expect(basic.body.has('client_secret')).toBe(false);
    const post = await sent({ authentication: { method: 'client_secret_post', secret: 's' } }, 's3cr:t');
    expect([post.authorization, post.body.get('client_secret')]).toEqual([undefined, 's3cr:t']);
  });

  test('by an assertion of its key (OpenID Connect Core section 9)', async () => {
    const kid = await calculateJwkThumbprint(jwk);
    const text = JSON.stringify({ ...(await exportJWK(keys.privateKey)), alg: 'RS256', kid });
    const { body, origin } = await sent({ authentication: { method: 'private_key_jwt', secret: 's' } }, text);
    const assertion = body.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256', kid });
    const { payload } = await jwtVerify(assertion, keys.publicKey, { issuer: 'us', subject: 'us' });
    expect(payload.aud).toEqual(expect.stringContaining(origin));
  });

  test.each(['no JSON', '{}', '{"kty":"oct","k":"AAAA","alg":"HS256"}'])('by no key that is %s, and says nothing of it', async (text) => {
    const { claims } = await provider({}, { authentication: { method: 'private_key_jwt', secret: 'my-key' } }, text);
    expect(await failureOf(claims())).toEqual(['invalid', expect.stringMatching(/secret "my-key" must be a private key as a JWK/)]);
  });

  test('by a new secret as soon as there is one', async () => {
    const settings = { authentication: { method: 'client_secret_post', secret: 's' } } as const;
    const { claims, upstream, asked } = await provider({}, settings, 'old');
    await claims();
    await claims({}, { ...upstream, secret: 'new' });
    expect(asked('/token').map(({ body }) => new URLSearchParams(body).get('client_secret'))).toEqual(['old', 'new']);
  });
});
