import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { put } from '../configuration/configuration.ts';
import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import type { Endpoint } from '../configuration/entities.ts';
import type { FoundToken } from '../stores.ts';
import { aClientCertificate } from '../testing/client-certificate.ts';
import {
  aRequest,
  bound,
  claimsOf,
  clientOf,
  endpointOf,
  gatewayOf,
  headerOf,
  ISSUER,
  jsonOf,
  SECRET,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';

const PATH = '/forward-auth';
const CREDENTIALS = { 'gateway-authorization': `Basic ${Buffer.from(`gateway:${SECRET}`).toString('base64')}` };
const SETTINGS: ForwardAuthSettings = {
  ...{ client: null, networks: [], certificates: [], requiredScopes: [], requiredAudience: null, claimHeaders: {}, resourceMetadata: null },
  clientCertificateHeader: null,
};

class World {
  private constructor(readonly service: ServiceUnderTest) {}

  static async open(
    settings: Partial<ForwardAuthSettings> = {},
    members: Partial<Endpoint> = {},
    ...more: Parameters<typeof put>[1][]
  ): Promise<World> {
    const forwardAuth = { ...SETTINGS, ...settings };
    const endpoint = endpointOf('oauth-forward-auth', PATH, { revocationLag: 0, forwardAuth, ...members });
    return new World(await ServiceUnderTest.open([put('endpoint', endpoint), ...more.map((client) => put('client', client as never))]));
  }

  ask(headers: OAuthRequest['headers'], members: Partial<OAuthRequest> = {}): Promise<OAuthResponse> {
    return this.service.handle(aRequest(PATH, '', { method: 'GET', ...members, headers: { ...CREDENTIALS, ...headers } }));
  }

  with(token: string, headers: OAuthRequest['headers'] = {}, members: Partial<OAuthRequest> = {}): Promise<OAuthResponse> {
    return this.ask({ authorization: `Bearer ${token}`, ...headers }, members);
  }

  /** From here on every stored token is bound to this confirmation. RFC 7800. */
  bindTokens(cnf: Readonly<Record<string, string>>): void {
    const { tokens } = this.service.stores;
    const find = tokens.find.bind(tokens);
    tokens.find = async (keys) => (await find(keys)).map((found) => (found === null ? null : withConfirmation(found, cnf)));
  }
}

function withConfirmation(found: FoundToken, cnf: Readonly<Record<string, string>>): FoundToken {
  return { ...found, data: JSON.stringify({ ...(JSON.parse(found.data) as object), cnf }) };
}

const challengeOf = (response: OAuthResponse): string => headerOf(response, 'www-authenticate') ?? '';

describe('a request that may pass', () => {
  test('is answered 200 without a body, with the phantom token as Authorization', async () => {
    const world = await World.open();
    const token = await world.service.token({ scope: 'read' });
    const response = await world.with(token);
    expect(response).toMatchObject({ status: 200, body: '' });
    const authorization = headerOf(response, 'authorization') ?? '';
    expect(authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(claimsOf(authorization)).toMatchObject({ sub: 'app', scope: 'read', iss: ISSUER, client_id: 'app' });
    expect(authorization).not.toContain(token);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    expect(headerOf(response, 'www-authenticate')).toBeUndefined();
  });

  test('tells claims as headers, each of them, so that what the client sent under the name is overwritten', async () => {
    const world = await World.open(
      { claimHeaders: { 'X-User': 'sub', 'X-Aud': 'aud', 'X-Exp': 'exp', 'X-None': 'missing', 'X-Proto': '__proto__' } },
      {},
      clientOf('app', { audiences: ['https://a.example', 'https://b.example'] }),
    );
    const response = await world.with(await world.service.token(), { 'x-user': 'admin', 'x-none': 'forged' });
    expect(headerOf(response, 'x-user')).toBe('app');
    expect(headerOf(response, 'x-aud')).toBe('https://a.example https://b.example');
    expect(headerOf(response, 'x-exp')).toMatch(/^\d+$/);
    expect([headerOf(response, 'x-none'), headerOf(response, 'x-proto')]).toEqual(['', '']);
  });

  test('may be kept for as long as the endpoint says, at most until the token ends', async () => {
    const world = await World.open({}, { revocationLag: 30 });
    const token = await world.service.token();
    expect(headerOf(await world.with(token), 'cache-control')).toBe('max-age=30');
    world.service.now += 280;
    expect(headerOf(await world.with(token), 'cache-control')).toBe('max-age=20');
  });

  test.each(['bearer TOKEN', 'BEARER   TOKEN', 'Bearer TOKEN '])('is told by the scheme in any case: %s', async (text) => {
    const world = await World.open();
    const token = await world.service.token();
    expect((await world.ask({ authorization: text.replace('TOKEN', token) })).status).toBe(200);
  });
});

describe('a request that may not pass (RFC 6750 section 3)', () => {
  test('without a token is told the schemes, and no error', async () => {
    const world = await World.open({
      requiredScopes: ['read'],
      resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
    });
    for (const headers of [{}, { authorization: '' }, { authorization: 'Basic Zm9vOmJhcg==' }]) {
      const response = await world.ask(headers);
      expect(response.status).toBe(401);
      expect(challengeOf(response)).toContain(`Bearer realm="${ISSUER}", scope="read", resource_metadata=`);
      expect(challengeOf(response)).toContain('DPoP realm=');
      expect(challengeOf(response)).not.toContain('error=');
      expect(headerOf(response, 'cache-control')).toBe('no-store');
    }
  });

  test.each(['Bearer', 'Bearer a b', 'Bearer "x"', 'DPoP', 'Bearer ä'])('with %s is told that it is malformed', async (authorization) => {
    const response = await (await World.open()).ask({ authorization });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toContain('error="invalid_request"');
  });

  test('with an unknown, tampered, expired or revoked token, or one of another purpose, gets one and the same answer', async () => {
    const world = await World.open();
    const token = await world.service.token();
    const answers = [await world.with('unknown'), await world.with(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)];
    await world.service.revoke(token);
    answers.push(await world.with(token));
    const late = await world.service.token();
    world.service.now += 301;
    answers.push(await world.with(late));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(401);
    expect(challengeOf(answers[0] as OAuthResponse)).toBe(
      `Bearer realm="${ISSUER}", error="invalid_token", error_description="The access token is not active."`,
    );
  });

  test('lacking a scope of the endpoint or of the location is 403 with the scopes that it takes', async () => {
    const world = await World.open({ requiredScopes: ['read'] });
    const token = await world.service.token({ scope: 'read' });
    expect((await world.with(token)).status).toBe(200);
    const response = await world.with(token, {}, { query: 'scope=write' });
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toContain('error="insufficient_scope"');
    expect(challengeOf(response)).toContain('scope="read write"');
    expect((await world.with(await world.service.token({ scope: 'write' }))).status).toBe(403);
    expect((await world.with(await world.service.token(), {}, { query: 'scope=read+write&other=1' })).status).toBe(200);
  });

  test('for another audience is 401', async () => {
    const world = await World.open(
      { requiredAudience: 'https://a.example' },
      {},
      clientOf('app', { audiences: ['https://a.example', 'https://b.example'] }),
    );
    const token = await world.service.token();
    expect((await world.with(token)).status).toBe(200);
    expect((await world.with(token, {}, { query: 'audience=https://b.example' })).status).toBe(200);
    expect(challengeOf(await world.with(token, {}, { query: 'audience=https://c.example' }))).toContain('error="invalid_token"');
  });
});

describe('gateways', () => {
  test.each<[string, OAuthRequest['headers']]>([
    ['no credentials', { 'gateway-authorization': undefined }],
    ['a wrong secret', { 'gateway-authorization': `Basic ${Buffer.from('gateway:wrong').toString('base64')}` }],
    ['an unknown client', { 'gateway-authorization': `Basic ${Buffer.from(`nobody:${SECRET}`).toString('base64')}` }],
    ['something else', { 'gateway-authorization': 'Bearer x' }],
    ['a client that may not introspect', { 'gateway-authorization': `Basic ${Buffer.from(`app:${SECRET}`).toString('base64')}` }],
  ])('with %s are refused by 403 without a challenge, whatever the token', async (_what, headers) => {
    const world = await World.open();
    const response = await world.with(await world.service.token(), headers);
    expect(response.status).toBe(403);
    expect(jsonOf(response)).toMatchObject({ error: 'unauthorized_client' });
    expect(headerOf(response, 'www-authenticate')).toBeUndefined();
    expect(headerOf(response, 'authorization')).toBeUndefined();
  });

  test.each([
    ['10.1.2.3', 200],
    ['::ffff:10.1.2.3', 200],
    ['fd00:1::7', 200],
    ['10.2.0.1', 403],
    ['fd00:2::7', 403],
    [null, 403],
  ])('in a network that is trusted need no credentials: %s is answered %i', async (address, status) => {
    const world = await World.open({ client: 'gateway', networks: ['10.1.0.0/16', 'fd00:1::/32'] });
    const token = await world.service.token();
    const asked = { 'gateway-authorization': undefined, 'x-forwarded-for': '10.1.0.1' };
    expect((await world.with(token, asked, { peerAddress: () => address, clientIpAddress: '10.1.0.1' })).status).toBe(status);
  });

  test('with a certificate that is known need no credentials', async () => {
    const world = await World.open({ client: 'gateway', certificates: ['A'.repeat(43)] });
    const token = await world.service.token();
    const asked = (shown: string | null) =>
      world.with(token, { 'gateway-authorization': undefined }, { certificateThumbprint: () => shown });
    expect((await asked('A'.repeat(43))).status).toBe(200);
    expect((await asked('B'.repeat(43))).status).toBe(403);
    expect((await asked(null)).status).toBe(403);
  });

  test('see tokens by the rules of their client: those of an API only what names it', async () => {
    const world = await World.open({}, {}, gatewayOf('gateway', { policy: 'audience-or-scope' }, { scopes: ['read'] }));
    const response = await world.with(await world.service.token({ scope: 'read write' }));
    expect(claimsOf(headerOf(response, 'authorization') ?? '')).toMatchObject({ scope: 'read' });
    expect((await world.with(await world.service.token({ scope: 'write' }))).status).toBe(401);
  });
});

describe('the procedure of the flow', () => {
  const deny = `function result(context) {
    if (context.request.method === 'DELETE' || context.request.path.indexOf('/admin/') === 0) throw exceptionFactory.forbiddenException('Not here.');
    if (context.request.getQueryParameter('again') !== null) throw exceptionFactory.unauthorizedException('Log in again.');
    if (context.request.getQueryParameter('bad') !== null) throw exceptionFactory.badRequestException('invalid_target', 'No such thing.');
    if (context.request.getQueryParameter('quiet') !== null) return {};
    if (context.request.getQueryParameter('bare') !== null) return { active: true };
    if (context.request.getQueryParameter('foreign') !== null) return { active: true, jwt: 'a.b.c' };
    if (context.request.getHeader('Gateway-Authorization') !== null || context.request.getHeader('Authorization') !== null) throw new Error('seen');
    context.response.setHeader('X-Path', context.request.path);
    var jwt = context.getDefaultAccessTokenJwtIssuer().issue(context.presentedToken.data, context.delegation);
    return { active: true, jwt: jwt, tenant: 'acme' };
  }`;

  test('sees the request that the gateway asks about, and decides', async () => {
    const world = await World.open({ claimHeaders: { 'X-Tenant': 'tenant' } });
    await world.service.change(...bound('oauth-forward-auth', deny));
    const token = await world.service.token();
    const asked = (headers: OAuthRequest['headers']) => world.with(token, headers);
    const passed = await asked({ 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/orders?page=2' });
    expect(passed.status).toBe(200);
    expect([headerOf(passed, 'x-path'), headerOf(passed, 'x-tenant')]).toEqual(['/orders', 'acme']);

    const forbidden = await asked({ 'x-forwarded-method': 'DELETE', 'x-forwarded-uri': '/orders' });
    expect(forbidden.status).toBe(403);
    expect(jsonOf(forbidden)).toEqual({ error: 'access_denied', error_description: 'Not here.' });
    expect((await asked({ 'x-original-url': 'https://api.example/admin/users' })).status).toBe(403);
    expect((await asked({ 'x-original-uri': '/?bad=1' })).status).toBe(403);
    const again = await asked({ 'x-original-uri': '/?again=1' });
    expect(again.status).toBe(401);
    expect(challengeOf(again)).toContain('error="invalid_token", error_description="Log in again."');
    expect((await asked({ 'x-original-uri': '/?quiet=1' })).status).toBe(401);
    const bare = await asked({ 'x-original-uri': '/?bare=1' });
    expect(bare.status).toBe(200);
    expect(headerOf(bare, 'authorization')).toBe('');
    expect((await asked({ 'x-original-uri': '/?foreign=1' })).status).toBe(500);
  });

  test('sees it from the path below that of the endpoint too, whatever headers say (Envoy)', async () => {
    const world = await World.open({ requiredScopes: ['read'] });
    await world.service.change(...bound('oauth-forward-auth', deny));
    const token = await world.service.token({ scope: 'read' });
    const below = (path: string, method: string, query = '') =>
      world.with(
        token,
        { 'x-forwarded-uri': '/elsewhere', 'x-forwarded-method': 'GET', 'x-original-uri': '/other' },
        { path: PATH + path, method, query },
      );
    const passed = await below('/orders', 'POST', 'page=2&scope=write&audience=none');
    expect([passed.status, headerOf(passed, 'x-path')]).toEqual([200, '/orders']);
    expect(headerOf(await below('/', 'GET'), 'x-path')).toBe('/');
    expect((await below('/orders', 'DELETE')).status).toBe(403);
    expect((await below('/admin/users', 'GET')).status).toBe(403);
    expect((await below('/orders', 'GET', 'again=1')).status).toBe(401);
    await expect(below('-not', 'GET')).rejects.toThrow('nothing is served');
  });

  test.each<[string, OAuthRequest['headers']]>([
    ['a method that is none', { 'x-forwarded-method': 'GET /' }],
    ['a scheme that is none', { 'x-forwarded-proto': 'ftp' }],
    ['a path that is none', { 'x-forwarded-uri': 'orders' }],
    ['an endless path', { 'x-forwarded-uri': `/${'x'.repeat(9000)}` }],
    ['a method of two minds', { 'x-original-method': 'DELETE', 'x-forwarded-method': 'GET' }],
    ['a path of two minds', { 'x-original-uri': '/admin', 'x-forwarded-uri': '/' }],
    ['a host that is none', { 'x-forwarded-host': 'a b', 'x-forwarded-uri': '/' }],
  ])('is not asked about %s: 400', async (_what, headers) => {
    const world = await World.open();
    expect((await world.with(await world.service.token(), headers)).status).toBe(400);
  });
});

describe('a token that is bound', () => {
  const URL_ASKED = 'https://api.example/orders';
  const FORWARDED = {
    'x-forwarded-method': 'POST',
    'x-forwarded-uri': '/orders?x=1',
    'x-forwarded-host': 'api.example',
    'x-forwarded-proto': 'https',
  };

  async function keyAndProof() {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    let count = 0;
    const proof = (token: string, now: number, claims: Record<string, unknown> = {}) =>
      new SignJWT({
        jti: `p${count++}`,
        htm: 'POST',
        htu: URL_ASKED,
        iat: now,
        ath: createHash('sha256').update(token).digest('base64url'),
        ...claims,
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(privateKey);
    return { proof, jkt: await calculateJwkThumbprint(jwk) };
  }

  test('to a key passes with a proof for this very request, once (RFC 9449 section 7)', async () => {
    const world = await World.open({}, { revocationLag: 30 });
    const token = await world.service.token();
    const { proof, jkt } = await keyAndProof();
    world.bindTokens({ jkt });
    const { now } = world.service;
    const asked = (dpop: string | string[] | undefined, scheme = 'DPoP') =>
      world.ask({ ...FORWARDED, authorization: `${scheme} ${token}`, ...(dpop === undefined ? {} : { dpop }) });

    const good = await proof(token, now);
    const passed = await asked(good);
    expect(passed.status).toBe(200);
    expect(headerOf(passed, 'cache-control')).toBe('no-store');
    expect(claimsOf(headerOf(passed, 'authorization') ?? '')).toMatchObject({ cnf: { jkt } });

    const refused = [
      await asked(good),
      await asked(undefined),
      await asked([await proof(token, now), await proof(token, now)]),
      await asked(await proof(token, now, { htm: 'GET' })),
      await asked(await proof(token, now, { htu: 'https://api.example/other' })),
      await asked(await proof('another', now)),
      await asked(await proof(token, now - 120)),
      await asked(await (await keyAndProof()).proof(token, now)),
    ];
    for (const response of refused) {
      expect(response.status).toBe(401);
      expect(challengeOf(response)).toMatch(/^DPoP realm=.*error="invalid_dpop_proof".*algs="ES256 /);
    }
    const bearer = await asked(await proof(token, now), 'Bearer');
    expect(bearer.status).toBe(401);
    expect(challengeOf(bearer)).toMatch(/^DPoP .*error="invalid_token"/);
  });

  test('to nothing does not pass with a proof', async () => {
    const world = await World.open();
    const token = await world.service.token();
    const { proof } = await keyAndProof();
    const response = await world.ask({ ...FORWARDED, authorization: `DPoP ${token}`, dpop: await proof(token, world.service.now) });
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toContain('not bound to a key');
  });

  test('to a certificate passes with that certificate, as the gateway forwards it (RFC 8705, RFC 9440)', async () => {
    // A kept answer would pass whoever shows the token.
    const world = await World.open({ clientCertificateHeader: 'client-cert' }, { revocationLag: 30 });
    const token = await world.service.token();
    const { certificate } = await aClientCertificate();
    const { raw } = new X509Certificate(certificate);
    world.bindTokens({ 'x5t#S256': createHash('sha256').update(raw).digest('base64url') });
    expect((await world.with(token)).status).toBe(401);
    const passed = await world.with(token, { 'client-cert': `:${raw.toString('base64')}:` });
    expect([passed.status, headerOf(passed, 'cache-control')]).toEqual([200, 'no-store']);
    expect((await world.with(token, { 'x-ssl-client-cert': encodeURIComponent(certificate) })).status).toBe(401);
    const other = new X509Certificate((await aClientCertificate()).certificate).raw;
    expect((await world.with(token, { 'client-cert': `:${other.toString('base64')}:` })).status).toBe(401);
    for (const broken of ['::', ':AAAA:', 'x', '']) expect((await world.with(token, { 'client-cert': broken })).status).toBe(401);
  });

  test('to a certificate passes with it as nginx forwards it, URL-encoded, where the endpoint is told to believe that header', async () => {
    const { certificate } = await aClientCertificate();
    const cnf = { 'x5t#S256': createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url') };
    const shown = { 'x-ssl-client-cert': encodeURIComponent(certificate) };
    for (const [clientCertificateHeader, status] of [
      ['x-ssl-client-cert', 200],
      ['client-cert', 401],
      [null, 401],
    ] as const) {
      const world = await World.open({ clientCertificateHeader });
      const token = await world.service.token();
      world.bindTokens(cnf);
      expect([clientCertificateHeader, (await world.with(token, shown)).status]).toEqual([clientCertificateHeader, status]);
      expect((await world.with(token, { 'x-ssl-client-cert': '%' })).status).toBe(401);
    }
  });
});
