import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { aGet } from './testing/client-builder.ts';
import { allowing, at, failure, hello, OutgoingWorld } from './testing/outgoing-world.ts';
import type { Answer } from './testing/test-server.ts';

const world = new OutgoingWorld();
const { services, serving } = world;

afterEach(() => world.close());

describe('time', () => {
  test.each<[string, Answer]>([
    ['before the first byte', () => undefined],
    ['within the headers', (_received, response) => void response.socket?.write('HTTP/1.1 200 OK\r\nx: ')],
    [
      'within the body, byte by byte',
      (_received, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ])('a server that is slow %s ends with one clock for the whole call', async (_where, answer) => {
    const server = await serving(answer);
    const client = allowing(server, { timeoutMilliseconds: 150, maximumResponseBytes: 1_000_000 });
    const error = await failure(services().request(client, aGet(at(server))));
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('150 ms') });
  });

  test('a procedure may ask for less and not for more', async () => {
    const server = await serving(() => undefined);
    const client = allowing(server, { timeoutMilliseconds: 200 });
    await expect(services().request(client, aGet(at(server), { timeout: 50 }))).rejects.toThrow('50 ms');
    await expect(services().request(client, aGet(at(server), { timeout: 50_000 }))).rejects.toThrow('200 ms');
    await expect(services().request(client, aGet(at(server), { timeout: -1 }))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('redirects do not wind the clock up again', async () => {
    const server = await serving((received, response) => {
      setTimeout(() => response.writeHead(302, { location: `${received.url}x` }).end(), 60);
    });
    const client = allowing(server, { timeoutMilliseconds: 150, maximumRedirects: 5 });
    await expect(services().request(client, aGet(at(server)))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('a name that takes for ever to resolve ends as well', async () => {
    const server = await serving(hello);
    const host = services(() => new Promise(() => undefined));
    await expect(host.request(allowing(server, { timeoutMilliseconds: 100 }), aGet(at(server)))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('of a client only so many requests wait at once', async () => {
    const server = await serving(() => undefined);
    const host = services();
    const client = allowing(server, { timeoutMilliseconds: 400 });
    const waiting = Array.from({ length: 128 }, (_, i) => failure(host.request(client, aGet(at(server), { caller: `p${i % 2}` }))));
    await expect(host.request(client, aGet(at(server)))).rejects.toMatchObject({ code: 'busy' });
    expect((await Promise.all(waiting)).every((error) => (error as { code: string }).code === 'timeout')).toBe(true);
    expect(server.most).toBeLessThanOrEqual(48);
  });

  test('one procedure with a slow server leaves places and connections to the others', async () => {
    const server = await serving((received, response) => {
      if (received.url !== '/slow') response.end('hello');
    });
    const host = services();
    const client = allowing(server, { timeoutMilliseconds: 60_000 });
    const ask = (caller: string, path: string) => host.request(client, aGet(at(server, path), { caller, timeout: 60_000 }));
    const stuck = Array.from({ length: 96 }, () => failure(ask('greedy', '/slow')));
    await expect(ask('greedy', '/fast')).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('96') });
    for (const caller of ['other', 'other', 'third']) expect(await ask(caller, '/fast')).toMatchObject({ body: 'hello' });
    expect(server.received.filter(({ url }) => url === '/slow').length).toBeLessThanOrEqual(32);
    await host.close();
    expect(await Promise.all(stuck)).toHaveLength(96);
  });
});

describe('size', () => {
  const limit = 10_000;

  test('an answer above the limit is read no further than the limit', async () => {
    let written = 0;
    const server = await serving((_received, response) => {
      const chunk = Buffer.alloc(1000, 'x');
      const more = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    const error = await failure(services().request(allowing(server), aGet(at(server))));
    expect(error).toMatchObject({ code: 'too-large', message: expect.stringContaining('maximumResponseBytes') });
    expect(written).toBeLessThan(50_000_000);
  });

  test('an answer of exactly the limit is given', async () => {
    const server = await serving((_received, response) => response.end('x'.repeat(limit)));
    expect((await services().request(allowing(server), aGet(at(server)))).body).toHaveLength(limit);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('%s is undone, and a bomb of it ends at the limit', async (encoding, compress) => {
    const bodies: Record<string, Buffer> = { '/small': compress('hellö'), '/bomb': compress(Buffer.alloc(50_000_000)) };
    const server = await serving((received, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bodies[received.url]);
    });
    const client = allowing(server, { maximumResponseBytes: 1_000_000 });
    const host = services();
    expect((await host.request(client, aGet(at(server, '/small')))).body).toBe('hellö');
    await expect(host.request(client, aGet(at(server, '/bomb')))).rejects.toMatchObject({ code: 'too-large' });
  });

  test.each([
    ['gzip', Buffer.from('no gzip at all')],
    ['gzip', gzipSync('cut short').subarray(0, 15)],
    ['compress', Buffer.from('x')],
    ['gzip, gzip', gzipSync(gzipSync('twice'))],
  ])('an answer that is not what content-encoding says is broken: %s', async (encoding, body) => {
    const server = await serving((_received, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    await expect(services().request(allowing(server), aGet(at(server)))).rejects.toMatchObject({ code: 'broken' });
  });

  test('an answer that breaks off is a failure, not half an answer', async () => {
    const server = await serving((_received, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(services().request(allowing(server), aGet(at(server)))).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('headers above 16 KB are refused', async () => {
    const server = await serving((_received, response) => response.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end());
    await expect(services().request(allowing(server), aGet(at(server)))).rejects.toMatchObject({ code: 'too-large' });
  });

  test('answers to HEAD and without content are empty, whatever they claim', async () => {
    const server = await serving((received, response) => {
      response.writeHead(received.method === 'HEAD' ? 200 : 204, { 'content-encoding': 'gzip' }).end();
    });
    for (const method of ['HEAD', 'DELETE'])
      expect((await services().request(allowing(server), aGet(at(server), { method }))).body).toBe('');
  });
});
