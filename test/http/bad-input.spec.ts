import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { type Socket } from 'node:net';
import { admin, GATEWAY, postForm, type RunningService } from '../support/running-service.ts';
import { formRequest, headerOf, rawExchange } from '../support/raw-http.ts';
import { claimsOf, INACTIVE, introspected, pause, REVOKE_PATH, startWireService, TOKEN_PATH, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
beforeAll(async () => {
  service = await startWireService();
});
afterAll(() => service.stop());

/** Whatever came in: the service goes on. */
afterEach(async () => {
  const { access_token: token } = await tokenOf(service);
  expect((await claimsOf(service, token))['active']).toBe(true);
});

const AS = `client_id=${GATEWAY.id}&client_secret=${GATEWAY.secret}`;
const raw = (bytes: Buffer | string, options = {}) => rawExchange(service.settings.port, bytes, options);
const ENDPOINTS = ['/introspection', TOKEN_PATH, REVOKE_PATH];

/** The error of the only answer. */
async function refused(bytes: Buffer | string): Promise<readonly [number, string | undefined]> {
  const { messages } = await raw(bytes);
  expect(messages).toHaveLength(1);
  const body = messages[0]?.body.toString() ?? '';
  return [messages[0]?.status ?? 0, (JSON.parse(body) as { error?: string }).error];
}

describe('forms', () => {
  test.each([
    ['raw bytes that are no UTF-8', Buffer.concat([Buffer.from(`${AS}&token=`), Buffer.from([0xff, 0xfe, 0x80])])],
    ['an overlong encoding', Buffer.concat([Buffer.from(`${AS}&token=`), Buffer.from([0xc0, 0x80])])],
    ['half a surrogate pair', Buffer.concat([Buffer.from(`${AS}&token=`), Buffer.from([0xed, 0xa0, 0x80])])],
    ['escaped bytes that are no UTF-8', Buffer.from(`${AS}&token=%ff%fe`)],
    ['a broken escape', Buffer.from(`${AS}&token=%zz`)],
    ['an escape that is cut off', Buffer.from(`${AS}&token=abc%2`)],
    ['a broken escape in a name', Buffer.from(`${AS}&token=x&%zz=1`)],
    ['a parameter twice, once escaped', Buffer.from(`${AS}&token=x&%74oken=y`)],
  ])('%s are 400 invalid_request', async (_what, body) => {
    for (const path of ENDPOINTS) expect([path, ...(await refused(formRequest(path, body)))]).toEqual([path, 400, 'invalid_request']);
  });

  test.each([
    ['NUL', '%00'],
    ['a raw NUL', '\0'],
    ['line ends', '%0d%0aSet-Cookie:%20a=b'],
    ['quotes that would end SQL or JSON', "%27%22;--%5c%5c\\'"],
    ['text of another script', encodeURIComponent('日本語 🔑 \u202e')],
    ['a prototype name', '__proto__'],
    ['only separators', '..'],
  ])('a token of %s is just unknown', async (_what, text) => {
    const { messages } = await raw(formRequest('/introspection', `${AS}&token=${text}`));
    expect(messages.map(({ status, body }) => [status, body.toString()])).toEqual([[200, INACTIVE]]);
    const { messages: revoked } = await raw(formRequest(REVOKE_PATH, `${AS}&token=${text}`));
    expect(revoked.map(({ status }) => status)).toEqual([200]);
  });

  test('odd but legal ones are read', async () => {
    const { access_token: token } = await tokenOf(service);
    for (const body of [
      `&&${AS}&&token=${token}&`,
      `${AS}&token=${token}&=`,
      `${AS}&token=${token}&a=b=c`,
      `${AS}&token=${Array.from(token, (c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`,
    ])
      expect((await raw(formRequest('/introspection', body))).messages[0]?.status).toBe(200);
  });

  test('thousands of parameters are read or refused, but quickly', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => `p${i}=${i}`).join('&');
    const start = performance.now();
    const { messages } = await raw(formRequest('/introspection', `${AS}&token=x&${many}`));
    expect(messages[0]?.status).toBe(200);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('content types', () => {
  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded-not', 'x', ''])(
    '"%s" is 415',
    async (type) => {
      for (const path of ENDPOINTS) {
        const [status, error] = await refused(formRequest(path, `${AS}&token=x`, { 'content-type': type }));
        expect([path, status, error]).toEqual([path, 415, 'invalid_request']);
      }
    },
  );

  test('none at all is 415', async () => {
    const body = `${AS}&token=x`;
    expect(await refused(`POST /introspection HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`)).toEqual([
      415,
      'invalid_request',
    ]);
  });

  test.each([
    'application/x-www-form-urlencoded; charset=UTF-8',
    'Application/X-WWW-Form-URLEncoded',
    'application/x-www-form-urlencoded;',
  ])('"%s" is a form', async (type) => {
    expect((await raw(formRequest('/introspection', `${AS}&token=x`, { 'content-type': type }))).messages[0]?.status).toBe(200);
  });
});

describe('bodies', () => {
  test('of 64 KiB are read, larger ones are 413', async () => {
    const of = (length: number) => formRequest('/introspection', `${AS}&token=`.padEnd(length, 'x'));
    expect((await raw(of(65_536))).messages[0]?.status).toBe(200);
    expect(await refused(of(65_537))).toEqual([413, 'invalid_request']);
  });

  test('that promise 100 MB are refused before they are sent', async () => {
    const head = formRequest('/introspection', '', { 'content-length': '100000000' });
    const { messages } = await raw(head);
    expect(messages.map(({ status }) => status)).toEqual([413]);
  });

  test('of 100 MB, with a length or chunked, are cut off without growth of memory', async () => {
    const before = process.memoryUsage().rss;
    const block = Buffer.alloc(65_536, 'a');
    /** Sends as fast as the other side reads; answers how much it got rid of. */
    const pour = async (socket: Socket, frame: (data: Buffer) => Buffer): Promise<void> => {
      for (let sent = 0; sent < 100_000_000 && !socket.destroyed; sent += block.length)
        if (!socket.write(frame(block)))
          await Promise.race([
            new Promise((resolve) => socket.once('drain', resolve)),
            new Promise((resolve) => socket.once('close', resolve)),
          ]);
    };
    const withLength = await raw('', {
      patience: 3000,
      send: (socket: Socket) => {
        socket.write(formRequest('/introspection', '', { 'content-length': '100000000' }));
        return pour(socket, (data) => data);
      },
    });
    const chunked = await raw('', {
      patience: 3000,
      send: (socket: Socket) => {
        socket.write(
          'POST /introspection HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n',
        );
        return pour(socket, (data) => Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]));
      },
    });
    for (const { messages, error } of [withLength, chunked])
      expect([
        messages.map(({ status }) => status).filter((status) => status !== 413),
        error === null || ['ECONNRESET', 'EPIPE'].includes(error),
      ]).toEqual([[], true]);
    // Client and service share this process: both sides' buffers are in the figure.
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('shorter than promised leave the connection waiting, and no trace when it ends', async () => {
    const { messages, closed } = await raw(formRequest('/introspection', `${AS}&token=x`, { 'content-length': '5000' }), { patience: 500 });
    expect([messages, closed]).toEqual([[], false]);
  });

  test('with contradicting lengths are refused (request smuggling, RFC 9112 section 6.3)', async () => {
    const body = `${AS}&token=x`;
    for (const headers of [
      `content-length: ${body.length}\r\ncontent-length: 5`,
      `content-length: ${body.length}\r\ntransfer-encoding: chunked`,
      'content-length: -1',
      'content-length: 1e3',
      'transfer-encoding: gzip, identity',
    ]) {
      const { messages } = await raw(
        `POST /introspection HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n${headers}\r\n\r\n${body}`,
        { patience: 1500 },
      );
      expect([headers, messages.every(({ status }) => status === 400 || status === 501)]).toEqual([headers, true]);
    }
  });

  test('that are random bytes, in their hundreds, never get 5xx', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 150; i++) {
      const [path = ''] = ENDPOINTS.slice(i % 3);
      const junk =
        i % 2 === 0
          ? randomBytes(1 + (i % 90))
          : Buffer.concat([Buffer.from(`${AS}&`), Buffer.from(randomBytes(40).toString('latin1').replaceAll('&', '='), 'utf8')]);
      const { messages } = await raw(formRequest(path, junk, { connection: 'close' }), { answers: 0 });
      for (const { status } of messages) statuses.add(status);
    }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });
});

