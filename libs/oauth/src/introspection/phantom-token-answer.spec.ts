import { describe, expect, test } from '@jest/globals';
import { put } from '../configuration/configuration.ts';
import { endpointOf } from '../testing/service-builder.ts';
import { bound, claimsOf, clientOf, gatewayOf, headerOf, INTROSPECTION, ServiceUnderTest } from '../testing/service-builder.ts';

const JWT = 'application/jwt';

describe('application/jwt: the phantom token', () => {
  test('an active token: the bare compact JWS without a newline, cacheable for the revocation lag at most', async () => {
    const world = await ServiceUnderTest.open();
    const response = await world.introspect(await world.token(), JWT);
    expect(response.status).toBe(200);
    expect(response.headers).toEqual(['Content-Type', JWT, 'Cache-Control', 'max-age=60']);
    expect(response.body).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/);
  });

  test('an inactive one: 204 with no body at all', async () => {
    const world = await ServiceUnderTest.open();
    expect(await world.introspect('unknown', JWT)).toEqual({ status: 204, headers: ['Cache-Control', 'no-store'], body: null });
  });

  test.each<[string, number | null, number, number]>([
    ['the remaining life when that is shorter than the lag', 60, 250, 50],
    ['the lag when that is shorter', 60, 0, 60],
    ['the remaining life when the lag is until expiry', null, 0, 300],
    ['at least one second, since gateways read max-age=0 as their default', 0, 0, 1],
    ['one second in the last second of life', 60, 299, 1],
  ])('max-age is %s', async (_what, revocationLag, age, seconds) => {
    const world = await ServiceUnderTest.open([put('endpoint', endpointOf('oauth-introspect', INTROSPECTION, { revocationLag }))]);
    const token = await world.token();
    world.now += age;
    expect(headerOf(await world.introspect(token, JWT), 'cache-control')).toBe(`max-age=${seconds}`);
  });

  test('max-age and exp end with the earliest scope in it', async () => {
    const world = await ServiceUnderTest.open([
      put('client', clientOf('app', { scopes: ['read', 'short'] })),
      put('endpoint', endpointOf('oauth-introspect', INTROSPECTION, { revocationLag: null })),
    ]);
    const token = await world.token();
    const start = world.now;
    world.now += 20;
    const response = await world.introspect(token, JWT);
    expect(headerOf(response, 'cache-control')).toBe('max-age=40');
    expect(claimsOf(response.body ?? '')).toMatchObject({ scope: 'read short', exp: start + 60 });
    world.now = start + 60;
    const later = await world.introspect(token, JWT);
    expect(headerOf(later, 'cache-control')).toBe('max-age=240');
    expect(claimsOf(later.body ?? '')).toMatchObject({ scope: 'read', exp: start + 300 });
  });

  test('a gateway never keeps a JWT for longer than it lives, however short its issuer or procedure made it', async () => {
    const source =
      'function result(c) { const data = c.presentedToken.data; data.exp = Math.floor(Date.now() / 1000) + 10; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }';
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', source));
    const token = await world.token();
    for (let i = 0; i < 2; i++) {
      const response = await world.introspect(token, JWT);
      const age = Number(/^max-age=(\d+)$/.exec(headerOf(response, 'cache-control') ?? '')?.[1]);
      expect(age).toBeLessThanOrEqual(Number(claimsOf(response.body ?? '')['exp']) - world.now);
      expect(age).toBeGreaterThan(0);
    }
  });

  test('with less than a second of life: 204', async () => {
    const source =
      'function result(c) { const data = c.presentedToken.data; data.exp = data.iat; return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }';
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', source));
    expect((await world.introspect(await world.token(), JWT)).status).toBe(204);
  });

  test.each([
    ['an empty answer', 'return {};'],
    ['an answer without active', 'return { jwt: c.getDefaultAccessTokenJwtIssuer().issue(c.presentedToken.data, c.delegation) };'],
    ['an answer without jwt', 'return { active: true };'],
    ['a jwt that is null', 'return { active: true, jwt: null };'],
  ])('%s is 204 (PROCEDURE_API 8)', async (_what, body) => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', `function result(c) { ${body} }`));
    expect(await world.introspect(await world.token(), JWT)).toMatchObject({ status: 204, body: null });
  });

  test.each([
    ['a text of its own', "return { active: true, jwt: 'a.b.c' };"],
    ['the opaque token', 'return { active: true, jwt: c.presentedToken.value };'],
    ['a changed JWT', "return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(c.presentedToken.data, c.delegation) + 'x' };"],
    ['something else', 'return { active: true, jwt: 5 };'],
  ])('the member jwt is a JWS minted in this run, not %s (PROCEDURE_API 9)', async (_what, body) => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', `function result(c) { ${body} }`));
    expect((await world.introspect(await world.token(), JWT)).status).toBe(500);
    expect(world.service.executions.faults[0]?.message).toBe('the member "jwt" must be a JWT that this run issued');
  });

  test('errors are never stored', async () => {
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', "function result() { throw new Error('no'); }"));
    const response = await world.introspect(await world.token(), JWT);
    expect(response.status).toBe(500);
    expect(headerOf(response, 'cache-control')).toBe('no-store');
  });

  test('a JWT above 3.5 KB is sent, with a warning in the log', async () => {
    const source =
      "function result(c) { const data = c.presentedToken.data; data.big = 'x'.repeat(3000); return { active: true, jwt: c.getDefaultAccessTokenJwtIssuer().issue(data, c.delegation) }; }";
    const world = await ServiceUnderTest.open(bound('oauth-introspect-application-jwt', source));
    expect((await world.introspect(await world.token(), JWT)).status).toBe(200);
    expect(world.log.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: 'a phantom token is larger than many header limits',
        fields: expect.objectContaining({ characters: expect.any(Number) }),
      },
    ]);
  });

  test('a caller whose settings do not allow it gets JSON (PROTOCOL 1: auth_request passes the Accept of the end user through)', async () => {
    const world = await ServiceUnderTest.open([
      put('client', gatewayOf('plain', { formats: ['json'] })),
      put('client', clientOf('both', { capabilities: ['introspection', 'client-credentials'] })),
    ]);
    expect(headerOf(await world.introspect(await world.token(), JWT, 'plain'), 'content-type')).toBe('application/json');
    expect(headerOf(await world.introspect(await world.token({}, 'both'), JWT, 'both'), 'content-type')).toBe('application/json');
  });
});
