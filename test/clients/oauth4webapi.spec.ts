import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import type { Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld, SECRET } from './clients-world.ts';

/** A library that does one step at a time and checks each strictly: for what `openid-client` does by itself. */

let world: ClientsWorld;
let alice: Person;
let server: oauth.AuthorizationServer;
const web: oauth.Client = { client_id: 'web' };
const basic = oauth.ClientSecretBasic(SECRET);

beforeAll(async () => {
  world = await ClientsWorld.open();
  alice = await world.person('alice');
  server = await found(world.issuer);
}, 60_000);
afterAll(() => world.close());

async function found(issuer: URL, algorithm: 'oidc' | 'oauth2' = 'oauth2'): Promise<oauth.AuthorizationServer> {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm }));
}

interface Started {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly parameters: URLSearchParams;
}

async function started(client: oauth.Client, more: Readonly<Record<string, string>> = {}): Promise<Started> {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const parameters = new URLSearchParams({
    ...{ client_id: client.client_id, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid email read', state, nonce },
    ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more },
  });
  return { verifier, state, nonce, parameters };
}

function address(parameters: URLSearchParams, as = server): URL {
  return new URL(`${as.authorization_endpoint ?? ''}?${parameters.toString()}`);
}

interface Redeeming {
  readonly client?: oauth.Client;
  readonly authentication?: oauth.ClientAuth;
  readonly as?: oauth.AuthorizationServer;
  readonly DPoP?: oauth.DPoPHandle;
}

/** From the request with which somebody comes back to their tokens, with a second try where a nonce is wanted. */
async function redeemed(
  back: Request,
  { verifier, state, nonce }: Started,
  { client = web, authentication = basic, as = server, DPoP }: Redeeming = {},
): Promise<oauth.TokenEndpointResponse> {
  const callback = oauth.validateAuthResponse(
    as,
    client,
    back.method === 'POST' ? new URLSearchParams(await back.text()) : new URL(back.url),
    state,
  );
  const redeem = async () => {
    const options = DPoP === undefined ? {} : { DPoP };
    const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, callback, CALLBACK, verifier, options);
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response);
    return tokens;
  };
  return redeem().catch((error: unknown) => {
    if (oauth.isDPoPNonceError(error)) return redeem();
    throw error;
  });
}

/** What was answered in place of tokens. */
async function refusal(response: Promise<Response>): Promise<readonly [status: number, body: unknown]> {
  const { status, ...rest } = await response;
  return [status, await (await response).json().catch(() => rest)];
}

