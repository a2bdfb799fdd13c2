import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admin, startService, type RunningService } from '../support/running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startService({ trustProxy: ['127.0.0.1'] });
});
afterAll(() => service.stop());

test('what --trust-proxy says holds for the admin API too: an administrator comes from where the proxy says', async () => {
  const signedIn = await fetch(`${service.adminUrl}/admin/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.1, 203.0.113.7' },
    body: JSON.stringify({ token: service.adminToken }),
  });
  expect(signedIn.status).toBe(201);
  const { items } = (await (await admin(service, 'GET', '/sessions')).json()) as { items: readonly { address: string }[] };
  expect(items.map(({ address }) => address)).toEqual(['203.0.113.7']);
});
