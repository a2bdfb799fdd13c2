import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import type { Browser } from 'playwright-core';
import { describeInBrowser, openBrowser } from '../support/browser.ts';
import { PASSWORD, type Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld, SECRET } from './clients-world.ts';

const PROFILE = 'front-channel';
let world: ClientsWorld;
let issuer: URL;
let alice: Person;

beforeAll(async () => {
  world = await ClientsWorld.open();
  issuer = new URL(`${world.url}/${PROFILE}`);
  alice = await world.person('alice', PROFILE);
}, 60_000);
afterAll(() => world.close());

/** A client as the library knows it, with the response type that it is to ask for. */
async function knownAs(id: 'page' | 'server', use: (config: client.Configuration) => void): Promise<client.Configuration> {
  const authentication = id === 'page' ? client.None() : client.ClientSecretPost(SECRET);
  const metadata = id === 'page' ? { id_token_signed_response_alg: 'RS256' } : { id_token_signed_response_alg: 'ES256' };
  const config = await client.discovery(issuer, id, metadata, authentication);
  use(config);
  return config;
}

const asking = () => ({ state: client.randomState(), nonce: client.randomNonce() });

describe('openid-client, where tokens come from the authorization endpoint', () => {
  test('finds what there is (OpenID Connect Discovery section 3)', async () => {
    const { response_types_supported: types, response_modes_supported: modes } = (
      await knownAs('page', client.useIdTokenResponseType)
    ).serverMetadata();
    expect(types).toEqual(['code', 'token', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token']);
    expect(modes).toEqual(['query', 'form_post', 'fragment']);
  });

  test.each(['fragment', 'form_post'])('takes an id token by %s (OpenID Connect Core section 3.2)', async (mode) => {
    const config = await knownAs('page', client.useIdTokenResponseType);
    const { state, nonce } = asking();
    const parameters = { redirect_uri: CALLBACK, scope: 'openid profile', state, nonce };
    const url = client.buildAuthorizationUrl(config, mode === 'fragment' ? parameters : { ...parameters, response_mode: mode });
    const claims = await client.implicitAuthentication(config, await alice.comeBack(url, CALLBACK), nonce, { expectedState: state });
    expect(claims).toMatchObject({ iss: issuer.href, aud: 'page', nonce, name: 'Alice Example', preferred_username: 'alice' });
  });

  test.each(['fragment', 'form_post'])(
    'takes a code and an id token by %s, and redeems the code (OpenID Connect Core section 3.3)',
    async (mode) => {
      const config = await knownAs('server', client.useCodeIdTokenResponseType);
      const { state, nonce } = asking();
      const verifier = client.randomPKCECodeVerifier();
      const challenge = { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
      const parameters = { redirect_uri: CALLBACK, scope: 'openid read', state, nonce, ...challenge };
      const url = client.buildAuthorizationUrl(config, mode === 'fragment' ? parameters : { ...parameters, response_mode: mode });
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
      const back = await alice.comeBack(url, CALLBACK);
      const tokens = await client.authorizationCodeGrant(config, mode === 'fragment' ? new URL(back.url) : back, checks);
      expect(tokens.claims()).toMatchObject({ iss: issuer.href, aud: 'server', nonce });
      expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, scope: 'openid read' });
    },
  );

  test('is told in the fragment that nobody is signed in', async () => {
    const config = await knownAs('page', client.useIdTokenResponseType);
    const { state, nonce } = asking();
    const url = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'openid', state, nonce, prompt: 'none' });
    const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
    const told = client.implicitAuthentication(config, back, nonce, { expectedState: state });
    await expect(told).rejects.toMatchObject({ error: 'login_required' });
  });
});

describeInBrowser('a page without a server, with somebody in Chromium', () => {
  let browser: Browser;
  let application: Server;
  let callback: string;
  /** What the server of the page's files has seen. */
  const seen: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    application = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url?.startsWith('/callback') === true) seen.push(`${request.method ?? ''} ${request.url} ${body}`);
        response.setHeader('content-type', 'text/html').end('<title>back</title><script>window.brought = location.hash</script>');
      });
    });
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${(application.address() as AddressInfo).port}/callback`;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    application.closeAllConnections();
    application.close();
  });

  test('gets tokens by the fragment, which no server sees, and by a form', async () => {
    await world.person('dora', PROFILE);
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    const { state, nonce } = asking();
    const parameters = { client_id: 'page', redirect_uri: callback, response_type: 'id_token token', scope: 'openid read', state, nonce };
    const address = `${world.url}/front-channel/authorize?${new URLSearchParams(parameters).toString()}`;
    await page.goto(address);
    await page.getByLabel('Username').fill('dora');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/callback#/);
    const brought = new URLSearchParams(String(await page.evaluate('window.brought')).slice(1));
    expect([brought.get('state'), brought.get('token_type'), brought.get('iss')]).toEqual([state, 'bearer', issuer.href]);
    expect(seen).toEqual(['GET /callback ']);
    const config = await knownAs('page', () => undefined);
    const { sub } = decodeJwt(brought.get('id_token') ?? '');
    expect(await client.fetchUserInfo(config, brought.get('access_token') ?? '', sub ?? '')).toEqual({ sub });

    await page.goto(`${address}&response_mode=form_post`);
    await page.waitForURL(callback);
    const [, posted = ''] = seen;
    expect(posted).toMatch(/^POST \/callback access_token=twa_.*&id_token=ey/);
  });

  test('is not brought a fragment that somebody else has put into the address (Fetch, section 4.4)', async () => {
    await world.person('erik', PROFILE);
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    const challenge = { code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' };
    const parameters = { client_id: 'server', redirect_uri: callback, response_type: 'code', scope: 'read', ...challenge };
    const address = `${world.url}/front-channel/authorize?${new URLSearchParams(parameters).toString()}`;
    await page.goto(address);
    await page.getByLabel('Username').fill('erik');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/callback\?code=/);
    await page.goto(`${address}#access_token=forged`);
    await page.waitForURL(/\/callback\?code=/);
    expect(await page.evaluate('window.brought')).toBe('');
  });
});
