import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AuthorizationCode, ClientCredentials, type AuthorizationTokenConfig } from 'simple-oauth2';
import { broughtBack, type Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld, SECRET } from './clients-world.ts';

/** A library that knows OAuth 2.0 as RFC 6749 has it, and is told where everything is. */

let world: ClientsWorld;
let alice: Person;
beforeAll(async () => {
  world = await ClientsWorld.open();
  alice = await world.person('alice');
}, 60_000);
afterAll(() => world.close());

/** @param more paths that a client for people needs */
function settings<More extends object>(more: More, secret = SECRET) {
  const auth = { tokenHost: world.url, tokenPath: '/oauth/v2/oauth-token', revokePath: '/oauth/v2/oauth-revoke', ...more };
  return { client: { id: 'web', secret }, auth };
}

const aWebApplication = (secret = SECRET) => new AuthorizationCode(settings({ authorizePath: '/oauth/v2/oauth-authorize' }, secret));

/** Status and body of what the service refused. */
async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no refusal',
    (error: unknown) => {
      const { output, data } = error as { readonly output?: { readonly statusCode: number }; readonly data?: { readonly payload: object } };
      return { status: output?.statusCode, ...data?.payload };
    },
  );
}

/** What the library sends and has no words for: PKCE. */
async function aCode(client: AuthorizationCode, scope = 'openid read'): Promise<AuthorizationTokenConfig> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const challenge = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };
  const url = client.authorizeURL({ redirect_uri: CALLBACK, scope, state, ...challenge });
  const back = await broughtBack(await alice.comeBack(url, CALLBACK));
  expect(back.get('state')).toBe(state);
  return { code: back.get('code') ?? '', redirect_uri: CALLBACK, code_verifier: verifier } as AuthorizationTokenConfig;
}

describe('simple-oauth2', () => {
  test('signs somebody in, refreshes, and revokes all (RFC 6749 sections 4.1 and 6, RFC 7009)', async () => {
    const client = aWebApplication();
    const first = await client.getToken(await aCode(client));
    expect(first.token).toMatchObject({ token_type: 'bearer', scope: 'openid read', expires_in: expect.any(Number) });
    expect(first.expired()).toBe(false);
    const second = await first.refresh();
    expect(second.token['refresh_token']).not.toBe(first.token['refresh_token']);
    const third = await second.refresh({ scope: 'read' });
    expect(third.token['scope']).toBe('read');
    // The answer has no content, and the library would take nothing but JSON. RFC 7009 section 2.2.
    await third.revokeAll({ json: true });
    expect(await refusal(third.refresh())).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('hears what is wrong with a code, and with itself (RFC 6749 section 5.2)', async () => {
    const client = aWebApplication();
    const code = await aCode(client);
    expect(await refusal(client.getToken({ ...code, redirect_uri: 'http://127.0.0.1/other' }))).toMatchObject({
      ...{ status: 400, error: 'invalid_grant' },
    });
    const { access_token: token } = (await client.getToken(code)).token;
    expect(token).toEqual(expect.any(String));
    expect(await refusal(client.getToken(code))).toMatchObject({ status: 400, error: 'invalid_grant' });
    const stranger = aWebApplication('wrong');
    expect(await refusal(stranger.getToken(code))).toMatchObject({ status: 401, error: 'invalid_client' });
  });

  test('acts for itself, in the header and in the form (RFC 6749 sections 2.3.1 and 4.4)', async () => {
    for (const authorizationMethod of ['header', 'body'] as const) {
      const client = new ClientCredentials({ ...settings({}), options: { authorizationMethod } });
      const { token } = await client.getToken({ scope: ['read', 'write'] });
      expect(token).toMatchObject({ token_type: 'bearer', scope: 'read write' });
      expect(await refusal(client.getToken({ scope: 'admin' }))).toMatchObject({ status: 400, error: 'invalid_scope' });
    }
  });
});
