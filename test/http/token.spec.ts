import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CLIENT, postForm, type RunningService } from '../support/running-service.ts';
import { decoded, verified } from '../support/signatures.ts';
import { caller, claimsOf, startWireService, TOKEN_PATH, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

const post = (
  form: Record<string, string> | string,
  as: { id: string; secret: string } | null = CLIENT,
  headers: Record<string, string> = {},
) => postForm(service.url + TOKEN_PATH, form, { ...(as === null ? {} : { as }), headers });

/** Status and error code of an answer, which must be well-formed and kept by nobody. */
async function refusal(response: Response): Promise<readonly [number, string]> {
  const body = (await response.json()) as { error: string; error_description: string };
  expect(Object.keys(body)).toEqual(['error', 'error_description']);
  expect([response.headers.get('cache-control'), response.headers.get('content-type')]).toEqual(['no-store', 'application/json']);
  return [response.status, body.error];
}

describe('client credentials (RFC 6749 section 4.4)', () => {
  test('answer access_token, token_type, expires_in and scope, and nothing may keep the answer (section 5.1)', async () => {
    const response = await post({ grant_type: 'client_credentials' });
    expect(response.status).toBe(200);
    const { headers } = response;
    expect([headers.get('cache-control'), headers.get('pragma'), headers.get('content-type')]).toEqual([
      'no-store',
      'no-cache',
      'application/json',
    ]);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^twa_/),
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'read write',
    });
  });

  test('work by client_secret_basic and client_secret_post', async () => {
    expect((await post({ grant_type: 'client_credentials' }, CLIENT)).status).toBe(200);
    expect((await post({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret }, null)).status).toBe(200);
  });

  test('grant the scopes asked for, each once; all of the client when it asks for none', async () => {
    expect((await tokenOf(service, CLIENT, { scope: 'write' })).scope).toBe('write');
    expect((await tokenOf(service, CLIENT, { scope: 'write read write' })).scope).toBe('write read');
    expect((await tokenOf(service, CLIENT)).scope).toBe('read write');
    expect((await tokenOf(service, CLIENT, { scope: '' })).scope).toBe('read write');
  });

  test('refuse scopes the client does not have, and malformed ones', async () => {
    for (const scope of [
      'admin',
      'read admin',
      'read  write',
      ' read',
      'read\twrite',
      're"ad',
      'réad',
      'read\n',
      '__proto__',
      'constructor',
    ])
      expect([scope, ...(await refusal(await post({ grant_type: 'client_credentials', scope })))]).toEqual([scope, 400, 'invalid_scope']);
  });

  test('give sub the client id and aud the audiences, else the id; iat = nbf = time of issue', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { access_token: token } = await tokenOf(service, caller('orders-client'));
    const claims = await claimsOf(service, token);
    expect(claims).toMatchObject({ sub: 'orders-client', aud: 'https://orders.example', nbf: claims['iat'] });
    expect(claims['iat'] as number).toBeGreaterThanOrEqual(before);
    expect(claims['iat'] as number).toBeLessThanOrEqual(before + 2);
    expect((await claimsOf(service, (await tokenOf(service)).access_token))['aud']).toBe('server-client');
  });

  test('the same request twice gives different tokens and delegations', async () => {
    const [a, b] = [await tokenOf(service), await tokenOf(service)];
    expect(a.access_token).not.toBe(b.access_token);
    expect((await claimsOf(service, a.access_token))['delegationId']).not.toBe((await claimsOf(service, b.access_token))['delegationId']);
  });

  test('resource and audience may be repeated, other parameters may not', async () => {
    const repeated = 'grant_type=client_credentials&resource=https://a.example&resource=https://b.example&audience=a&audience=b';
    expect((await post(repeated)).status).toBe(200);
    for (const form of [
      'grant_type=client_credentials&grant_type=client_credentials',
      'grant_type=client_credentials&scope=read&scope=write',
      'grant_type=client_credentials&foo=1&foo=2',
    ])
      expect(await refusal(await post(form))).toEqual([400, 'invalid_request']);
  });
});

