import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import { OpenIdWorld } from '../testing/openid-world.ts';
import { aSession } from '../testing/people-of-a-spec.ts';
import { aRequest, endpointOf, headerOf, SECRET } from '../testing/service-builder.ts';
import type { OAuthResponse } from '../transport/exchange.ts';

const PATH = '/forward-auth';
const profile = { authenticationContexts: { levels: { link: 1, password: 2, card: 3 }, password: 'password' } };
const gateway = `Basic ${Buffer.from(`gateway:${SECRET}`).toString('base64')}`;

/** An API behind a gateway, and a token that alice has given who signed in by such a means a minute ago. */
async function open(acr: string, settings: Partial<ForwardAuthSettings>) {
  const forwardAuth: ForwardAuthSettings = {
    ...{ client: null, networks: [], certificates: [], requiredScopes: [], requiredAudience: null, claimHeaders: {} },
    ...{ resourceMetadata: null, clientCertificateHeader: null, ...settings },
  };
  const endpoint = endpointOf('oauth-forward-auth', PATH, { revocationLag: 60, forwardAuth });
  const app = await OpenIdWorld.open({ profile, changes: [put('endpoint', endpoint)] });
  app.world.people.signedIn = aSession(app.world.now, { acr });
  const { access_token: token } = await app.tokens({ scope: 'read', prompt: 'none' });
  const ask = (query = '', presented = String(token)): Promise<OAuthResponse> =>
    app.world.handle({
      ...aRequest(PATH, ''),
      ...{ method: 'GET', query, headers: { 'gateway-authorization': gateway, authorization: `Bearer ${presented}` } },
    });
  return { app, ask };
}

const challengeOf = (response: OAuthResponse): readonly unknown[] => [
  response.status,
  /error="[^"]*"|acr_values="[^"]*"|max_age="[^"]*"/g[Symbol.match](headerOf(response, 'www-authenticate') ?? '')?.join(' '),
];
const refusal = (more: string) => [401, `error="insufficient_user_authentication" ${more}`];

describe('step-up authentication at a gateway (RFC 9470)', () => {
  test('who has signed in surely enough passes: by the same context, or one of no lower level', async () => {
    for (const acr of ['password', 'card']) {
      const { ask } = await open(acr, { acrValues: ['password'] });
      expect((await ask()).status).toBe(200);
    }
    const { ask } = await open('link', { acrValues: ['card', 'link'] });
    expect((await ask()).status).toBe(200);
  });

  test('who has not is told what to ask the authorize endpoint for (section 3)', async () => {
    const { ask } = await open('link', { acrValues: ['password', 'urn:example:other'] });
    expect(challengeOf(await ask())).toEqual(refusal('acr_values="password urn:example:other"'));
  });

  test('a gateway asks for more for a location, and what the endpoint asks for holds beside it', async () => {
    const { ask } = await open('password', { acrValues: ['password'] });
    expect(challengeOf(await ask('acr_values=card%20mfa'))).toEqual(refusal('acr_values="card mfa"'));
    expect((await ask('acr_values=link')).status).toBe(200);
    expect((await ask('acr_values=')).status).toBe(200);
  });

  test('a login that is too long ago has to be a new one, and the answer is kept no longer than it is late enough', async () => {
    const { app, ask } = await open('password', { maxAge: 90 });
    const passed = await ask();
    expect([passed.status, headerOf(passed, 'cache-control')]).toEqual([200, expect.stringContaining('max-age=30')]);
    expect(challengeOf(await ask('max_age=59'))).toEqual(refusal('max_age="59"'));
    // A location cannot ask for less than the endpoint.
    app.world.now += 31;
    expect(challengeOf(await ask('max_age=1000'))).toEqual(refusal('max_age="90"'));
  });

  test('both are told together', async () => {
    const { ask } = await open('link', { acrValues: ['card'], maxAge: 10 });
    expect(challengeOf(await ask())).toEqual(refusal('acr_values="card" max_age="10"'));
  });

  test('a token of no person at all is not enough', async () => {
    const { app, ask } = await open('password', { maxAge: 90 });
    await app.world.change(
      put('client', OpenIdWorld.client('app', { client: { capabilities: ['client-credentials', 'authorization-code'] } })),
    );
    const token = await app.world.token({ scope: 'read' });
    expect(challengeOf(await ask('', token))).toEqual(refusal('max_age="90"'));
    expect(challengeOf(await ask('acr_values=link', token))).toEqual(refusal('acr_values="link" max_age="90"'));
  });

  test('an age that is none guards nothing, and is refused', async () => {
    const { ask } = await open('password', {});
    expect((await ask('max_age=soon')).status).toBe(400);
  });
});
