import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GATEWAY, type RunningService } from '../support/running-service.ts';
import { formRequest, headerOf, rawExchange } from '../support/raw-http.ts';
import { decoded, verified } from '../support/signatures.ts';
import { caller, claimsOf, INACTIVE, introspected, pause, revoke, startWireService, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

const JWT = 'application/jwt';

/** `max-age` of an answer; the header must hold nothing else. */
function maxAge(headers: Headers): number {
  const [, seconds] = /^max-age=(\d+)$/.exec(headers.get('cache-control') ?? '') ?? [];
  return Number(seconds);
}

describe('the phantom token (RFC 9068)', () => {
  test('is the bare compact JWS, verifies against the key set and has all data of the token, client_id and jti', async () => {
    const { access_token: token } = await tokenOf(service, caller('many-client'));
    const { status, headers, text } = await introspected(service, token, { accept: JWT });
    expect([status, headers.get('content-type')]).toEqual([200, JWT]);
    expect(text).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
    const { payload, header } = await verified(service, text);
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const { active: _active, token_type: _type, expired_scope: _expired, ...data } = await claimsOf(service, token);
    expect(payload).toEqual({ ...data, jti: expect.any(String) });
    expect(typeof payload['scope']).toBe('string');
  });

  test('has the same bytes for the same claims', async () => {
    const { access_token: token } = await tokenOf(service);
    const [first, second] = [await introspected(service, token, { accept: JWT }), await introspected(service, token, { accept: JWT })];
    expect(second.text).toBe(first.text);
  });

  test('differs between tokens in jti, which is no secret of the token', async () => {
    const [a, b] = [await tokenOf(service), await tokenOf(service)];
    const [one, two] = await Promise.all(
      [a, b].map(async ({ access_token: token }) => decoded((await introspected(service, token, { accept: JWT })).text).payload),
    );
    expect(one?.['jti']).not.toBe(two?.['jti']);
    expect(String(one?.['jti'])).not.toContain(a.access_token.slice(8, 30));
  });

  test("keeps the token's iat and nbf, and its exp passes neither the token's nor a contained scope's", async () => {
    const { access_token: plain } = await tokenOf(service);
    const { access_token: short } = await tokenOf(service, caller('short-client'));
    const of = async (token: string) => ({
      data: await claimsOf(service, token),
      jwt: decoded((await introspected(service, token, { accept: JWT })).text).payload,
    });
    const whole = await of(plain);
    expect([whole.jwt['iat'], whole.jwt['nbf'], whole.jwt['exp']]).toEqual([whole.data['iat'], whole.data['nbf'], whole.data['exp']]);
    const capped = await of(short);
    expect(capped.jwt['exp']).toBe((capped.data['iat'] as number) + 30);
    expect(capped.data['exp']).toBe((capped.data['iat'] as number) + 3600);
  });
});

describe('inactive tokens', () => {
  test('answer 204 without any body, no-store, and without content headers', async () => {
    const { access_token: revoked } = await tokenOf(service);
    await revoke(service, revoked, caller('server-client'));
    for (const token of ['unknown', revoked]) {
      const request = formRequest('/introspection', `token=${token}&client_id=${GATEWAY.id}&client_secret=${GATEWAY.secret}`, {
        accept: JWT,
      });
      const { messages, bytes } = await rawExchange(service.settings.port, request);
      const [answer] = messages;
      expect([messages.length, answer?.status]).toEqual([1, 204]);
      expect(bytes.toString('latin1')).toMatch(/\r\n\r\n$/);
      expect(answer === undefined ? '' : headerOf(answer, 'cache-control')).toBe('no-store');
      expect(answer?.headers.map(([name]) => name).filter((name) => name.startsWith('content-'))).toEqual([]);
    }
  });
});

describe('Cache-Control', () => {
  test("is max-age with the endpoint's revocation lag, 60 seconds unless told", async () => {
    const { access_token: token } = await tokenOf(service);
    expect(maxAge((await introspected(service, token, { accept: JWT })).headers)).toBe(60);
    expect(maxAge((await introspected(service, token, { accept: JWT, path: '/introspection-quick' })).headers)).toBe(5);
  });

  test('is the remaining life where there is no lag, and where it is shorter', async () => {
    const { access_token: token } = await tokenOf(service);
    const life = maxAge((await introspected(service, token, { accept: JWT, path: '/introspection-lasting' })).headers);
    expect(life).toBeGreaterThan(3590);
    expect(life).toBeLessThanOrEqual(3600);
    const { access_token: short } = await tokenOf(service, caller('short-client'));
    const capped = maxAge((await introspected(service, short, { accept: JWT, path: '/introspection-lasting' })).headers);
    expect(capped).toBeGreaterThan(25);
    expect(capped).toBeLessThanOrEqual(30);
  });

  test('is at least 1; with less life left the answer is 204', async () => {
    const { access_token: token } = await tokenOf(service, caller('hasty-client'));
    for (let i = 0; i < 30; i++) {
      const { status, headers, text } = await introspected(service, token, { accept: JWT });
      if (status === 204) {
        expect([text, headers.get('cache-control')]).toEqual(['', 'no-store']);
        return;
      }
      expect([status, maxAge(headers) >= 1]).toEqual([200, true]);
      await pause(100);
    }
    throw new Error('the token did not end');
  });

  test('of errors is no-store', async () => {
    const { headers, status } = await introspected(service, 'x', { accept: JWT, as: { id: 'gateway_client', secret: 'wrong' } });
    expect([status, headers.get('cache-control'), headers.get('content-type')]).toEqual([401, 'no-store', 'application/json']);
  });
});

describe('the choice of the format by Accept', () => {
  const SIGNED = 'application/token-introspection+jwt';
  test.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['application/*', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    [JWT, JWT],
    ['APPLICATION/JWT', JWT],
    ['application/jwt;charset=utf-8', JWT],
    ['application/json, application/jwt', 'application/json'],
    ['application/jwt, application/json', JWT],
    ['application/json;q=0.5, application/jwt;q=0.9', JWT],
    ['application/jwt;q=0.5, */*;q=0.9', 'application/json'],
    ['application/jwt, */*;q=0.1', JWT],
    ['application/jwt;q=0', 'application/json'],
    ['application/jwt;q=nonsense', 'application/json'],
    [`application/jwt;q=0.3, ${SIGNED};q=0.4`, SIGNED],
    [`application/json;q=0.1, ${SIGNED}`, SIGNED],
    ['x'.repeat(7000), 'application/json'],
  ])('%#: %s', async (accept, expected) => {
    const { access_token: token } = await tokenOf(service);
    const { status, headers } = await introspected(service, token, { accept });
    expect([status, headers.get('content-type')]).toEqual([200, expected]);
  });

  test('is JSON for callers whose settings do not allow the JWT formats, inactive answers too', async () => {
    const { access_token: token } = await tokenOf(service);
    for (const accept of [JWT, SIGNED]) {
      const answer = await introspected(service, token, { as: caller('json-gateway'), accept });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
      expect(JSON.parse(answer.text)).toMatchObject({ active: true });
      expect((await introspected(service, 'unknown', { as: caller('json-gateway'), accept })).text).toBe(INACTIVE);
    }
    const signed = await introspected(service, token, { as: caller('signed-gateway'), accept: `${JWT}, ${SIGNED};q=0.5` });
    expect(signed.headers.get('content-type')).toBe(SIGNED);
  });

  test('is JSON for clients that can do more than introspect, unless they were allowed more', async () => {
    const as = caller('both-client');
    const { access_token: token } = await tokenOf(service, as);
    const { headers } = await introspected(service, token, { as, accept: JWT });
    expect(headers.get('content-type')).toBe('application/json');
  });
});
