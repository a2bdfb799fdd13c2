import { afterEach, describe, expect, test } from '@jest/globals';
import type { OpenedHttpClient, OutgoingRequest } from '#libs/oauth';
import { aGet } from './testing/client-builder.ts';
import { allowing, at, failure, hello, OutgoingWorld } from './testing/outgoing-world.ts';
import { TestServer, type Answer } from './testing/test-server.ts';

const world = new OutgoingWorld();
const { services, serving } = world;

afterEach(() => world.close());

describe('a request', () => {
  test('is sent as given, with the answer as text', async () => {
    const server = await serving((_received, response) => {
      response.writeHead(201, { 'content-type': 'text/plain; charset=iso-8859-1', 'x-many': ['a', 'b'] });
      response.end(Buffer.from([0xfc]));
    });
    const answer = await services().request(
      allowing(server),
      aGet(at(server, '/a?b=c#d'), { method: 'POST', headers: { 'X-Own': 'ü' }, body: '{"ü":1}' }),
    );
    expect(answer).toMatchObject({ statusCode: 201, body: 'ü', headers: { 'x-many': 'a, b' } });
    expect(server.received).toMatchObject([
      { method: 'POST', url: '/a?b=c', body: '{"ü":1}', headers: { host: `api.example:${server.port}` } },
    ]);
    expect(server.received[0]?.headers['x-own']).toBe('ü');
  });

  test('uses the connections of its client again', async () => {
    const server = await serving(hello);
    const host = services();
    const client = allowing(server);
    for (let i = 0; i < 20; i++) await host.request(client, aGet(at(server)));
    // A request that comes before the last answer was put away opens a second one.
    expect(server.connections).toBeLessThanOrEqual(2);
    const before = server.connections;
    await host.request(allowing(server), aGet(at(server)));
    expect(server.connections).toBe(before + 1);
  });

  test.each(['CONNECT', 'TRACE', 'get', 'GET / HTTP/1.1\r\nX: y', ''])('by the method %j is refused', async (method) => {
    const server = await serving(hello);
    await expect(services().request(allowing(server), aGet(at(server), { method }))).rejects.toMatchObject({ code: 'refused' });
    expect(server.connections).toBe(0);
  });
});

describe('addresses behind names', () => {
  test.each(['10.0.0.1', '127.0.0.2', '169.254.169.254', '::1', '::ffff:127.0.0.2', '64:ff9b::7f00:1', '0.0.0.0'])(
    'a public name with the address %s is refused before anything is connected',
    async (address) => {
      const server = await serving(hello);
      const host = services(async () => [{ address, family: address.includes(':') ? 6 : 4 }]);
      const error = await failure(host.request(allowing(server), aGet(at(server))));
      expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('allowedNetworks') });
      expect(String(error)).not.toContain(address);
      expect(server.connections).toBe(0);
    },
  );

  test('every address of a name is tested, not only the one that would be taken', async () => {
    const server = await serving(hello);
    const host = services(async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
    await expect(host.request(allowing(server), aGet(at(server)))).rejects.toMatchObject({ code: 'refused' });
    expect(server.connections).toBe(0);
  });

  test('a name is resolved once for a connection, and anew and tested again for the next (DNS rebinding)', async () => {
    const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.1'];
    let asked = 0;
    const server = await serving((_received, response) => response.setHeader('connection', 'close').end('hello'), '0.0.0.0');
    const host = services(async () => [{ address: answers[asked++] ?? '', family: 4 }]);
    const client = allowing(server);
    expect((await host.request(client, aGet(at(server)))).body).toBe('hello');
    expect(asked).toBe(1);
    await expect(host.request(client, aGet(at(server)))).rejects.toMatchObject({ code: 'refused' });
    expect(server.connections).toBe(1);
    expect((await host.request(client, aGet(at(server)))).statusCode).toBe(200);
  });

  test.each(['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::1]', '[::ffff:7f00:1]', '127.0.0.1'])(
    'an address in the URL is refused like one behind a name, though its host is allowed: %s',
    async (host) => {
      const server = await serving(hello, '::');
      const canonical = new URL(`http://${host}:${server.port}`).host;
      const client = allowing(server, { allowedHosts: [canonical], allowedNetworks: [] });
      await expect(services().request(client, aGet(`http://${host}:${server.port}/`))).rejects.toMatchObject({ code: 'refused' });
      expect(server.connections).toBe(0);
    },
  );

  test('an address in the URL is connected to where a network allows it, without asking for a name', async () => {
    const server = await serving(hello, '::');
    const host = services(async () => Promise.reject(new Error('nothing is resolved')));
    for (const [address, network] of [
      ['[::1]', '::1/128'],
      ['127.0.0.1', '127.0.0.1/32'],
    ] as const) {
      const client = allowing(server, { id: address, allowedHosts: [`${address}:${server.port}`], allowedNetworks: [network] });
      expect((await host.request(client, aGet(`http://${address}:${server.port}/`))).body).toBe('hello');
    }
  });

  test('a name that does not resolve, and a port where nothing listens, are unreachable', async () => {
    const server = await TestServer.open(hello);
    const client = allowing(server);
    await server.close();
    await expect(services().request(client, aGet(at(server)))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const failing = services(async () => Promise.reject(Object.assign(new Error('secret text'), { code: 'ENOTFOUND' })));
    const error = await failure(failing.request(client, aGet(at(server))));
    expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining('could not be resolved') });
    expect(String(error)).not.toContain('secret text');
  });
});