describe('connections', () => {
  test('that end in the middle of a request, in numbers, leave nothing behind', async () => {
    const request = formRequest('/introspection', `${AS}&token=x`, { 'content-length': '4000' });
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        raw('', { patience: 100, send: (socket: Socket) => void socket.write(request.subarray(0, 20 + i * 2)) }),
      ),
    );
    const sandbox = ((await (await admin(service, 'GET', '/status')).json()) as { sandbox: { inFlight: number } }).sandbox;
    expect(sandbox.inFlight).toBe(0);
  });

  test('that end before their answer do not disturb others', async () => {
    const { access_token: token } = await tokenOf(service);
    const request = formRequest('/introspection', `${AS}&token=${token}`);
    const gone = Array.from({ length: 50 }, () =>
      raw('', { patience: 20, send: (socket: Socket) => void socket.end(request, () => socket.destroy()) }),
    );
    const others = await Promise.all(Array.from({ length: 50 }, () => introspected(service, token)));
    await Promise.all(gone);
    expect(others.every(({ status }) => status === 200)).toBe(true);
  });

  test('with headers that are too large are refused', async () => {
    const { messages } = await raw(formRequest('/introspection', `${AS}&token=x`, { 'x-filler': 'x'.repeat(40_000) }));
    expect(messages.map(({ status }) => status)).toEqual([431]);
  });

  test('that do not speak HTTP are refused', async () => {
    for (const bytes of [
      '\r\n\r\n\r\n',
      'hello\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
      'GET / HTTP/9.9\r\n\r\n',
      'POST  /introspection HTTP/1.1\r\n\r\n',
    ]) {
      const { messages } = await raw(bytes, { patience: 400 });
      for (const { status } of messages) expect([400, 404, 505]).toContain(status);
    }
  });
});

