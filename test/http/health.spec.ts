import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService, type RunningService } from '../support/running-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('live and ready answer 200 on both ports, without authentication', async () => {
  for (const base of [service.url, service.adminUrl])
    for (const path of ['/health/live', '/health/ready']) {
      const response = await fetch(base + path);
      expect([base + path, response.status]).toEqual([base + path, 200]);
      expect(typeof ((await response.json()) as { status: string }).status).toBe('string');
    }
});

test('ready may be kept by nobody', async () => {
  for (const base of [service.url, service.adminUrl])
    expect([base, (await fetch(`${base}/health/ready`)).headers.get('cache-control')]).toEqual([base, 'no-store']);
});

test('the admin API asks for a token everywhere else', async () => {
  // Few wrong ones: whoever guesses is slowed down.
  const attempts: readonly (readonly [string, Record<string, string>])[] = [
    ['status', {}],
    ['profiles', { authorization: 'Bearer wrong' }],
    ['configuration', { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }],
  ];
  for (const [path, headers] of attempts) {
    const response = await fetch(`${service.adminUrl}/admin/v1/${path}`, { headers });
    expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 401, 'application/problem+json; charset=utf-8']);
  }
});

test('the ports do not answer for each other', async () => {
  expect((await fetch(`${service.url}/admin/v1/status`, { headers: { authorization: `Bearer ${service.adminToken}` } })).status).toBe(404);
  expect(
    (await fetch(`${service.adminUrl}/introspection`, { method: 'POST', headers: { authorization: `Bearer ${service.adminToken}` } }))
      .status,
  ).toBe(404);
});

test('a service that stops does not wait for connections on which nobody has asked for anything', async () => {
  const stopping = await startService();
  const sockets = [stopping.url, stopping.adminUrl].map((url) => connect(Number(new URL(url).port), '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  // Once both are answered, those that came before are known too.
  for (const url of [stopping.url, stopping.adminUrl]) expect((await fetch(`${url}/health/live`)).status).toBe(200);
  const closed = sockets.map((socket) => once(socket.resume(), 'close'));
  await stopping.stop();
  await Promise.all(closed);
});
