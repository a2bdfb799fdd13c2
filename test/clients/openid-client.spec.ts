import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser } from '../support/browser.ts';
import { PASSWORD, type Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld, SECRET } from './clients-world.ts';

let world: ClientsWorld;
let alice: Person;
let web: client.Configuration;

beforeAll(async () => {
  world = await ClientsWorld.open();
  alice = await world.person('alice');
  web = await client.discovery(world.issuer, 'web', undefined, client.ClientSecretBasic(SECRET));
  // Verifies signatures of id tokens, although they came over TLS.
  client.enableNonRepudiationChecks(web);
}, 60_000);
afterAll(() => world.close());

interface Asked {
  readonly url: URL;
  readonly checks: client.AuthorizationCodeGrantChecks;
}

/** What a client keeps between sending somebody off and getting them back. */
async function asking(parameters: Readonly<Record<string, string>> = {}, config = web): Promise<Asked> {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const url = client.buildAuthorizationUrl(config, await parametersOf(checks, parameters));
  return { url, checks };
}

async function parametersOf(
  {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
  }: { readonly pkceCodeVerifier: string; readonly expectedState: string; readonly expectedNonce: string },
  more: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  return {
    ...{ redirect_uri: CALLBACK, scope: 'openid profile email read', state: expectedState, nonce: expectedNonce },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', ...more },
  };
}

/** Signs somebody in and gets the tokens. */
async function signedIn(
  parameters: Readonly<Record<string, string>> = {},
  config = web,
  person = alice,
  options: client.AuthorizationCodeGrantOptions = {},
): Promise<Awaited<ReturnType<typeof client.authorizationCodeGrant>>> {
  const { url, checks } = await asking(parameters, config);
  return client.authorizationCodeGrant(config, await person.comeBack(url, CALLBACK), checks, undefined, options);
}

/** Code and status of an error that the service answered with. */
async function refusal(promise: Promise<unknown>): Promise<readonly unknown[]> {
  return promise.then(
    () => ['no refusal'],
    (error: unknown) => {
      if (error instanceof client.ResponseBodyError) return [error.status, error.error];
      if (error instanceof client.AuthorizationResponseError) return ['returned', error.error];
      throw error;
    },
  );
}

/** What the library itself finds wrong with an answer. */
async function complaint(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('no complaint'),
    (thrown: unknown) => thrown as Error,
  );
  return (error.cause as Error | undefined)?.message ?? error.message;
}

