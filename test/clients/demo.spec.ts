import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld, SECRET } from './clients-world.ts';

let world: ClientsWorld;
beforeAll(async () => {
  world = await ClientsWorld.open(null);
}, 60_000);
afterAll(() => world.close());

test('the demo signs its account in to its web application, with nothing set up', async () => {
  const config = await client.discovery(world.issuer, 'web-client', undefined, client.ClientSecretBasic(SECRET));
  const [verifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];
  const url = client.buildAuthorizationUrl(config, {
    ...{ redirect_uri: CALLBACK, scope: 'openid profile email read', state: expectedState },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  });
  const back = await new Person('demo', 'demo').comeBack(url, CALLBACK);
  const checks = { pkceCodeVerifier: verifier, expectedState, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  expect(await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).toMatchObject({
    ...{ name: 'Demo Person', email: 'demo@example.com' },
  });
  const { access_token: next } = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(next).not.toBe(tokens.access_token);
});

test('the demo connects its device to its account, with nothing set up (RFC 8628)', async () => {
  const config = await client.discovery(world.issuer, 'device-client', undefined, client.None());
  const asked = await client.initiateDeviceAuthorization(config, { scope: 'openid read' });
  await new Person('demo', 'demo').connect(asked.verification_uri_complete ?? '', 'allow');
  expect((await client.pollDeviceAuthorizationGrant(config, asked)).claims()).toMatchObject({ aud: 'device-client' });
});
