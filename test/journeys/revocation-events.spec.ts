import { createHash } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { HeardFeed } from '../support/event-feed.ts';
import { FormSender, tokenIn } from '../support/load.ts';
import { dispose, newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { freePort } from '../support/running-service.ts';
import { until } from '../support/wire-service.ts';

const ROUNDS = 3;

let product: ProductProcess | undefined;
afterAll(() => dispose(product), 30_000);

test('who listens has heard of every revocation that was answered, though the service is killed again and again', async () => {
  const [dataDir, ports] = [newDataDirectory(), [await freePort(), await freePort()] as const];
  const answered: string[] = [];
  const heard: unknown[] = [];
  let place = '';
  for (let round = 0; round < ROUNDS; round++) {
    product = await startProduct({ dataDir, ports });
    const sender = new FormSender(product.port);
    const tokens = await Promise.all(Array.from({ length: 40 }, async () => tokenIn(await sender.token())));
    const feed = await HeardFeed.open(product.url, place);
    await feed.until('that it is up to date', ({ names }) => names.includes('ready'));
    const before = answered.length;
    const waiting = [...tokens];
    const revoking = Promise.all(
      Array.from({ length: 4 }, async () => {
        try {
          for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
            const { status } = await sender.post('/oauth/v2/oauth-revoke', { token, client_id: 'server-client', client_secret: 'Secr3t!' });
            if (status === 200) answered.push(idOf(token));
          }
        } catch {
          // The connection broke: what was not answered is promised to nobody.
        }
      }),
    );
    if (round < ROUNDS - 1) {
      await until('some of them', () => answered.length > before + 5, 10_000);
      await product.end('SIGKILL');
      await revoking;
    } else {
      await revoking;
      const all = () => new Set([...heard, ...feed.events.map(({ data }) => data['id'])]);
      await feed.until('the last', () => answered.every((id) => all().has(id)));
    }
    sender.close();
    feed.hangUp();
    expect(feed.names).not.toContain('reset');
    heard.push(...feed.events.filter(({ event }) => event === 'token').map(({ data }) => data['id']));
    place = feed.lastId;
  }
  expect(answered.length).toBeGreaterThan(45);
  expect(answered.filter((id) => !heard.includes(id))).toEqual([]);
  expect(new Set(heard).size).toBe(heard.length);
}, 120_000);

/** The public id: the period and the first half of the hash. */
function idOf(token: string): string {
  return token.slice(4, 8) + createHash('sha256').update(token).digest().toString('base64url', 0, 16);
}
