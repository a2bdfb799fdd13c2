import { afterAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { FormSender, tokenIn } from '../support/load.ts';
import { dispose, newDataDirectory, startProduct, type ProductProcess } from '../support/product-process.ts';
import { until } from '../support/wire-service.ts';

const dataDir = newDataDirectory();
let product: ProductProcess | undefined;
afterAll(async () => {
  await dispose(product);
  rmSync(dataDir, { recursive: true, force: true });
}, 30_000);

test('SIGKILL in the middle of a load of token requests: after the restart every token that was answered is active', async () => {
  const answered: string[] = [];
  const revoked: string[] = [];
  for (let round = 0; round < 2; round++) {
    product = await startProduct({ dataDir });
    const sender = new FormSender(product.port);
    const load = Array.from({ length: 16 }, async (_, i) => {
      try {
        for (let n = 0; ; n++) {
          const answer = await sender.token();
          if (answer.status !== 200) continue;
          const token = tokenIn(answer);
          // Some are revoked again: that must hold as well.
          if (n % 8 === 7 && i < 4) {
            const gone = await sender.post('/oauth/v2/oauth-revoke', { token, client_id: 'server-client', client_secret: 'Secr3t!' });
            if (gone.status === 200) revoked.push(token);
          } else answered.push(token);
        }
      } catch {
        // The connection broke: what was not answered is promised to nobody.
      }
    });
    const before = answered.length;
    await until('the load', () => answered.length > before + 200 && revoked.length > round, 20_000);
    const { signal } = await product.end('SIGKILL');
    expect(signal).toBe('SIGKILL');
    await Promise.all(load);
    sender.close();
  }

  product = await startProduct({ dataDir });
  const sender = new FormSender(product.port);
  const states = await Promise.all(answered.map(async (token) => (await sender.introspect(token)).text.includes('"active":true')));
  expect(states.filter((active) => !active)).toHaveLength(0);
  const ended = await Promise.all(revoked.map(async (token) => (await sender.introspect(token)).text));
  expect(ended.filter((text) => text !== '{"active":false}')).toEqual([]);
  expect(revoked.length).toBeGreaterThan(0);
  sender.close();
}, 120_000);
