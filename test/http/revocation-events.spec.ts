import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../../libs/persistence/src/testing/postgres-test-database.ts';
import { EVENTS_PATH, HeardFeed } from '../support/event-feed.ts';
import { admin, CLIENT, freePort, GATEWAY, introspect, issueToken, startService, type RunningService } from '../support/running-service.ts';
import { revoke } from '../support/wire-service.ts';

const feeds: HeardFeed[] = [];
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.hangUp();
});

async function listen(to: RunningService, lastEventId = ''): Promise<HeardFeed> {
  const feed = await HeardFeed.open(to.url, lastEventId);
  feeds.push(feed);
  return feed.until('that it is up to date', ({ names }) => names.includes('ready'));
}

const idsIn = ({ events }: HeardFeed, kind = 'token'): unknown[] =>
  events.filter(({ event }) => event === kind).map(({ data }) => data['id']);

/** The public ids of the active tokens of the demo's client, as the admin API lists them. */
async function activeTokens(service: RunningService): Promise<readonly { id: string; delegationId: string }[]> {
  const answer = await admin(service, 'GET', '/profiles/token-service/tokens?active=true&limit=100');
  return ((await answer.json()) as { items: { id: string; delegationId: string }[] }).items;
}

describe('the feed of revocations over HTTP', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  test('is named in metadata (RFC 8414)', async () => {
    const metadata = (await (await fetch(`${service.url}/.well-known/oauth-authorization-server/~`)).json()) as Record<string, unknown>;
    expect(metadata['revocation_events_endpoint']).toBe(service.url + EVENTS_PATH);
  });

  test('tells of what the revocation endpoint and the admin API end, after it is ended', async () => {
    const feed = await listen(service);
    expect(
      Object.fromEntries(['content-type', 'cache-control', 'x-accel-buffering'].map((name) => [name, feed.response.headers.get(name)])),
    ).toEqual({
      ...{ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
    const tokens = [await issueToken(service), await issueToken(service), await issueToken(service)] as const;
    const listed = new Set((await activeTokens(service)).map(({ id }) => id));
    expect((await revoke(service, tokens[0], CLIENT)).status).toBe(200);
    await feed.until('the first token', () => idsIn(feed).length === 1);
    expect(await (await introspect(service, tokens[0])).json()).toEqual({ active: false });

    const [{ id, delegationId } = { id: '', delegationId: '' }] = await activeTokens(service);
    expect((await admin(service, 'DELETE', `/profiles/token-service/tokens/${id}`)).status).toBe(204);
    await feed.until('the second token', () => idsIn(feed).length === 2);
    expect(idsIn(feed)[1]).toBe(id);
    expect(listed).toContain(idsIn(feed)[0]);

    expect((await admin(service, 'DELETE', `/profiles/token-service/delegations/${delegationId}`)).status).toBe(204);
    await feed.until('the delegation', () => idsIn(feed, 'delegation').length === 1);
    const all = await admin(service, 'POST', '/profiles/token-service/revocations', { clientId: CLIENT.id });
    expect(await all.json()).toEqual({ delegations: 2 });
    await feed.until('the others', () => idsIn(feed, 'delegation').length === 3);
    expect(idsIn(feed, 'delegation')).toContain(delegationId);
    for (const token of tokens) expect(feed.text).not.toContain(token);
  });

  test('tells which keys count after a rotation', async () => {
    const feed = await listen(service);
    const rotated = await admin(service, 'POST', '/profiles/token-service/keys/rotate', { algorithm: 'ES256', emergency: true });
    expect(rotated.status).toBeLessThan(300);
    await feed.until('the keys', ({ names }) => names.includes('keys'));
    const { keys } = (await (await fetch(`${service.url}/~/jwks`)).json()) as { keys: { kid: string }[] };
    expect(feed.events.at(-1)?.data['kids']).toEqual(keys.map(({ kid }) => kid).sort());
  });

  test('a client that is disabled is let go of, and gets in no more', async () => {
    const feed = await listen(service);
    const path = `/profiles/token-service/clients/${GATEWAY.id}`;
    // It comes from the configuration file.
    const set = async (enabled: boolean) =>
      (await admin(service, 'PUT', `${path}?takeOver=true`, { capabilities: ['introspection'], enabled })).status;
    expect(await set(false)).toBe(200);
    await feed.until('the end', ({ isOver }) => isOver);
    const again = await HeardFeed.open(service.url);
    feeds.push(again);
    expect(again.response.status).toBe(401);
    expect(await set(true)).toBe(200);
  });

  test('HEAD has the headers alone, and HTTP/1.0 gets the stream as it is, without chunks', async () => {
    const authorization = `Authorization: Basic ${Buffer.from(`${GATEWAY.id}:${GATEWAY.secret}`).toString('base64')}`;
    const exchange = (start: string, end: (text: string) => boolean): Promise<string> =>
      new Promise((resolve, reject) => {
        let text = '';
        const socket = connect(service.settings.port, '127.0.0.1', () =>
          socket.write(`${start}\r\nHost: localhost\r\n${authorization}\r\n\r\n`),
        );
        const done = () => {
          socket.destroy();
          resolve(text);
        };
        socket.setTimeout(5000, done);
        socket.on('data', (data) => {
          text += String(data);
          if (end(text)) done();
        });
        socket.on('end', done).on('error', reject);
      });
    const head = await exchange(`HEAD ${EVENTS_PATH} HTTP/1.1`, (text) => text.includes('\r\n\r\n'));
    expect(head).toMatch(/^HTTP\/1.1 200 [^]*content-type: text\/event-stream[^]*\r\n\r\n$/i);
    const old = await exchange(`GET ${EVENTS_PATH} HTTP/1.0`, (text) => /event: ready\ndata: .*\n\n$/.test(text));
    expect(old).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\nretry: 1000\n\nid: /);
    expect(old).not.toMatch(/transfer-encoding/i);
  });
});

test('a service that stops ends the streams at once, and who comes back to it has missed nothing', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tokenwright-test-'));
  const places = { dataDir, port: await freePort(), adminPort: await freePort() };
  try {
    const first = await startService(places);
    const feed = await listen(first);
    const tokens = [await issueToken(first), await issueToken(first)] as const;
    await revoke(first, tokens[0], CLIENT);
    await feed.until('the token', ({ names }) => names.includes('token'));
    const stopped = first.stop();
    await feed.until('the end', ({ isOver }) => isOver);
    await stopped;

    const second = await startService(places);
    try {
      await revoke(second, tokens[1], CLIENT);
      const again = await listen(second, feed.lastId);
      expect(again.names).toEqual(['token', 'ready']);
      expect(idsIn(again)).not.toEqual(idsIn(feed));
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 30_000);

const answers = await postgresAnswers();

(answers ? describe : describe.skip)('with two nodes on PostgreSQL', () => {
  let database: TestDatabase;
  let nodes: readonly [RunningService, RunningService];
  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = {
      databaseUrl: database.url,
      encryptionKey: Buffer.alloc(32, 7).toString('base64url'),
      adminToken: 'a token that both nodes know, long enough',
    };
    nodes = [await startService(shared), await startService(shared)];
  }, 60_000);
  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await database.drop();
  }, 30_000);

  test('what is revoked at one is told at both, in the same order, to the last', async () => {
    const [here, there] = [await listen(nodes[0]), await listen(nodes[1])];
    const tokens = await Promise.all(Array.from({ length: 30 }, () => issueToken(nodes[0])));
    await Promise.all(tokens.map(async (token, i) => revoke(nodes[i % 2] ?? nodes[0], token, CLIENT)));
    for (const feed of [here, there]) await feed.until('all of them', () => idsIn(feed).length === tokens.length);
    expect(new Set(idsIn(here)).size).toBe(tokens.length);
    expect(there.events.slice(1)).toEqual(here.events.slice(1));
  });

  test('who comes back to another node goes on where it was', async () => {
    const feed = await listen(nodes[0]);
    const tokens = [await issueToken(nodes[0]), await issueToken(nodes[0])] as const;
    await revoke(nodes[0], tokens[0], CLIENT);
    await feed.until('the first', () => idsIn(feed).length === 1);
    feed.hangUp();
    await revoke(nodes[0], tokens[1], CLIENT);
    const other = await listen(nodes[1], feed.lastId);
    expect(other.names).toEqual(['token', 'ready']);
  });
});