describe('refusals (RFC 6749 section 5.2)', () => {
  test('a missing or empty grant_type is invalid_request', async () => {
    expect(await refusal(await post({}))).toEqual([400, 'invalid_request']);
    expect(await refusal(await post({ grant_type: '' }))).toEqual([400, 'invalid_request']);
  });

  test('an unknown grant type is unsupported_grant_type', async () => {
    for (const grant_type of ['password', 'Client_Credentials', '__proto__', 'urn:ietf:params:oauth:grant-type:saml2-bearer'])
      expect(await refusal(await post({ grant_type }))).toEqual([400, 'unsupported_grant_type']);
  });

  test('a client without the capability is unauthorized_client', async () => {
    expect(await refusal(await post({ grant_type: 'client_credentials' }, caller('gateway_client')))).toEqual([400, 'unauthorized_client']);
  });

  test('bad credentials are 401 invalid_client, with a challenge when the header was used and the same words for an unknown client', async () => {
    const bodies = new Set<string>();
    for (const as of [{ id: CLIENT.id, secret: 'wrong' }, caller('nobody'), caller('public-client')]) {
      const byHeader = await post({ grant_type: 'client_credentials' }, as);
      expect([byHeader.status, byHeader.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="tokenwright"']);
      bodies.add(await byHeader.text());
      const byForm = await post({ grant_type: 'client_credentials', client_id: as.id, client_secret: as.secret }, null);
      expect([byForm.status, byForm.headers.get('www-authenticate')]).toEqual([401, null]);
      bodies.add(await byForm.text());
    }
    expect(bodies.size).toBe(1);
  });

  test('two methods of authentication in one request are invalid_request', async () => {
    expect(await refusal(await post({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  test('a client assertion is not accepted as no authentication at all', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: CLIENT.id,
      client_assertion: 'x.y.z',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    expect(await refusal(await post(form, null))).toEqual([401, 'invalid_client']);
  });

  test('no description repeats what was sent', async () => {
    const secret = 'V3ry-secret-Canary';
    for (const response of [
      await post({ grant_type: secret }),
      await post({ grant_type: 'client_credentials', scope: secret }),
      await post({ grant_type: 'client_credentials' }, { id: CLIENT.id, secret }),
      await post(`grant_type=client_credentials&${secret}=1&${secret}=2`),
    ])
      expect(await response.text()).not.toContain(secret);
  });
});

describe('opaque tokens', () => {
  const SHAPE = /^twa_[0-9a-z]{4}[A-Za-z0-9_-]{43}[0-9a-z]{7}$/;

  test('have a recognisable prefix, a period, 256 random bits, a checksum, and only characters that need no escaping', async () => {
    const { access_token: token } = await tokenOf(service);
    expect(token).toMatch(SHAPE);
    expect(token).toMatch(/^[A-Za-z0-9._~-]+$/);
    expect(token.slice(-7)).toBe(crc32(token.slice(0, -7)).toString(36).padStart(7, '0'));
    expect(Buffer.from(token.slice(8, 51), 'base64url')).toHaveLength(32);
  });

  test('name the period by which the row is found: one that is changed finds nothing', async () => {
    const { access_token: token } = await tokenOf(service);
    const period = (parseInt(token.slice(4, 8), 36) + 1).toString(36).padStart(4, '0');
    const body = `twa_${period}${token.slice(8, 51)}`;
    const moved = body + crc32(body).toString(36).padStart(7, '0');
    expect(moved).toMatch(SHAPE);
    expect((await claimsOf(service, moved))['active']).toBe(false);
  });

  test('never repeat in what is random', async () => {
    const tokens = await Promise.all(Array.from({ length: 200 }, async () => (await tokenOf(service)).access_token.slice(8, 51)));
    expect(new Set(tokens).size).toBe(200);
    for (const at of [0, 10, 20, 30, 41]) expect(new Set(tokens.map((text) => text[at])).size).toBeGreaterThan(30);
  });

  test('are in the database as SHA-256 only, and client secrets as hashes', async () => {
    const { access_token: token } = await tokenOf(service);
    const { access_token: wrapped } = await tokenOf(service, caller('wrapped-client'));
    const inner = String(decoded(wrapped).payload['ref']);
    const files = readdirSync(service.dataDir).filter((name) => name.startsWith('tokenwright.db'));
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(service.dataDir, name))));
    expect(bytes.includes(hash('sha256', token, 'buffer'))).toBe(true);
    for (const secret of [token, token.slice(8, 51), inner.slice(8, 51), 'Secr3t!', 'first-secret'])
      expect([secret, bytes.includes(secret)]).toEqual([secret, false]);
  });
});

describe('other access token formats', () => {
  test('a JWT access token verifies as RFC 9068 says', async () => {
    const { access_token: jwt, expires_in: life } = await tokenOf(service, caller('jwt-client'), { scope: 'read' });
    const { payload, header } = await verified(service, jwt, 'at+jwt', 'jwt-client');
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toMatchObject({
      sub: 'jwt-client',
      client_id: 'jwt-client',
      scope: 'read',
      purpose: 'access_token',
      jti: expect.any(String),
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(life);
  });

  test('a wrapped opaque token has metadata around a reference, and no API takes it for an access token', async () => {
    const { access_token: jwt } = await tokenOf(service, caller('wrapped-client'));
    const { payload, header } = await verified(service, jwt, 'wrapped-opaque+jwt');
    expect(header.typ).toBe('wrapped-opaque+jwt');
    expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'iss', 'ref']);
    await expect(verified(service, jwt, 'at+jwt')).rejects.toThrow();
  });
});