describe('openid-client, a web application that people sign in to', () => {
  test('finds everything by the issuer (OpenID Connect Discovery section 4, RFC 8414 section 3)', async () => {
    const metadata = web.serverMetadata();
    expect(metadata.issuer).toBe(world.issuer.href);
    expect(metadata.supportsPKCE()).toBe(true);
    const other = await client.discovery(world.issuer, 'web', SECRET, undefined, { algorithm: 'oauth2' });
    expect(other.serverMetadata().token_endpoint).toBe(metadata.token_endpoint);
  });

  test('signs somebody in: code, PKCE, state, nonce, issuer, id token, userinfo (OpenID Connect Core section 3.1)', async () => {
    const tokens = await signedIn();
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid profile email read' });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: world.issuer.href, aud: 'web', amr: ['pwd'], auth_time: expect.any(Number) });
    const info = await client.fetchUserInfo(web, tokens.access_token, claims?.sub ?? '');
    expect(info).toEqual({
      ...{ sub: claims?.sub, name: 'Alice Example', preferred_username: 'alice', email: 'alice@example.com' },
    });
  });

  test('checks how long ago that was (OpenID Connect Core section 3.1.2.1)', async () => {
    const { url, checks } = await asking({ max_age: '300' });
    const tokens = await client.authorizationCodeGrant(web, await alice.comeBack(url, CALLBACK), { ...checks, maxAge: 300 });
    expect(tokens.claims()?.auth_time).toEqual(expect.any(Number));
  });

  test('gets the answer by a form, where it asks for that (Form Post Response Mode section 2)', async () => {
    const { url, checks } = await asking({ response_mode: 'form_post' });
    const back = await alice.comeBack(url, CALLBACK);
    expect(back.method).toBe('POST');
    expect((await client.authorizationCodeGrant(web, back, checks)).claims()?.aud).toBe('web');
  });

  test('takes no answer that was mixed up with another: state, nonce, issuer, verifier (RFC 9207, RFC 9700 section 4.7)', async () => {
    const [first, second] = [await asking(), await asking()];
    const back = await alice.comeBack(first.url, CALLBACK);
    expect(await complaint(client.authorizationCodeGrant(web, new URL(back.url), second.checks))).toMatch(/state/);
    const swapped = new URL(back.url);
    swapped.searchParams.set('iss', 'https://evil.example');
    expect(await complaint(client.authorizationCodeGrant(web, swapped, first.checks))).toMatch(/iss/);
    swapped.searchParams.delete('iss');
    expect(await complaint(client.authorizationCodeGrant(web, swapped, first.checks))).toMatch(/iss/);
    const verifier = { ...first.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
    expect(await refusal(client.authorizationCodeGrant(web, new URL(back.url), verifier))).toEqual([400, 'invalid_grant']);
    // None of it has used the code up; it is for another nonce, all the same.
    const nonce = { ...first.checks, expectedNonce: client.randomNonce() };
    expect(await complaint(client.authorizationCodeGrant(web, new URL(back.url), nonce))).toMatch(/nonce/);
  });

  test('hears that somebody says no, or is not there (RFC 6749 section 4.1.2.1)', async () => {
    const person = await world.person('nobody');
    const silent = await asking({ prompt: 'none' });
    const back = await person.comeBack(silent.url, CALLBACK);
    expect(await refusal(client.authorizationCodeGrant(web, back, silent.checks))).toEqual(['returned', 'login_required']);
    const denied = await asking();
    const no = await person.comeBack(denied.url, CALLBACK, 'deny');
    expect(await refusal(client.authorizationCodeGrant(web, no, denied.checks))).toEqual(['returned', 'access_denied']);
  });

  test('refreshes, introspects, revokes (RFC 6749 section 6, RFC 7662, RFC 7009)', async () => {
    const first = await signedIn();
    const second = await client.refreshTokenGrant(web, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const narrow = await client.refreshTokenGrant(web, second.refresh_token ?? '', { scope: 'read' });
    expect(await client.tokenIntrospection(web, narrow.access_token)).toMatchObject({ active: true, scope: 'read', client_id: 'web' });
    await client.tokenRevocation(web, narrow.refresh_token ?? '');
    for (const { access_token: token } of [first, second, narrow])
      expect(await client.tokenIntrospection(web, token)).toEqual({ active: false });
    expect(await refusal(client.refreshTokenGrant(web, narrow.refresh_token ?? ''))).toEqual([400, 'invalid_grant']);
    const sub = first.claims()?.sub ?? '';
    await expect(client.fetchUserInfo(web, first.access_token, sub)).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    });
  });

  test('pushes its request beforehand (RFC 9126)', async () => {
    const { checks } = await asking();
    const { pkceCodeVerifier = '', expectedState = '', expectedNonce = '' } = checks;
    const kept = { pkceCodeVerifier, expectedState: String(expectedState), expectedNonce };
    const url = await client.buildAuthorizationUrlWithPAR(web, await parametersOf(kept, {}));
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const tokens = await client.authorizationCodeGrant(web, await alice.comeBack(url, CALLBACK), checks);
    expect(tokens.claims()?.nonce).toBe(expectedNonce);
    const wrong = client.buildAuthorizationUrlWithPAR(web, await parametersOf(kept, { redirect_uri: 'https://evil.example/' }));
    expect(await refusal(wrong)).toEqual([400, 'invalid_request']);
  });

  test('binds its tokens to a key (RFC 9449)', async () => {
    const key = await client.randomDPoPKeyPair('ES256');
    const DPoP = client.getDPoPHandle(web, key);
    const { url, checks } = await asking({ dpop_jkt: await DPoP.calculateThumbprint() });
    const back = await alice.comeBack(url, CALLBACK);
    const other = client.getDPoPHandle(web, await client.randomDPoPKeyPair('ES256'));
    expect(await refusal(client.authorizationCodeGrant(web, back, checks, undefined, { DPoP: other }))).toEqual([400, 'invalid_grant']);
    const tokens = await client.authorizationCodeGrant(web, new URL(back.url), checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(web, tokens.access_token, sub, { DPoP })).toMatchObject({ sub });
    await expect(client.fetchUserInfo(web, tokens.access_token, sub, { DPoP: other })).rejects.toMatchObject({ status: 401 });
    await expect(client.fetchUserInfo(web, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 });
    const refreshed = await client.refreshTokenGrant(web, tokens.refresh_token ?? '', {}, { DPoP });
    expect(await client.tokenIntrospection(web, refreshed.access_token)).toMatchObject({ cnf: { jkt: await DPoP.calculateThumbprint() } });
  });

  test('is asked for nonces in its proofs, and gives them (RFC 9449 section 8)', async () => {
    const issuer = new URL(`${world.url}/nonces`);
    const config = await client.discovery(issuer, 'bound', undefined, client.ClientSecretPost(SECRET));
    const person = await world.person('carol', 'nonces');
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('EdDSA'));
    const tokens = await signedIn({ scope: 'openid read' }, config, person, { DPoP });
    expect(tokens.claims()?.iss).toBe(issuer.href);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP });
    expect(await client.tokenIntrospection(config, again.access_token)).toMatchObject({ active: true, token_type: 'DPoP' });
    expect(await refusal(client.clientCredentialsGrant(config, { scope: 'read' }))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('asks for tokens for an API (RFC 8707)', async () => {
    const tokens = await signedIn({ resource: 'https://orders.example' });
    expect(tokens.scope).toBe('read');
    expect(await client.tokenIntrospection(web, tokens.access_token)).toMatchObject({ aud: 'https://orders.example' });
    const elsewhere = client.refreshTokenGrant(web, tokens.refresh_token ?? '', { resource: 'https://stock.example' });
    expect(await refusal(elsewhere)).toEqual([400, 'invalid_target']);
    const { url, checks } = await asking({ resource: 'https://unknown.example' });
    expect(await refusal(client.authorizationCodeGrant(web, await alice.comeBack(url, CALLBACK), checks))).toEqual([
      'returned',
      'invalid_target',
    ]);
  });

  test('needs no secret where it signs (RFC 7523 section 2.2)', async () => {
    const key = await world.clientWithKey('signing', {
      ...{ capabilities: ['authorization-code', 'refresh-token', 'client-credentials', 'introspection'], scopes: ['openid', 'read'] },
      authorizationCode: { redirectUris: ['http://127.0.0.1/callback'] },
    });
    const config = await client.discovery(world.issuer, 'signing', undefined, client.PrivateKeyJwt(key));
    const tokens = await signedIn({ scope: 'openid read' }, config);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, client_id: 'signing' });
    const stranger = await client.discovery(world.issuer, 'signing', undefined, client.ClientSecretPost(SECRET));
    expect(await refusal(client.clientCredentialsGrant(stranger))).toEqual([401, 'invalid_client']);
  });

  test('acts for itself (RFC 6749 section 4.4), and exchanges what it has (RFC 8693)', async () => {
    const own = await client.clientCredentialsGrant(web, { scope: 'read', resource: 'https://stock.example' });
    expect(await client.tokenIntrospection(web, own.access_token)).toMatchObject({ sub: 'web', aud: 'https://stock.example' });
    expect(own.refresh_token).toBeUndefined();
    const { access_token: token } = await signedIn();
    const exchanged = await client.genericGrantRequest(web, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      ...{ subject_token: token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', scope: 'read' },
    });
    expect(exchanged['issued_token_type']).toBe('urn:ietf:params:oauth:token-type:access_token');
    expect(await client.tokenIntrospection(web, exchanged.access_token)).toMatchObject({ active: true, scope: 'read' });
  });
});