describe('oauth4webapi', () => {
  test('finds the same by OpenID discovery and by RFC 8414', async () => {
    expect(server.id_token_signing_alg_values_supported).toContain('ES256');
    expect(await found(world.issuer, 'oidc')).toEqual(server);
  });

  test('signs somebody in, verifies the signature of the id token, asks for userinfo (OpenID Connect Core sections 3.1.3.7 and 5.3)', async () => {
    const request = await started(web);
    const tokens = await redeemed(await alice.comeBack(address(request.parameters), CALLBACK), request);
    const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
    const info = await oauth.processUserInfoResponse(server, web, sub, await oauth.userInfoRequest(server, web, tokens.access_token));
    expect(info).toEqual({ sub, email: 'alice@example.com' });
    const wrong = oauth.processUserInfoResponse(server, web, 'bob', await oauth.userInfoRequest(server, web, tokens.access_token));
    await expect(wrong).rejects.toThrow(/sub/);
  });

  test('knows the hash of the access token in the id token (OpenID Connect Core section 3.1.3.6)', async () => {
    const request = await started(web);
    const tokens = await redeemed(await alice.comeBack(address(request.parameters), CALLBACK), request);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tokens.access_token)));
    expect(decodeJwt(tokens.id_token ?? '')['at_hash']).toBe(Buffer.from(digest.slice(0, 16)).toString('base64url'));
  });

  test('pushes a signed-for request with a proof and a nonce, and its tokens are bound (RFC 9126, RFC 9449 section 10.1)', async () => {
    const issuer = new URL(`${world.url}/nonces`);
    const as = await found(issuer);
    const client: oauth.Client = { client_id: 'bound' };
    const person = await world.person('carol', 'nonces');
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    const request = await started(client, { scope: 'openid read' });
    const push = async () =>
      oauth.processPushedAuthorizationResponse(
        as,
        client,
        await oauth.pushedAuthorizationRequest(as, client, oauth.ClientSecretPost(SECRET), request.parameters, { DPoP }),
      );
    const first = await push().catch((error: unknown) => error);
    expect(oauth.isDPoPNonceError(first)).toBe(true);
    const { request_uri: requestUri } = await push();
    const named = new URLSearchParams({ client_id: 'bound', request_uri: requestUri });
    const back = await person.comeBack(address(named, as), CALLBACK);
    const redeeming = { client, as, authentication: oauth.ClientSecretPost(SECRET) };
    const other = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
    await expect(redeemed(back, request, { ...redeeming, DPoP: other })).rejects.toMatchObject({ error: 'invalid_grant' });
    const tokens = await redeemed(back, request, { ...redeeming, DPoP });
    expect(tokens.token_type).toBe('dpop');
    const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
    const info = await oauth.userInfoRequest(as, client, tokens.access_token, { DPoP });
    expect(await oauth.processUserInfoResponse(as, client, sub, info)).toEqual({ sub });
    // The request was used up.
    const again = await person.fetch(address(named, as));
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('was used')]);
  });

  test('gets its introspection signed (RFC 9701)', async () => {
    const own = await oauth.clientCredentialsGrantRequest(server, web, basic, { scope: 'read' });
    const { access_token: token } = await oauth.processClientCredentialsResponse(server, web, own);
    const gateway: oauth.Client = { client_id: 'gateway_client' };
    const asked = await oauth.introspectionRequest(server, gateway, basic, token, { requestJwtResponse: true });
    expect(asked.headers.get('content-type')).toBe('application/token-introspection+jwt');
    expect(await oauth.processIntrospectionResponse(server, gateway, asked)).toMatchObject({
      active: true,
      client_id: 'web',
      scope: 'read',
    });
    await oauth.validateApplicationLevelSignature(server, asked);
  });

  test('gets JWTs that an API can check, for that API alone (RFC 9068 section 4, RFC 8707)', async () => {
    const parameters = new URLSearchParams({ scope: 'read', resource: 'https://orders.example' });
    const own = await oauth.clientCredentialsGrantRequest(server, web, basic, parameters);
    const { access_token: token } = await oauth.processClientCredentialsResponse(server, web, own);
    const request = new Request('https://orders.example/', { headers: { authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, 'https://orders.example');
    expect(claims).toMatchObject({ sub: 'web', client_id: 'web', aud: 'https://orders.example', scope: 'read' });
    await expect(oauth.validateJwtAccessToken(server, request, 'https://stock.example')).rejects.toThrow(/aud/);
  });

  test('authenticates by an assertion, once each (RFC 7523 section 3)', async () => {
    const key = await world.clientWithKey('signing', { capabilities: ['client-credentials'], scopes: ['read'] });
    const signing: oauth.Client = { client_id: 'signing' };
    let kept = '';
    const authenticate = oauth.PrivateKeyJwt(key);
    const keeping: oauth.ClientAuth = async (as, client, body, headers) => {
      await authenticate(as, client, body, headers);
      kept = body.get('client_assertion') ?? '';
    };
    const ask = (authentication: oauth.ClientAuth) => oauth.clientCredentialsGrantRequest(server, signing, authentication, {});
    await oauth.processClientCredentialsResponse(server, signing, await ask(keeping));
    const replaying: oauth.ClientAuth = (_as, { client_id: id }, body) => {
      body.set('client_id', id);
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      body.set('client_assertion', kept);
    };
    expect(await refusal(ask(replaying))).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
    expect(await refusal(ask(oauth.None()))).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
  });

  test('keeps no secret on a device, and its refresh tokens are bound to its key (RFC 8252, RFC 9449 section 5)', async () => {
    const native: oauth.Client = { client_id: 'native' };
    const DPoP = oauth.DPoP(native, await oauth.generateKeyPair('ES256'));
    const request = await started(native, { scope: 'openid read' });
    const back = await alice.comeBack(address(request.parameters), CALLBACK);
    const tokens = await redeemed(back, request, { client: native, authentication: oauth.None(), DPoP });
    const refresh = (handle?: oauth.DPoPHandle) =>
      oauth.refreshTokenGrantRequest(
        server,
        native,
        oauth.None(),
        tokens.refresh_token ?? '',
        handle === undefined ? {} : { DPoP: handle },
      );
    expect(await refusal(refresh())).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
    const other = oauth.DPoP(native, await oauth.generateKeyPair('ES256'));
    expect(await refusal(refresh(other))).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
    expect(await oauth.processRefreshTokenResponse(server, native, await refresh(DPoP))).toMatchObject({ token_type: 'dpop' });
  });

  test('exchanges a token for a narrower one (RFC 8693 section 2)', async () => {
    const request = await started(web);
    const { access_token: token } = await redeemed(await alice.comeBack(address(request.parameters), CALLBACK), request);
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const asked = { subject_token: token, subject_token_type: type, scope: 'read' };
    const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const response = await oauth.genericTokenEndpointRequest(server, web, basic, grant, asked);
    const exchanged = await oauth.processGenericTokenEndpointResponse(server, web, response);
    expect(exchanged).toMatchObject({ issued_token_type: type, scope: 'read' });
    const revoked = await oauth.revocationRequest(server, web, basic, exchanged.access_token);
    await oauth.processRevocationResponse(revoked);
    const introspected = await oauth.introspectionRequest(server, web, basic, exchanged.access_token);
    expect(await oauth.processIntrospectionResponse(server, web, introspected)).toEqual({ active: false });
  });
});
