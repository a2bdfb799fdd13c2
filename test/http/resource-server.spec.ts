import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTokenValidator, type TokenRequest, type TokenValidator, type TokenValidatorOptions } from '#libs/resource-server';
import { GATEWAY, startService, type RunningService } from '../support/running-service.ts';
import { caller, introspected, pause, revoke, startWireService, tokenOf } from '../support/wire-service.ts';

/** An API that accepts tokens of the running product, as an operator sets it up: issuer and client, no more. */
let service: RunningService;
let calls: string[];
let problems: string[];
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());
beforeEach(() => {
  [calls, problems] = [[], []];
});

function validatorOf(more: Partial<TokenValidatorOptions> = {}, of = service): TokenValidator {
  return createTokenValidator({
    issuer: `${of.url}/~`,
    audience: null,
    clientId: GATEWAY.id,
    clientSecret: GATEWAY.secret,
    onProblem: ({ message }) => problems.push(message),
    fetch: (url, init) => {
      calls.push(url);
      return fetch(url, init);
    },
    ...more,
  });
}

const bearer = (token: string): TokenRequest => ({ method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } });
const opaque = async (of = service): Promise<string> => (await tokenOf(of, caller('server-client'), { scope: 'read' })).access_token;
const jwt = async (of = service): Promise<string> => (await tokenOf(of, caller('jwt-client'))).access_token;
const introspections = (): number => calls.filter((url) => url.includes('introspect')).length;

describe('tokens of the product', () => {
  test('opaque, JWT and wrapped ones are accepted', async () => {
    const validator = validatorOf();
    for (const [client, kind, count] of [
      ['server-client', 'opaque', 1],
      ['jwt-client', 'jwt', 1],
      ['wrapped-client', 'opaque', 2],
    ] as const) {
      const { access_token: token } = await tokenOf(service, caller(client), { scope: 'read' });
      expect(await validator.validate(bearer(token))).toMatchObject({
        ok: true,
        auth: { kind, subject: client, clientId: client, scopes: new Set(['read']), scheme: 'Bearer', token: { iss: `${service.url}/~` } },
      });
      expect(introspections()).toBe(count);
    }
    expect(problems).toEqual([]);
  });

  test('are accepted as phantom tokens, asked for here or by a gateway before', async () => {
    const token = await opaque();
    const validator = validatorOf({ introspection: 'jwt' });
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: true, auth: { kind: 'opaque', subject: 'server-client' } });
    const { text } = await introspected(service, token, { accept: 'application/jwt' });
    expect(await validatorOf().validate(bearer(text))).toMatchObject({ ok: true, auth: { kind: 'jwt', subject: 'server-client' } });
    expect(await validator.validate(bearer('unknown'))).toMatchObject({ ok: false, status: 401 });
    expect(problems).toEqual([]);
  });

  test('are accepted for their audience alone', async () => {
    const { access_token: token } = await tokenOf(service, caller('many-client'));
    expect(await validatorOf({ audience: 'https://stock.example' }).validate(bearer(token))).toMatchObject({ ok: true });
    expect(await validatorOf({ audience: 'https://other.example' }).validate(bearer(token))).toMatchObject({ status: 401 });
  });

  test('of another profile are not', async () => {
    const { access_token: token } = await tokenOf(service, caller('neighbour-client'), {}, '/neighbour/token');
    expect(await validatorOf().validate(bearer(token))).toMatchObject({ ok: false, status: 401 });
  });

  test('end with their life, also when the answer is kept', async () => {
    const { access_token: token } = await tokenOf(service, caller('hasty-client'));
    const validator = validatorOf();
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    await pause(2100);
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: false, status: 401 });
  });
});

describe('revoked tokens', () => {
  test('are refused at once with a lag of 0, opaque and JWT', async () => {
    const validator = validatorOf({ revocationLag: 0, introspectJwts: true });
    for (const [token, client] of [
      [await opaque(), 'server-client'],
      [await jwt(), 'jwt-client'],
    ] as const) {
      expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
      expect((await revoke(service, token, caller(client))).status).toBe(200);
      expect(await validator.validate(bearer(token))).toMatchObject({ ok: false, status: 401 });
    }
  });

  test('are refused at once when they are told of, by what the product knows of them', async () => {
    const token = await opaque();
    const validator = validatorOf();
    const accepted = await validator.validate(bearer(token));
    if (!accepted.ok) throw new Error(accepted.reason);
    await revoke(service, token, caller('server-client'));
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    validator.forget({ delegationId: accepted.auth.token['delegationId'] as string });
    expect(await validator.validate(bearer(token))).toMatchObject({ ok: false, status: 401 });
  });
});

describe('a thundering herd', () => {
  test('of 1,000 requests with one token makes one introspection call', async () => {
    const token = await opaque();
    const validator = validatorOf();
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => validator.validate(bearer(token))));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(introspections()).toBe(1);
  });
});

describe('a product that has stopped', () => {
  let own: RunningService;
  beforeEach(async () => {
    own = await startWireService();
  });
  afterEach(() => rmSync(own.dataDir, { recursive: true, force: true }));

  test('lets nobody in whose token is not known, and still those whose is', async () => {
    const [known, unknown, signed] = [await opaque(own), await opaque(own), await jwt(own)];
    const validator = validatorOf({}, own);
    for (const token of [known, signed]) expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    await own.node.close();
    for (const token of [known, signed]) expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    expect(await validator.validate(bearer(unknown))).toMatchObject({ ok: false, status: 503, headers: { 'retry-after': '1' } });
    // Whether fetch has noticed that its connection is gone, when it sends the question, is up to it.
    expect(problems).toEqual([expect.stringMatching(/could not be reached: .*(ECONNREFUSED|other side closed)/)]);
  });

  test('is found when it comes back', async () => {
    const token = await opaque(own);
    let ahead = 0;
    const validator = validatorOf({ clock: () => Date.now() + ahead }, own);
    await own.node.close();
    expect(await validator.validate(bearer(token))).toMatchObject({ status: 503 });
    const again = await startService(own.settings);
    try {
      ahead = 1000;
      expect(await validator.validate(bearer(token))).toMatchObject({ ok: true });
    } finally {
      await again.stop();
    }
  });
});

describe('a client that may not introspect', () => {
  test('is told to the operator, and lets nobody in', async () => {
    const token = await opaque();
    for (const more of [{ clientSecret: 'wrong' }, { clientId: 'server-client' }])
      expect(await validatorOf(more).validate(bearer(token))).toMatchObject({ ok: false, status: 503 });
    expect(problems).toEqual([expect.stringMatching(/\(401\): check clientId/), expect.stringMatching(/\(403\): check clientId/)]);
  });
});

test('what calls itself something else is not believed', async () => {
  const proxy: Server = createServer((request, response) => {
    void fetch(service.url + (request.url ?? '').replace('/other', '/~')).then(async (answer) => response.end(await answer.text()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    const issuer = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/other`;
    expect(await validatorOf({ issuer }).validate(bearer(await opaque()))).toMatchObject({ ok: false, status: 503 });
    expect(problems).toEqual([expect.stringContaining(`is of the issuer "${service.url}/~", not of "${issuer}"`)]);
  } finally {
    await new Promise((resolve) => proxy.close(resolve));
  }
});