describe('openid-client, a till that has people asked on another device (OpenID Connect CIBA, poll mode)', () => {
  let till: client.Configuration;
  beforeAll(async () => {
    till = await client.discovery(world.issuer, 'till', undefined, client.ClientSecretBasic(SECRET));
    client.enableNonRepudiationChecks(till);
  });

  const ask = (parameters: Readonly<Record<string, string>> = {}) =>
    client.initiateBackchannelAuthentication(till, {
      scope: 'openid profile read',
      login_hint: 'alice',
      binding_message: 'W4SCT',
      ...parameters,
    });
  /** The page of the only request that waits for alice. */
  async function page(): Promise<URL> {
    const account = await alice.visit(`${world.url}/people/account`);
    const [, path = ''] = /href="([^"]*\/approve[^"]*)"/.exec(account) ?? [];
    return new URL(path, world.url);
  }

  test('waits until they have said yes, and knows who they are', async () => {
    expect(till.serverMetadata().backchannel_token_delivery_modes_supported).toEqual(['poll']);
    const asked = await ask();
    const [tokens, end] = await Promise.all([client.pollBackchannelAuthenticationGrant(till, asked), alice.answer(await page(), 'allow')]);
    expect(end).toContain('Allowed');
    const { sub = '' } = tokens.claims() ?? {};
    expect(tokens.claims()).toMatchObject({ amr: ['pwd'] });
    expect(await client.fetchUserInfo(till, tokens.access_token, sub)).toMatchObject({ sub, preferred_username: 'alice' });
    const refreshed = await client.refreshTokenGrant(till, tokens.refresh_token ?? '');
    expect(refreshed.claims()?.sub ?? sub).toBe(sub);
    expect(
      await refusal(client.initiateBackchannelAuthentication(till, { scope: 'openid', id_token_hint: tokens.id_token ?? '' })),
    ).toEqual(['no refusal']);
    await alice.answer(await page(), 'deny');
  });

  test('is told that they have said no (section 11)', async () => {
    const asked = await ask();
    const polled = refusal(client.pollBackchannelAuthenticationGrant(till, asked));
    await alice.answer(await page(), 'deny');
    expect(await polled).toEqual([400, 'access_denied']);
  });

  test('has its tokens bound to its key (RFC 9449)', async () => {
    const DPoP = client.getDPoPHandle(till, await client.randomDPoPKeyPair('ES256'));
    const asked = await ask();
    await alice.answer(await page(), 'allow');
    const tokens = await client.pollBackchannelAuthenticationGrant(till, asked, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const { sub = '' } = tokens.claims() ?? {};
    expect(await client.fetchUserInfo(till, tokens.access_token, sub, { DPoP })).toMatchObject({ sub });
  });

  test('is told what is wrong with what it asks (section 13)', async () => {
    expect(await refusal(ask({ login_hint: 'who-is-this' }))).toEqual([400, 'unknown_user_id']);
    expect(await refusal(ask({ binding_message: 'two\nlines' }))).toEqual([400, 'invalid_binding_message']);
    const web2 = client.initiateBackchannelAuthentication(web, { scope: 'openid', login_hint: 'alice' });
    expect(await refusal(web2)).toEqual([400, 'unauthorized_client']);
  });
});

describeInBrowser('openid-client, with somebody in Chromium', () => {
  let browser: Browser;
  let application: Server;
  let callback: string;
  let received: Request[];
  beforeAll(async () => {
    browser = await openBrowser();
    // That they have come back is all that the application has to see.
    application = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        if (url.startsWith('/callback'))
          received.push(new Request(new URL(url, callback), { method, ...(body === '' ? {} : { body: new URLSearchParams(body) }) }));
        response.end('signed in');
      });
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
    received = [];
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    application.closeAllConnections();
    application.close();
  });

  test('signs them in: by password, by what they allow, and the next time by themselves', async () => {
    await world.person('dora');
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    const first = await asking({ redirect_uri: callback });
    await page.goto(first.url.href);
    await page.getByLabel('Username').fill('dora');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/callback\?/);
    const tokens = await client.authorizationCodeGrant(web, new URL(received[0]?.url ?? ''), first.checks);
    const { sub = '' } = tokens.claims() ?? {};
    expect(await client.fetchUserInfo(web, tokens.access_token, sub)).toMatchObject({ preferred_username: 'dora' });

    const second = await asking({ redirect_uri: callback, response_mode: 'form_post' });
    await page.goto(second.url.href);
    await page.waitForURL(callback);
    const [, posted] = received;
    if (posted === undefined) throw new Error('nobody came back');
    expect(posted.method).toBe('POST');
    expect((await client.authorizationCodeGrant(web, posted, second.checks)).claims()?.sub).toBe(sub);
  });
});

