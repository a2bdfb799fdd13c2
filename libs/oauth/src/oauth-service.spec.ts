import { describe, expect, test } from '@jest/globals';
import { StoreError } from './store-error.ts';
import type { TokenStore } from './stores.ts';
import { aRequest, bound, headerOf, INTROSPECTION, jsonOf, SECRET, ServiceUnderTest } from './testing/service-builder.ts';

const SERVER_ERROR = '{"error":"server_error","error_description":"The server could not complete the request."}';

describe('one door for all endpoints', () => {
  test('nothing is served at an unknown path', async () => {
    const world = await ServiceUnderTest.open();
    for (const path of ['/', '/introspect/', '/INTROSPECT', '/introspect?x', '__proto__'])
      expect(await world.service.handle(aRequest(path, 'token=x'), world.snapshot)).toBeNull();
  });

  test('a request is served from the snapshot it came with, whatever is changed meanwhile (DESIGN 2.4)', async () => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    const before = world.snapshot;
    await world.change(...bound('oauth-introspect', 'function result() { return { active: true, new: true }; }'));
    const request = aRequest(INTROSPECTION, { token, client_id: 'gateway', client_secret: SECRET });
    const old = await world.service.handle(request, before);
    expect(old === null ? null : jsonOf(old)).toMatchObject({ sub: 'app' });
    expect(jsonOf(await world.introspect(token))).toEqual({ active: true, new: true });
  });
});

describe('what goes wrong inside', () => {
  const failing = async (error: unknown) => {
    const world = await ServiceUnderTest.open();
    const token = await world.token();
    (world.stores.tokens as { find: TokenStore['find'] }).find = () => {
      throw error;
    };
    return { world, response: await world.introspect(token), token };
  };

  test('is server_error to the caller and a log line to the operator', async () => {
    const { world, response } = await failing(new TypeError('cannot read password hunter2'));
    expect(response).toMatchObject({ status: 500, body: SERVER_ERROR });
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    expect(world.log.at(-1)).toMatchObject({
      level: 'error',
      message: 'a request failed',
      fields: { path: INTROSPECTION, error: expect.stringContaining('hunter2') },
    });
  });

  test('is temporarily_unavailable with Retry-After when the database does not answer', async () => {
    const { world, response } = await failing(new StoreError('unavailable', 'The database at db.internal does not answer.'));
    expect(response.status).toBe(503);
    expect(headerOf(response, 'retry-after')).toBe('1');
    expect(response.body).not.toContain('db.internal');
    expect(world.log.at(-1)).toMatchObject({ level: 'error', message: 'the database does not answer' });
  });

  test('is server_error for every other store error', async () => {
    expect((await failing(new StoreError('failed', 'constraint'))).response).toMatchObject({ status: 500, body: SERVER_ERROR });
    expect((await failing('a thrown text')).response).toMatchObject({ status: 500, body: SERVER_ERROR });
  });

  test('ends that request alone: the next one is served', async () => {
    const { world, token } = await failing(new Error('once'));
    delete (world.stores.tokens as { find?: unknown }).find;
    expect(jsonOf(await world.introspect(token))).toMatchObject({ active: true });
  });
});

test('failed authentications of all endpoints are counted together, and told of by a warning without the secret', async () => {
  const world = await ServiceUnderTest.open();
  const credentials = { client_id: 'app', client_secret: 'not-its-secret' };
  for (const path of ['/token', '/introspect', '/revoke'])
    expect((await world.post(path, { ...credentials, token: 'x', grant_type: 'client_credentials' })).status).toBe(401);
  await world.token();
  expect(world.service.failedAuthentications.count).toBe(3);
  expect(world.log).toEqual([
    {
      level: 'warn',
      message: 'client authentication failed',
      fields: { profile: 'main', client: 'app', address: '192.0.2.1', failuresOfAll: 1 },
    },
  ]);
});

test('neither token nor secret shows in any log line of a whole journey, failures included', async () => {
  const world = await ServiceUnderTest.open();
  const token = await world.token();
  await world.introspect(token);
  const phantom = await world.phantom(token);
  await world.introspect(phantom);
  await world.change(
    ...bound(
      'oauth-introspect',
      "function result(c) { logger.info('value {}', c.presentedToken.value); throw new Error('failed for ' + c.presentedToken.value + JSON.stringify(c.request)); }",
    ),
  );
  await world.introspect(token);
  await world.introspect(phantom);
  await world.revoke(token);
  const log = JSON.stringify([world.log, world.service.executions.faults]);
  expect(world.log.length).toBeGreaterThan(3);
  for (const secret of [token, phantom, SECRET, encodeURIComponent(SECRET)]) expect(log).not.toContain(secret);
});

test('many requests at once are each answered with their own token, whatever is gathered in one turn', async () => {
  const world = await ServiceUnderTest.open();
  const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => world.token({ scope: i % 2 === 0 ? 'read' : 'write' })));
  expect(new Set(tokens).size).toBe(40);
  const answers = await Promise.all(tokens.map((token) => world.introspect(token)));
  expect(answers.map((answer) => jsonOf(answer)['scope'])).toEqual(tokens.map((_, i) => (i % 2 === 0 ? 'read' : 'write')));
  const ids = answers.map((answer) => jsonOf(answer)['delegationId']);
  expect(new Set(ids).size).toBe(40);
});
