import { afterEach, describe, expect, test } from '@jest/globals';
import { aGet } from './testing/client-builder.ts';
import { allowing, at, failure, hello, OutgoingWorld } from './testing/outgoing-world.ts';

const world = new OutgoingWorld();
const { services, serving } = world;

afterEach(() => world.close());

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a hostile server', () => {
  test('that answers in an encoding nobody asked for loses its connection at once', async () => {
    let closed = 0;
    const server = await serving((_received, response) => {
      response.socket?.once('close', () => closed++);
      response.writeHead(200, { 'content-encoding': 'zstd' }).write('x');
    });
    const client = allowing(server, { timeoutMilliseconds: 60_000 });
    const error = await failure(services().request(client, aGet(at(server), { timeout: 60_000 })));
    expect(error).toMatchObject({ code: 'broken' });
    await until(() => closed === 1);
  });

  test.each(['gzip, gzip', 'gzip, br, gzip', 'deflate;q=1'])('may not fold its answer more than once: %s', async (encoding) => {
    const server = await serving((_received, response) => response.writeHead(200, { 'content-encoding': encoding }).end('x'));
    expect(await failure(services().request(allowing(server), aGet(at(server))))).toMatchObject({ code: 'broken' });
  });

  test.each([
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nx: a\nHTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50),
    'SSH-2.0-x\r\n',
    '',
  ])('whose framing is ambiguous or no HTTP gives no answer: %j', async (bytes) => {
    const server = await serving((_received, response) => void response.socket?.end(bytes));
    expect(await failure(services().request(allowing(server), aGet(at(server))))).toMatchObject({
      code: expect.stringMatching(/^(broken|unreachable)$/),
    });
  });

  test('cannot put the answer to another request on a connection that is used again', async () => {
    const server = await serving((received, response) => {
      if (received.url !== '/first') return void response.end('the right one');
      response.socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged');
      return undefined;
    });
    const host = services();
    const client = allowing(server);
    expect(await host.request(client, aGet(at(server, '/first')))).toMatchObject({ body: 'x' });
    expect(await host.request(client, aGet(at(server, '/second')))).toMatchObject({ body: 'the right one' });
  });
});

describe('what runs on behalf of procedures', () => {
  test('takes no proxy from the environment', async () => {
    const [server, proxy] = [await serving(hello), await serving((_received, response) => response.end('proxied'))];
    const before = { ...process.env };
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY'])
      process.env[name] = `http://127.0.0.1:${proxy.port}`;
    try {
      expect(await services().request(allowing(server), aGet(at(server)))).toMatchObject({ body: 'hello' });
    } finally {
      process.env = before;
    }
    expect(proxy.connections).toBe(0);
  });

  test('frees the places of hosts that could not be reached', async () => {
    const host = services(() => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })));
    const client = allowing(await serving(hello), { allowedHosts: ['*.example'], timeoutMilliseconds: 2000 });
    for (let i = 0; i < 100; i++)
      expect(await failure(host.request(client, aGet(`http://h${i}.example/`)))).toMatchObject({ code: 'unreachable' });
  });

  test('frees the places of hosts whose names take long, and looks up no name that nobody waits for any more', async () => {
    const server = await serving(hello);
    const asked: string[] = [];
    let answer = (): void => undefined;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    const host = services(async (name) => {
      asked.push(name);
      if (name !== 'other.example') await slow;
      return [{ address: '127.0.0.1', family: 4 }];
    });
    const client = allowing(server, { allowedHosts: [`*.example:${server.port}`], timeoutMilliseconds: 100 });
    const late = Array.from({ length: 80 }, (_, i) =>
      failure(host.request(client, aGet(`http://h${i}.example:${server.port}/`, { caller: `p${i % 2}` }))),
    );
    const codes = (await Promise.all(late)).map((error) => (error as { code: string }).code);
    expect(new Set(codes)).toEqual(new Set(['timeout']));
    answer();
    expect(await host.request(client, aGet(at(server, '/', 'other.example')))).toMatchObject({ body: 'hello' });
    expect(asked).toEqual(['h0.example', 'other.example']);
  });

  test('looks up a name once for all that connect to it at the same time, and again later', async () => {
    const server = await serving(hello);
    let lookups = 0;
    const host = services(async () => {
      lookups++;
      await new Promise((resolve) => setImmediate(resolve));
      return [{ address: '127.0.0.1', family: 4 }];
    });
    const [one, two] = [allowing(server), allowing(server, { id: 'two' })];
    await Promise.all(Array.from({ length: 10 }, () => host.request(one, aGet(at(server)))));
    expect(lookups).toBe(1);
    // Nothing is kept: the next connection is made to what the name is then.
    await host.request(two, aGet(at(server)));
    expect(lookups).toBe(2);
  });
});