describe('redirects', () => {
  const redirecting =
    (target: (server: TestServer) => string, status = 302): Answer =>
    (received, response, request) => {
      if (received.url !== '/') return void response.end('there');
      const port = request.socket.localPort ?? 0;
      response.writeHead(status, { location: target({ port } as TestServer) }).end('moved');
    };

  test('are an answer like any other unless the client follows them', async () => {
    const server = await serving(redirecting(() => '/elsewhere'));
    const answer = await services().request(allowing(server), aGet(at(server)));
    expect(answer).toMatchObject({ statusCode: 302, headers: { location: '/elsewhere' }, body: 'moved' });
    expect(server.received).toHaveLength(1);
  });

  test('are followed as often as the client allows', async () => {
    const server = await serving((received, response) => void response.writeHead(302, { location: `${received.url}x` }).end());
    const error = await failure(services().request(allowing(server, { maximumRedirects: 2 }), aGet(at(server))));
    expect(error).toMatchObject({ code: 'broken', message: expect.stringContaining('maximumRedirects') });
    expect(server.received.map(({ url }) => url)).toEqual(['/', '/x', '/xx']);
  });

  test.each([
    ['a host that is not allowed', (server: TestServer) => at(server, '/x', 'evil.example')],
    ['an address', (server: TestServer) => at(server, '/x', '127.0.0.1')],
    ['another scheme', () => 'file:///etc/passwd'],
    ['another port', () => 'http://api.example:1/'],
    ['a URL with a password', (server: TestServer) => `http://user:hush@api.example:${server.port}/x`],
  ])('to %s are refused like a first request', async (_what, target) => {
    const server = await serving(redirecting(target));
    const error = await failure(services().request(allowing(server, { maximumRedirects: 5 }), aGet(at(server))));
    expect(error).toMatchObject({ code: 'refused' });
    expect(String(error)).not.toContain('hush');
    expect(server.received).toHaveLength(1);
  });

  test('to an allowed name with a private address are refused', async () => {
    const server = await serving(redirecting((self) => at(self, '/x', 'inner.api.example')));
    const host = services(async (name) => [{ address: name.startsWith('inner') ? '127.0.0.2' : '127.0.0.1', family: 4 }]);
    const client = allowing(server, { maximumRedirects: 5, allowedHosts: [`api.example:${server.port}`, `*.api.example:${server.port}`] });
    await expect(host.request(client, aGet(at(server)))).rejects.toMatchObject({ code: 'refused' });
    expect(server.received).toHaveLength(1);
  });

  test('take credentials and own headers along on the same host, and to no other', async () => {
    const server = await serving((received, response, request) => {
      const next: Record<string, string> = {
        '/': '/same',
        '/same': at({ port: request.socket.localPort } as TestServer, '/other', 'b.example'),
      };
      const location = next[received.url];
      if (location === undefined) response.end('there');
      else response.writeHead(302, { location }).end();
    });
    const client = allowing(server, {
      maximumRedirects: 5,
      allowedHosts: [`api.example:${server.port}`, `b.example:${server.port}`],
      credentials: { kind: 'bearer', value: 'hush' },
    });
    await services().request(client, aGet(at(server), { headers: { 'x-api-key': 'mine', cookie: 'c', accept: 'text/plain' } }));
    expect(server.received.map(({ url }) => url)).toEqual(['/', '/same', '/other']);
    const [first, second, third] = server.received.map(({ headers }) => headers);
    for (const headers of [first, second]) expect(headers).toMatchObject({ authorization: 'Bearer hush', 'x-api-key': 'mine' });
    expect(third).toMatchObject({ accept: 'text/plain' });
    expect(Object.keys(third ?? {})).not.toEqual(expect.arrayContaining([expect.stringMatching(/authorization|x-api-key|cookie/)]));
    expect(JSON.stringify(third)).not.toMatch(/hush|mine/);
  });

  test('that come back to the first host do not get the credentials again', async () => {
    const server = await serving((received, response, request) => {
      const { localPort: port = 0 } = request.socket;
      const next: Record<string, string> = { '/': `http://b.example:${port}/b`, '/b': `http://api.example:${port}/back` };
      const location = next[received.url];
      if (location === undefined) response.end();
      else response.writeHead(302, { location }).end();
    });
    const client = allowing(server, {
      maximumRedirects: 5,
      allowedHosts: [`api.example:${server.port}`, `b.example:${server.port}`],
      credentials: { kind: 'header', name: 'X-Key', value: 'hush' },
    });
    await services().request(client, aGet(at(server)));
    expect(server.received.map(({ headers }) => headers['x-key'])).toEqual(['hush', undefined, undefined]);
  });

  test.each([
    [303, 'GET', ''],
    [302, 'GET', ''],
    [307, 'POST', 'text'],
  ])('with status %i send a POST on as %s (RFC 9110 section 15.4)', async (status, method, body) => {
    const server = await serving(redirecting(() => '/x', status));
    const request = aGet(at(server), { method: 'POST', body: 'text', headers: { 'content-type': 'text/plain' } });
    await services().request(allowing(server, { maximumRedirects: 1 }), request);
    expect(server.received[1]).toMatchObject({ method, body });
  });

  test('of a public document are followed within its origin: whoever could have them lead elsewhere cannot speak for its host', async () => {
    const server = await serving((received, response, request) => {
      const other = at({ port: request.socket.localPort } as TestServer, '/there', 'b.example');
      const location = new Map([
        ['/moved', '/here'],
        ['/strayed', other],
      ]).get(received.url);
      if (location === undefined) response.end('[]');
      else response.writeHead(302, { location }).end();
    });
    const client = allowing(server, { maximumRedirects: 5, allowedHosts: [`api.example:${server.port}`, `b.example:${server.port}`] });
    const { publicDocuments } = services();
    expect(await publicDocuments.get(client, at(server, '/moved'))).toMatchObject({ statusCode: 200, body: '[]' });
    const error = await failure(publicDocuments.get(client, at(server, '/strayed')));
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('b.example') });
    expect(server.received.map(({ url }) => url)).toEqual(['/moved', '/here', '/strayed']);
  });

  test('never carry a body to another host', async () => {
    const server = await serving(redirecting((self) => at(self, '/x', 'b.example'), 307));
    const client = allowing(server, { maximumRedirects: 1, allowedHosts: [`api.example:${server.port}`, `b.example:${server.port}`] });
    await expect(services().request(client, aGet(at(server), { method: 'POST', body: 'b' }))).rejects.toMatchObject({ code: 'refused' });
    expect(server.received).toHaveLength(1);
  });
});