describe('paths', () => {
  test.each([
    '/',
    '/nowhere',
    '//introspection',
    '/introspection/..',
    '/../introspection',
    '/introspection%00',
    '/introspection%2f',
    '/introspection;x=1',
    '/constructor',
    '/__proto__',
    `/${'x'.repeat(5000)}`,
  ])('%s is 404 not_found', async (path) => {
    const [status, error] = await refused(formRequest(path, `${AS}&token=x`));
    expect([status, error]).toEqual([404, 'not_found']);
  });

  test('that cannot be decoded are an error of the client', async () => {
    const { messages } = await raw(formRequest('/%zz', `${AS}&token=x`));
    const [answer] = messages;
    expect([400, 404]).toContain(answer?.status);
    expect(answer === undefined ? '' : headerOf(answer, 'content-type')).toContain('application/json');
    expect(answer?.body.toString()).not.toContain('stack');
  });
});

describe('the admin API', () => {
  test('refuses malformed bodies with a place, and stores nothing', async () => {
    const revision = async () => ((await (await admin(service, 'GET', '/status')).json()) as { revision: number }).revision;
    const before = await revision();
    const clients = '/profiles/token-service/clients';
    for (const [body, status] of [
      ['{"id":"x"', 400],
      ['[]', 422],
      ['"text"', 422],
      ['{"id":"x","unknown":1}', 422],
      ['{"id":"x:y"}', 422],
      ['{"id":"x","scopes":["nope"]}', 422],
      ['{"id":"x","scopes":"read"}', 422],
      ['{"id":"x","__proto__":{}}', 400],
      [`${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
      ['{"id":"x\\u0000"}', 400],
      ['{"id":"gateway_client"}', 409],
    ] as const) {
      const response = await admin(service, 'POST', clients, body);
      expect([body.slice(0, 40), response.status, response.headers.get('content-type')]).toEqual([
        body.slice(0, 40),
        status,
        'application/problem+json; charset=utf-8',
      ]);
    }
    expect((await admin(service, 'GET', `${clients}/nobody`)).status).toBe(404);
    expect((await admin(service, 'PUT', '/profiles/nowhere/clients/x', {})).status).toBe(404);
    expect(await revision()).toBe(before);
  });

  test('does not echo secrets in what it refuses', async () => {
    const response = await admin(service, 'POST', '/profiles/token-service/clients', {
      id: 'x y',
      secret: 'Canary-S3cret',
      extra: 'Canary-S3cret',
    });
    expect(await response.text()).not.toContain('Canary-S3cret');
  });

  test('waits for no one: a slow body elsewhere does not hold others up', async () => {
    const slow = raw(formRequest('/introspection', '', { 'content-length': '100' }), { patience: 300 });
    await pause(50);
    expect((await postForm(`${service.url}/introspection`, { token: 'x' }, { as: GATEWAY })).status).toBe(200);
    await slow;
  });
});
