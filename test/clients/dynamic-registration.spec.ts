import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { admin } from '../support/running-service.ts';
import { PROFILE } from '../support/signatures.ts';
import type { Person } from '../support/person.ts';
import { CALLBACK, ClientsWorld } from './clients-world.ts';

interface Registered {
  readonly registration_client_uri: string;
  readonly registration_access_token: string;
}

let world: ClientsWorld;

beforeAll(async () => {
  world = await ClientsWorld.open();
}, 60_000);
afterAll(() => world.close());

async function initialAccessToken(maximumUses = 1): Promise<string> {
  const made = await admin(world.admin, 'POST', `/profiles/${PROFILE}/initial-access-tokens`, { maximumUses });
  expect(made.status).toBe(201);
  return ((await made.json()) as { token: string }).token;
}

const METADATA = {
  ...{ client_name: 'A client from elsewhere', redirect_uris: [CALLBACK], scope: 'openid profile read' },
  grant_types: ['authorization_code', 'refresh_token'],
};

async function signedIn(
  config: client.Configuration,
  callback = CALLBACK,
  by?: Person,
): Promise<Awaited<ReturnType<typeof client.authorizationCodeGrant>>> {
  const person = by ?? (await world.person(`person-${client.randomState()}`));
  const checks = {
    ...{ pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() },
  };
  const url = client.buildAuthorizationUrl(config, {
    ...{ redirect_uri: callback, scope: 'openid profile read', state: checks.expectedState, nonce: checks.expectedNonce },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256' },
  });
  return client.authorizationCodeGrant(config, await person.comeBack(url, callback), checks);
}

/** A call of the client to manage its registration. RFC 7592. */
function manage(config: client.Configuration, method: string, body?: object): Promise<Response> {
  const { registration_client_uri: uri, registration_access_token: token } = config.clientMetadata() as unknown as Registered;
  return fetch(uri, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('openid-client, an application that nobody has configured', () => {
  test('registers itself, and signs somebody in as what it has become (RFC 7591, OpenID Connect Registration section 3)', async () => {
    const config = await client.dynamicClientRegistration(world.issuer, METADATA, undefined, {
      initialAccessToken: await initialAccessToken(),
    });
    expect(config.clientMetadata()).toMatchObject({ client_name: METADATA.client_name, id_token_signed_response_alg: 'ES256' });
    const tokens = await signedIn(config);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid profile read' });
    expect(tokens.claims()?.aud).toBe(config.clientMetadata().client_id);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect((await client.fetchUserInfo(config, refreshed.access_token, tokens.claims()?.sub ?? '')).name).toBe('Alice Example');
  });

  test('needs no secret where it can keep none, and nothing else then', async () => {
    const metadata = { ...METADATA, token_endpoint_auth_method: 'none' };
    const config = await client.dynamicClientRegistration(world.issuer, metadata, client.None(), {
      initialAccessToken: await initialAccessToken(),
    });
    expect(config.clientMetadata().client_secret).toBeUndefined();
    expect((await signedIn(config)).access_token).toMatch(/^twa_/);
  });

  test('is told a sub that no other sector knows, by tokens and userinfo alike (OpenID Connect Core section 8.1)', async () => {
    const register = async (host: string) => {
      const callback = `https://${host}/callback`;
      const metadata = { ...METADATA, redirect_uris: [callback], subject_type: 'pairwise' };
      const config = await client.dynamicClientRegistration(world.issuer, metadata, undefined, {
        initialAccessToken: await initialAccessToken(),
      });
      expect(config.clientMetadata()).toMatchObject({ subject_type: 'pairwise' });
      return [config, callback] as const;
    };
    const person = await world.person(`person-${client.randomState()}`);
    const subjects = [];
    for (const host of ['one.example', 'one.example', 'two.example']) {
      const [config, callback] = await register(host);
      const tokens = await signedIn(config, callback, person);
      const sub = tokens.claims()?.sub ?? '';
      expect((await client.fetchUserInfo(config, tokens.access_token, sub)).name).toBe('Alice Example');
      subjects.push(sub);
    }
    const [one, sister, other] = subjects;
    expect(sister).toBe(one);
    expect(other).not.toBe(one);
  });

  test('is refused without a token, with one that was used, and with what cannot be had (RFC 7591 section 3.2.2)', async () => {
    const register = async (metadata: object, initialAccessToken?: string) =>
      client
        .dynamicClientRegistration(world.issuer, metadata, undefined, initialAccessToken === undefined ? {} : { initialAccessToken })
        .then(
          () => 'registered',
          (error: unknown) => (error instanceof client.ResponseBodyError ? [error.status, error.error] : (error as Error).constructor.name),
        );
    const token = await initialAccessToken();
    expect(await register(METADATA)).toBe('WWWAuthenticateChallengeError');
    expect(await register({ ...METADATA, redirect_uris: ['http://app.example/'] }, token)).toEqual([400, 'invalid_redirect_uri']);
    expect(await register({ ...METADATA, scope: 'admin' }, token)).toEqual([400, 'invalid_client_metadata']);
    expect(await register(METADATA, token)).toBe('registered');
    expect(await register(METADATA, token)).toBe('WWWAuthenticateChallengeError');
  });

  test('one token that is brought a hundred times at once registers one client', async () => {
    const { registration_endpoint: endpoint } = (await client.discovery(world.issuer, 'any')).serverMetadata();
    const token = await initialAccessToken();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(String(endpoint), {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(METADATA),
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status !== 201 && status !== 401 && status !== 429)).toEqual([]);
  });
});

describe('management of what it has registered (RFC 7592)', () => {
  test('reads, changes and deletes it; what it was given ends with it, and administrators see who it was', async () => {
    const config = await client.dynamicClientRegistration(world.issuer, METADATA, undefined, {
      initialAccessToken: await initialAccessToken(),
    });
    const { client_id: id } = config.clientMetadata();
    const tokens = await signedIn(config);
    expect(await (await manage(config, 'GET')).json()).toMatchObject({ client_id: id, client_name: METADATA.client_name });
    const updated = await manage(config, 'PUT', { ...METADATA, client_id: id, client_name: 'Renamed' });
    const { registration_access_token: next } = (await updated.json()) as { registration_access_token: string };
    expect((await manage(config, 'GET')).status).toBe(401);

    const path = `/profiles/${PROFILE}/dynamic-clients/${id}`;
    expect(await (await admin(world.admin, 'GET', path)).json()).toMatchObject({
      ...{ id, template: 'apps', registeredBy: expect.stringMatching(/^initial-access-token /), metadata: { client_name: 'Renamed' } },
    });
    const exported = await (await admin(world.admin, 'GET', '/configuration')).text();
    expect(exported).not.toContain(id);

    const deleted = await fetch((config.clientMetadata() as unknown as Registered).registration_client_uri, {
      ...{ method: 'DELETE', headers: { authorization: `Bearer ${next}` } },
    });
    expect(deleted.status).toBe(204);
    expect((await admin(world.admin, 'GET', path)).status).toBe(404);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({ status: 401 });
    await expect(client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).rejects.toThrow();
  });
});