describe('openid-client, a device without a browser (RFC 8628)', () => {
  let tv: client.Configuration;
  beforeAll(async () => {
    tv = await client.discovery(world.issuer, 'tv', undefined, client.None());
    client.enableNonRepudiationChecks(tv);
  });

  test('polls until its person has allowed it, and knows who they are', async () => {
    expect(tv.serverMetadata().device_authorization_endpoint).toBe(`${world.url}/oauth/v2/oauth-device-authorization`);
    const asked = await client.initiateDeviceAuthorization(tv, { scope: 'openid profile read' });
    const [tokens, end] = await Promise.all([
      client.pollDeviceAuthorizationGrant(tv, asked),
      alice.connect(asked.verification_uri_complete ?? '', 'allow'),
    ]);
    expect(end).toContain('Your device is connected');
    const { sub = '' } = tokens.claims() ?? {};
    expect(tokens.claims()).toMatchObject({ aud: 'tv', amr: ['pwd'] });
    expect(await client.fetchUserInfo(tv, tokens.access_token, sub)).toMatchObject({ sub, preferred_username: 'alice' });
    expect((await client.refreshTokenGrant(tv, tokens.refresh_token ?? '')).access_token).not.toBe(tokens.access_token);
  });

  test('is told that its person has denied it (section 3.5)', async () => {
    const asked = await client.initiateDeviceAuthorization(tv, { scope: 'read' });
    expect(await alice.connect(asked.verification_uri_complete ?? '', 'deny')).toContain('Access denied');
    expect(await refusal(client.pollDeviceAuthorizationGrant(tv, asked))).toEqual([400, 'access_denied']);
  });

  test('has its tokens bound to its key (RFC 9449)', async () => {
    const DPoP = client.getDPoPHandle(tv, await client.randomDPoPKeyPair('ES256'));
    const asked = await client.initiateDeviceAuthorization(tv, { scope: 'openid read' });
    await alice.connect(asked.verification_uri_complete ?? '', 'allow');
    const tokens = await client.pollDeviceAuthorizationGrant(tv, asked, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
  });

  test('is told what is wrong with what it asks', async () => {
    expect(await refusal(client.initiateDeviceAuthorization(tv, { scope: 'write' }))).toEqual([400, 'invalid_scope']);
    expect(await refusal(client.initiateDeviceAuthorization(web, { scope: 'read' }))).toEqual([400, 'unauthorized_client']);
  });
});