describe('headers of a request', () => {
  const sent = async (headers: OutgoingRequest['headers'], members: Partial<OpenedHttpClient> = {}) => {
    const server = await serving(hello);
    const outcome = await failure(
      services()
        .request(allowing(server, members), aGet(at(server), { headers }))
        .then(() => {
          throw Object.assign(new Error('sent'), { code: 'sent' });
        }),
    );
    return { outcome, server };
  };

  test.each([
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'Accept-Encoding',
  ])('%s is the service’s own', async (name) => {
    const { outcome, server } = await sent({ [name]: '1' });
    expect(outcome).toMatchObject({ code: 'refused', message: expect.stringContaining(name.toLowerCase()) });
    expect(server.connections).toBe(0);
  });

  test.each([
    ['a line break', { 'x-a': 'hush\r\nx-b: c' }],
    ['a line feed', { 'x-a': 'hush\nx' }],
    ['a null character', { 'x-a': 'hush\0' }],
    ['characters beyond Latin-1', { 'x-a': 'hush \u{1f600}' }],
    ['a value that is too long', { 'x-a': `hush${'x'.repeat(9000)}` }],
    ['a name with a colon', { 'x-a: hush\r\nx-b': 'c' }],
    ['an empty name', { '': 'hush' }],
    ['the same name twice', { 'x-a': 'hush', 'X-A': 'hush' }],
  ])('with %s are refused, and not told', async (_what, headers) => {
    const { outcome, server } = await sent(headers);
    expect(outcome).toMatchObject({ code: 'refused' });
    expect(String(outcome)).not.toContain('hush');
    expect(server.connections).toBe(0);
  });

  test.each([
    [{ kind: 'basic', username: 'me', value: 'hush:ü' } as const, 'authorization', `Basic ${Buffer.from('me:hush:ü').toString('base64')}`],
    [{ kind: 'bearer', value: 'hush' } as const, 'authorization', 'Bearer hush'],
    [{ kind: 'header', name: 'X-Api-Key', value: 'hush' } as const, 'x-api-key', 'hush'],
  ])('credentials are sent with each request, and no procedure takes their place: %j', async (credentials, name, value) => {
    const { server } = await sent({ 'x-own': '1' }, { credentials });
    expect(server.received[0]?.headers).toMatchObject({ [name]: value, 'x-own': '1' });
    const { outcome } = await sent({ [name.toUpperCase()]: 'own' }, { credentials });
    expect(outcome).toMatchObject({ code: 'refused' });
    expect(String(outcome)).not.toContain('hush');
  });

  test('a failure says nothing of the credentials', async () => {
    const server = await serving((_received, response) => response.destroy());
    const client = allowing(server, { credentials: { kind: 'bearer', value: 'hush' } });
    const error = await failure(services().request(client, aGet(at(server, '/path?query=hidden'))));
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hush|hidden/);
  });
});
