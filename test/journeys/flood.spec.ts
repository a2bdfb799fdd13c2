import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FormSender, median, tokenIn } from '../support/load.ts';
import { dispose, startProduct, type ProductProcess } from '../support/product-process.ts';
import { GATEWAY } from '../support/running-service.ts';

let product: ProductProcess;
let gateway: FormSender;
let token: string;
beforeAll(async () => {
  product = await startProduct();
  gateway = new FormSender(product.port, 4);
  token = tokenIn(await gateway.token());
  await gateway.introspect(token);
}, 60_000);
afterAll(async () => {
  gateway.close();
  await dispose(product);
}, 30_000);

/** Introspects one after the other for some time; every answer must be right. */
async function watch(milliseconds: number): Promise<{ readonly count: number; readonly median: number }> {
  const took: number[] = [];
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    const answer = await gateway.introspect(token);
    if (answer.status !== 200 || !answer.text.includes('"active":true')) throw new Error(`${answer.status} ${answer.text}`);
    took.push(answer.milliseconds);
  }
  return { count: took.length, median: median(took) };
}

/** Sends without pause from many connections until told to stop; answers how often each status came. */
function flood(send: (sender: FormSender) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>> }>) {
  let going = true;
  const statuses = new Map<number, number>();
  const withoutRetry: number[] = [];
  const sender = new FormSender(product.port, 24);
  const running = Array.from({ length: 24 }, async () => {
    while (going) {
      const { status, headers } = await send(sender);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 503 && headers['retry-after'] === undefined) withoutRetry.push(status);
    }
  });
  return async () => {
    going = false;
    await Promise.all(running);
    sender.close();
    return { statuses, withoutRetry };
  };
}

/**
 * Milliseconds. A flood costs processor time, and so do other suites at the same time; whoever had to wait for slow hashes
 * would wait longer than this by far.
 */
const MATERIALLY = 200;

test('wrong passwords in numbers do not slow introspection, and get 401, or 503 with Retry-After when the queue of slow hashes is full', async () => {
  const calm = await watch(800);
  const stop = flood((sender) =>
    sender.post('/introspection', { token: 'x', client_id: GATEWAY.id, client_secret: randomBytes(9).toString('hex') }),
  );
  const busy = await watch(2000);
  const { statuses, withoutRetry } = await stop();
  expect([...statuses.keys()].sort()).toEqual([401, 503]);
  expect(withoutRetry).toEqual([]);
  expect(busy.median).toBeLessThan(Math.max(calm.median * 10, MATERIALLY));
}, 60_000);

test('nor do wrong ids, and a client that was never seen can still authenticate', async () => {
  const stop = flood((sender) =>
    sender.post('/oauth/v2/oauth-token', {
      grant_type: 'client_credentials',
      client_id: randomBytes(6).toString('hex'),
      client_secret: 'wrong',
    }),
  );
  const busy = await watch(1500);
  // In this spelling nobody has seen its secret yet: it waits for its turn, which comes.
  const authorization = `Basic ${Buffer.from('gateway_client:Secr3t%21').toString('base64')}`;
  let status = 0;
  for (let i = 0; i < 50 && status !== 200; i++) ({ status } = await gateway.post('/introspection', { token }, { authorization }));
  const { statuses } = await stop();
  expect(status).toBe(200);
  expect([...statuses.keys()].filter((code) => code !== 401 && code !== 503)).toEqual([]);
  expect(busy.count).toBeGreaterThan(20);
}, 60_000);

test('unknown tokens in numbers are answered inactive and do not slow known ones', async () => {
  const calm = await watch(500);
  const stop = flood((sender) => sender.introspect(`twa_${randomBytes(40).toString('base64url')}`.slice(0, 58)));
  const busy = await watch(1500);
  const { statuses } = await stop();
  expect([...statuses.keys()]).toEqual([200]);
  expect(busy.median).toBeLessThan(Math.max(calm.median * 40, MATERIALLY));
}, 60_000);

test('after the floods the service is ready and has nothing in flight', async () => {
  expect((await fetch(`${product.url}/health/ready`)).status).toBe(200);
  const status = (await (
    await fetch(`${product.adminUrl}/admin/v1/status`, { headers: { authorization: `Bearer ${product.adminToken()}` } })
  ).json()) as { sandbox: { inFlight: number; counts: Record<string, number> } };
  expect(status.sandbox.inFlight).toBe(0);
  expect(status.sandbox.counts['kills']).toBe(0);
});
