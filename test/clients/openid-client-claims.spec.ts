import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import type { Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld } from './clients-world.ts';

let world: ClientsWorld;
let alice: Person;

beforeAll(async () => {
  world = await ClientsWorld.open();
  alice = await world.person('alice');
}, 60_000);
afterAll(() => world.close());

/** A client that signs what it is known by, and is told of people as it says. */
async function application(id: string, openId: Readonly<Record<string, unknown>>): Promise<client.Configuration> {
  const key = await world.clientWithKey(id, {
    ...{ capabilities: ['authorization-code', 'refresh-token', 'introspection'], scopes: ['openid', 'profile', 'email', 'read'], openId },
    authorizationCode: { redirectUris: ['http://127.0.0.1/callback'] },
  });
  // By the name that registration has: then the library takes no other algorithm. OpenID Connect Dynamic Client Registration section 2.
  const metadata = {
    ...(typeof openId['idTokenSignedResponseAlg'] === 'string' ? { id_token_signed_response_alg: openId['idTokenSignedResponseAlg'] } : {}),
    ...(typeof openId['userinfoSignedResponseAlg'] === 'string'
      ? { userinfo_signed_response_alg: openId['userinfoSignedResponseAlg'] }
      : {}),
  };
  const config = await client.discovery(world.issuer, id, metadata, client.PrivateKeyJwt(key));
  client.enableNonRepudiationChecks(config);
  return config;
}

/** Sends somebody off and redeems what they bring back. */
async function signedIn(config: client.Configuration, parameters: Readonly<Record<string, string>> = {}) {
  const checks = {
    ...{ pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() },
  };
  const url = client.buildAuthorizationUrl(config, {
    ...{ redirect_uri: CALLBACK, scope: 'openid', state: checks.expectedState, nonce: checks.expectedNonce },
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    ...{ code_challenge_method: 'S256', ...parameters },
  });
  return client.authorizationCodeGrant(config, await alice.comeBack(url, CALLBACK), checks);
}

const claims = (asked: object) => ({ claims: JSON.stringify(asked) });

/** The error that the person brings back. */
async function returnedError(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => {
      if (error instanceof client.AuthorizationResponseError) return error.error;
      throw error;
    },
  );
}

describe('openid-client, told of people as it asks', () => {
  test('id tokens and userinfo are signed by RS256, which every OpenID client knows (OpenID Connect Core sections 15.1, 5.3.2)', async () => {
    const config = await application('rs256', { idTokenSignedResponseAlg: 'RS256', userinfoSignedResponseAlg: 'RS256' });
    expect(config.serverMetadata().id_token_signing_alg_values_supported).toContain('RS256');
    const tokens = await signedIn(config, { scope: 'openid email' });
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('RS256');
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub, email: 'alice@example.com' });
  });

  test('single claims, in the id token and by userinfo, after refreshes too (OpenID Connect Core section 5.5)', async () => {
    const config = await application('claiming', {});
    const asked = { id_token: { email: { essential: true } }, userinfo: { name: null, shoe_size: { essential: true } } };
    const tokens = await signedIn(config, claims(asked));
    const sub = tokens.claims()?.sub ?? '';
    expect([tokens.scope, tokens.claims()?.['email']]).toEqual(['openid', 'alice@example.com']);
    expect(await client.fetchUserInfo(config, tokens.access_token, sub)).toEqual({ sub, name: 'Alice Example' });
    const again = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(await client.fetchUserInfo(config, again.access_token, sub)).toEqual({ sub, name: 'Alice Example' });

    const same = await signedIn(config, claims({ id_token: { sub: { value: sub } } }));
    expect(same.claims()?.sub).toBe(sub);
    const other = signedIn(config, { ...claims({ id_token: { sub: { value: 'somebody-else' } } }), prompt: 'none' });
    expect(await returnedError(other)).toBe('login_required');
    expect(await returnedError(signedIn(config, { claims: '{' }))).toBe('invalid_request');
  });

  test('how they have signed in, and nobody where that cannot be enough (OpenID Connect Core section 5.5.1.1, RFC 9470)', async () => {
    const config = await application('sure', {});
    const password = 'urn:tokenwright:password';
    expect(config.serverMetadata().acr_values_supported).toEqual([password]);
    const tokens = await signedIn(config, { scope: 'openid read', acr_values: `urn:example:card ${password}` });
    expect(tokens.claims()?.['acr']).toBe(password);
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      acr: password,
      auth_time: tokens.claims()?.auth_time,
    });
    const essential = claims({ id_token: { acr: { essential: true, values: ['urn:example:card'] } } });
    expect(await returnedError(signedIn(config, essential))).toBe('unmet_authentication_requirements');
  });

  test('by a sub and a sid of its own (OpenID Connect Core section 8.1)', async () => {
    const sector = (sectorIdentifier: string) => ({ subjectType: 'pairwise', sectorIdentifier });
    const first = await application('first', sector('first.example'));
    const second = await application('second', sector('second.example'));
    const tokens = await signedIn(first);
    const sub = tokens.claims()?.sub ?? '';
    const theirs = (await signedIn(second)).claims();
    expect(theirs?.sub).not.toBe(sub);
    expect(theirs?.['sid']).not.toBe(tokens.claims()?.['sid']);
    // The library compares the two itself.
    expect(await client.fetchUserInfo(first, tokens.access_token, sub)).toEqual({ sub });
    expect(await client.tokenIntrospection(first, tokens.access_token)).toMatchObject({ active: true, sub });
    const again = await client.refreshTokenGrant(first, tokens.refresh_token ?? '');
    expect(await client.fetchUserInfo(first, again.access_token, sub)).toEqual({ sub });
    const hinted = await signedIn(first, { id_token_hint: tokens.id_token ?? '', prompt: 'none' });
    expect(hinted.claims()?.sub).toBe(sub);
  });
});
