import { hash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { put, remove } from '../configuration/configuration.ts';
import { keyOf } from '../configuration/entities.ts';
import { rotateSigningKeys } from '../issuance/signing-keys.ts';
import { OAuthService } from '../oauth-service.ts';
import { StoreError } from '../store-error.ts';
import type { RevocationEventStore, Stores } from '../stores.ts';
import { EventListener } from '../testing/event-listener.ts';
import {
  aRequest,
  claimsOf,
  clientOf,
  endpointOf,
  gatewayOf,
  headerOf,
  jsonOf,
  PROFILE,
  profileOf,
  SECRET,
  ServiceUnderTest,
} from '../testing/service-builder.ts';
import { aCommit, aDelegation, making } from '../testing/store-builders.ts';
import { opaqueTokenKey, tokenId } from '../token/opaque-token.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { STREAM_LIMITS, type StreamLimits } from './revocation-events-endpoint.ts';

const PATH = '/revocation-events';
const ENDPOINT = endpointOf('oauth-revocation-events', PATH);

let world: ServiceUnderTest;
const opened: EventListener[] = [];
beforeEach(async () => {
  world = await ServiceUnderTest.open([
    put('endpoint', ENDPOINT),
    put('client', clientOf('both', { capabilities: ['client-credentials', 'introspection'] })),
  ]);
});
afterEach(() => {
  for (const listener of opened.splice(0)) listener.hangUp();
});

const basic = (id: string, secret = SECRET) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

function request(
  headers: OAuthRequest['headers'] = { authorization: basic('gateway') },
  members: Partial<OAuthRequest> = {},
): OAuthRequest {
  return { ...aRequest(PATH, ''), method: 'GET', ...members, headers };
}

async function listen(headers: OAuthRequest['headers'] = {}, client = 'gateway', service = world.service): Promise<EventListener> {
  const response = await service.handle(request({ authorization: basic(client), ...headers }), world.snapshot);
  if (response === null) throw new Error('nothing there');
  const listener = new EventListener(response);
  opened.push(listener);
  return listener.until(({ names, isOver }) => isOver || names.includes('ready'));
}

/** Another node with other limits. */
function node(limits: Partial<StreamLimits>, stores: Stores = world.stores): OAuthService {
  return new OAuthService({
    stores,
    sandbox: world.sandbox,
    log: { write: (level, message, fields) => world.log.push({ level, message, fields }) },
    clock: () => world.now,
    streamLimits: { ...STREAM_LIMITS, ...limits },
  });
}

const idOf = (token: string) => tokenId(opaqueTokenKey(token)!);

describe('the feed of revocations', () => {
  test('begins now, with where it stands, how often it gives a sign of life, and the ids of the keys', async () => {
    await world.revoke(await world.token());
    const response = await world.handle(request());
    expect([response.status, response.body]).toEqual([200, null]);
    expect(headerOf(response, 'content-type')).toBe('text/event-stream');
    expect(headerOf(response, 'cache-control')).toBe('no-store');
    expect(headerOf(response, 'x-accel-buffering')).toBe('no');
    const { events, text } = await listen();
    expect(text).toMatch(/^retry: 1000\n\n/);
    const kids = [...world.live.current.all('signing-key')].map(({ kid }) => kid);
    expect(events).toEqual([{ id: expect.stringMatching(/^2-[\w-]{8}$/), event: 'ready', data: { kids, heartbeat: 15, maxAge: 60 } }]);
    expect((await listen({ 'last-event-id': '' })).names).toEqual(['ready']);
  });

  test.each(['opaque', 'jwt', 'wrapped-opaque'] as const)(
    'tells of a revoked token what it is known by, and never the token itself: %s',
    async (accessTokenFormat) => {
      await world.change(put('client', clientOf('app', { accessTokenFormat })));
      const listener = await listen();
      const token = await world.token();
      const phantom = claimsOf(await world.phantom(token));
      await world.revoke(token);
      const told = (await listener.until(({ names }) => names.includes('token'))).events.at(-1)!;
      // Each who keeps an answer finds one of the two: who has the phantom token or a JWT by its jti, who has the opaque token by its hash.
      expect(String(phantom['jti'])).toMatch(new RegExp(`^${String(told.data['id'])}\\.`));
      const value = accessTokenFormat === 'wrapped-opaque' ? String(claimsOf(token)['ref']) : token;
      if (accessTokenFormat !== 'jwt') expect(told.data['hash']).toBe(hash('sha256', value, 'base64url'));
      expect(Object.keys(told.data)).toEqual(['id', 'hash']);
      expect(listener.text).not.toContain(value);
    },
  );

  test('tells of a delegation that an administrator or a procedure ends', async () => {
    const listener = await listen();
    const token = await world.token();
    const { delegationId } = (await world.stores.tokens.find([opaqueTokenKey(token)!]))[0]!;
    await world.stores.tokens.revokeDelegation(PROFILE, delegationId, world.now);
    const { events } = await listener.until(({ names }) => names.includes('delegation'));
    expect(events.at(-1)).toMatchObject({ event: 'delegation', data: { id: delegationId } });
  });

  test('tells which keys count after a rotation, those withdrawn left out', async () => {
    const listener = await listen();
    const rotate = (isEmergency: boolean) => rotateSigningKeys(world.live.current, PROFILE, 'ES256', world.sealer, world.now, isEmergency);
    await world.change(...(await rotate(true)).changes);
    await listener.until(({ names }) => names.filter((name) => name === 'keys').length === 1);
    await world.change(...(await rotate(true)).changes);
    const { events } = await listener.until(({ names }) => names.filter((name) => name === 'keys').length === 2);
    const kids = [...world.live.current.all('signing-key')].map(({ kid }) => kid).sort();
    expect(events.at(-1)?.data).toEqual({ kids });
    expect(kids).not.toContain((events[0]!.data['kids'] as string[])[0]);
  });

  test('tells nothing of other profiles, and their events move the place on', async () => {
    await world.change(
      put('profile', profileOf({ id: 'other', issuer: '/other' })),
      put('client', clientOf('stranger', { profile: 'other' })),
    );
    const service = node({ heartbeat: 20 });
    const listener = await listen({}, 'gateway', service);
    const before = listener.lastId;
    const revoked = aDelegation('other');
    await world.stores.tokens.commit([aCommit(making(revoked))]);
    await world.stores.tokens.revokeDelegation('other', revoked.id, world.now);
    await listener.until(({ lastId }) => lastId !== before);
    expect(listener.names).toEqual(['ready']);
    const resumed = await listen({ 'last-event-id': listener.lastId });
    expect(resumed.names).toEqual(['ready']);
    service.close();
  });
});

describe('who comes back (HTML Living Standard section 9.2.4, Last-Event-ID)', () => {
  test('hears all that was missed, each once, and only then that it is up to date', async () => {
    const first = await listen();
    const tokens = await Promise.all(Array.from({ length: 5 }, () => world.token()));
    await world.revoke(tokens[0]!);
    await first.until(({ names }) => names.includes('token'));
    first.hangUp();
    for (const token of tokens.slice(1)) await world.revoke(token);
    const { events } = await listen({ 'last-event-id': first.lastId });
    expect(events.map(({ event }) => event)).toEqual([...tokens.slice(1).map(() => 'token'), 'ready']);
    expect(events.slice(0, -1).map(({ data }) => data['id'])).toEqual(tokens.slice(1).map(idOf));
  });

  test('hears that it is up to date after all that was missed, however much that is', async () => {
    const first = await listen();
    first.hangUp();
    const delegations = Array.from({ length: 1200 }, () => aDelegation(PROFILE));
    await world.stores.tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
    for (const { id } of delegations) await world.stores.tokens.revokeDelegation(PROFILE, id, world.now);
    const { names } = await listen({ 'last-event-id': first.lastId });
    expect([names.length, names.indexOf('ready')]).toEqual([1201, 1200]);
  });

  test.each([
    ['is no place', 'nonsense'],
    ['is of the future', '999-AAAAAAAA'],
    ['never was', '1-AAAAAAAA'],
    ['is negative', '-1-AAAAAAAA'],
    ['is too large for a number', `${'9'.repeat(30)}-AAAAAAAA`],
  ])('is told to forget everything when the place %s', async (_what, id) => {
    await world.revoke(await world.token());
    const { events } = await listen({ 'last-event-id': id });
    expect(events.map(({ event, data }) => [event, data])).toEqual([
      ['reset', {}],
      ['ready', expect.objectContaining({ heartbeat: 15 })],
    ]);
    expect(events[0]?.id).toBe(events[1]?.id);
  });

  test('too late is told to forget everything', async () => {
    const first = await listen();
    first.hangUp();
    await world.revoke(await world.token());
    await world.revoke(await world.token());
    expect(await world.stores.revocationEvents.deleteBefore(world.now + 1, 2)).toBe(2);
    expect((await listen({ 'last-event-id': first.lastId })).names).toEqual(['reset', 'ready']);
  });

  test('however often it is cut off, has heard of each revocation in the end', async () => {
    const tokens = await Promise.all(Array.from({ length: 60 }, () => world.token()));
    const heard: unknown[] = [];
    let id = (await listen()).lastId;
    const writing = { isOver: false };
    const all = (async () => {
      for (const token of tokens) {
        await world.revoke(token);
        if (Math.random() < 0.5) await new Promise(setImmediate);
      }
      writing.isOver = true;
    })();
    for (let isLast = false; !isLast;) {
      isLast = writing.isOver;
      const listener = await listen({ 'last-event-id': id });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      listener.hangUp();
      heard.push(...listener.events.filter(({ event }) => event === 'token').map(({ data }) => data['id']));
      expect(listener.names).not.toContain('reset');
      id = listener.lastId;
    }
    await all;
    expect(heard).toEqual(tokens.map(idOf));
  });
});

describe('who may listen', () => {
  const refusal = async (changed: OAuthRequest) => {
    const response = await world.handle(changed);
    return [response.status, jsonOf(response)['error']];
  };

  test('a client that may introspect, by its secret in the header', async () => {
    expect((await listen({}, 'both')).names).toEqual(['ready']);
    expect(await refusal(request({ authorization: basic('gateway', 'wrong') }))).toEqual([401, 'invalid_client']);
    expect(await refusal(request({}))).toEqual([401, 'invalid_client']);
  });

  test('not by a secret in the URL or a body (RFC 6749 section 2.3.1)', async () => {
    const form = `client_id=gateway&client_secret=${encodeURIComponent(SECRET)}`;
    expect(await refusal(request({}, { query: form }))).toEqual([401, 'invalid_client']);
    expect(await refusal(request({ 'content-type': 'application/x-www-form-urlencoded' }, { body: form }))).toEqual([
      401,
      'invalid_client',
    ]);
  });

  test('no client that may not introspect, and no public one', async () => {
    await world.change(put('client', clientOf('public', { secrets: [], capabilities: [] })));
    expect(await refusal(request({ authorization: basic('app') }))).toEqual([403, 'unauthorized_client']);
    expect(await refusal(request({ authorization: basic('public', '') }))).toEqual([401, 'invalid_client']);
  });

  test('by GET; HEAD has the headers alone, and other methods are refused', async () => {
    const head = await world.handle(request(undefined, { method: 'HEAD' }));
    expect([head.status, head.stream, headerOf(head, 'content-type')]).toEqual([200, undefined, 'text/event-stream']);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const response = await world.handle(request(undefined, { method }));
      expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  test('so many at a time and no more, of one client and of all', async () => {
    const service = node({ perNode: 3, perClient: 2 });
    const first = await listen({}, 'gateway', service);
    await listen({}, 'gateway', service);
    const full = async (client: string): Promise<unknown[]> => {
      const response = (await service.handle(request({ authorization: basic(client) }), world.snapshot)) as OAuthResponse;
      return [response.status, response.stream === undefined, headerOf(response, 'retry-after')];
    };
    expect(await full('gateway')).toEqual([503, true, '10']);
    await listen({}, 'both', service);
    expect(await full('both')).toEqual([503, true, '10']);
    first.hangUp();
    expect((await listen({}, 'gateway', service)).names).toEqual(['ready']);
    service.close();
  });

  test('those who ask at the same time do not get past the limit either', async () => {
    const service = node({ perClient: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => service.handle(request(), world.snapshot)));
    const listeners = answers.map((answer) => new EventListener(answer!));
    expect(listeners.map(({ isCutOff }) => isCutOff)).toEqual([false, false, true]);
    service.close();
    expect(listeners.every(({ isOver }) => isOver)).toBe(true);
  });
});

describe('a stream ends', () => {
  const gateway = gatewayOf('gateway');
  test.each([
    ['its client is disabled', () => put('client', { ...gateway, enabled: false })],
    ['its client is removed', () => remove('client', keyOf('client', gateway))],
    ['its client may not introspect any more', () => put('client', { ...gateway, capabilities: ['client-credentials'] })],
    [
      'the secret it came with is withdrawn',
      () => put('client', { ...gateway, secrets: clientOf('x').secrets.map((s) => ({ ...s, hash: 'sha256$x' })) }),
    ],
    ['its endpoint is disabled', () => put('endpoint', { ...ENDPOINT, enabled: false })],
    ['its endpoint is removed', () => remove('endpoint', keyOf('endpoint', ENDPOINT))],
    ['its endpoint moves', () => put('endpoint', { ...ENDPOINT, path: '/elsewhere' })],
  ] as const)('when %s, and others go on', async (what, change) => {
    const [listener, other] = [await listen(), await listen({}, 'both')];
    await world.change(change());
    await listener.until(({ isOver }) => isOver);
    expect(other.isOver).toBe(what.includes('endpoint'));
  });

  test('not when something else changes', async () => {
    const listener = await listen();
    await world.change(put('client', clientOf('another')), put('client', { ...gateway, name: 'Another name' }));
    await world.revoke(await world.token());
    await listener.until(({ names }) => names.includes('token'));
    expect(listener.isOver).toBe(false);
  });

  test('when its secret expires, at the next heartbeat', async () => {
    const expiring = { ...gateway, secrets: gateway.secrets.map((secret) => ({ ...secret, expiresAt: world.now + 60 })) };
    await world.change(put('client', expiring));
    const service = node({ heartbeat: 20 });
    const listener = await listen({}, 'gateway', service);
    await listener.until(({ text }) => text.endsWith(':\n\n'));
    world.now += 61;
    await listener.until(({ isOver }) => isOver);
    service.close();
  });

  test('when the service stops, which then opens none', async () => {
    const service = node({});
    const listener = await listen({}, 'gateway', service);
    service.close();
    expect([listener.isOver, listener.isCutOff]).toEqual([true, false]);
    expect(await service.handle(request(), world.snapshot)).toMatchObject({ status: 503 });
  });

  test('when its consumer does not read, which then comes back', async () => {
    const service = node({ stall: 20 });
    const listener = await listen({}, 'gateway', service);
    const before = listener.lastId;
    listener.readsOn = false;
    const tokens = [await world.token(), await world.token(), await world.token()];
    for (const token of tokens) await world.revoke(token);
    await listener.until(({ isCutOff }) => isCutOff);
    expect((await listen({ 'last-event-id': before })).names).toEqual(['token', 'token', 'token', 'ready']);
    service.close();
  });

  test('not when its consumer reads late, and nothing is lost', async () => {
    const listener = await listen();
    listener.readsOn = false;
    const tokens = [await world.token(), await world.token(), await world.token()];
    for (const token of tokens) await world.revoke(token);
    await listener.until(({ names }) => names.includes('token'));
    const soFar = listener.names.length;
    listener.readAgain();
    await listener.until(({ names }) => names.length === 4);
    expect(soFar).toBeLessThan(4);
    expect(listener.events.slice(1).map(({ data }) => data['id'])).toEqual(tokens.map(idOf));
  });
});

describe('while the database does not answer', () => {
  /** Fails for as long as it is down. */
  function failing(): { stores: Stores; isDown: boolean } {
    const state = { isDown: false, stores: world.stores };
    const events = world.stores.revocationEvents;
    const guarded =
      <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> =>
        state.isDown ? Promise.reject(new StoreError('unavailable', 'The database is down.')) : work.apply(events, args);
    const store: RevocationEventStore = {
      newest: guarded(events.newest.bind(events)),
      after: guarded(events.after.bind(events)),
      deleteBefore: guarded(events.deleteBefore.bind(events)),
      onWritten: (listener) => events.onWritten(listener),
    };
    state.stores = { ...world.stores, revocationEvents: store };
    return state;
  }

  test('no stream is opened', async () => {
    const state = failing();
    const service = node({}, state.stores);
    state.isDown = true;
    const response = await service.handle(request(), world.snapshot);
    expect([response?.status, response?.stream]).toEqual([503, undefined]);
  });

  test('streams wait for a while, then all comes; what hinders them is logged once', async () => {
    const state = failing();
    const service = node({}, state.stores);
    const listener = await listen({}, 'gateway', service);
    state.isDown = true;
    const token = await world.token();
    await world.revoke(token);
    await new Promise((resolve) => setTimeout(resolve, 600));
    state.isDown = false;
    await listener.until(({ names }) => names.includes('token'));
    expect(listener.isOver).toBe(false);
    expect(world.log.filter(({ message }) => message === 'revocation events cannot be read')).toHaveLength(1);
    service.close();
  });
});
