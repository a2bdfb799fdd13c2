import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CLIENT, GATEWAY, type RunningService } from '../support/running-service.ts';
import { formRequest, headerOf, rawExchange, type HttpMessage, type RawAnswer } from '../support/raw-http.ts';
import { INACTIVE, pause, startWireService, TOKEN_PATH, tokenOf } from '../support/wire-service.ts';

let service: RunningService;
let token: string;
beforeAll(async () => {
  service = await startWireService();
  token = (await tokenOf(service)).access_token;
});
afterAll(() => service.stop());

const exchange = (bytes: string | Buffer, options = {}) => rawExchange(service.settings.port, bytes, options);
const form = (presented: string) => `token=${presented}&client_id=${GATEWAY.id}&client_secret=${GATEWAY.secret}`;
const introspection = (presented: string, headers: Record<string, string> = {}, version = '1.1') =>
  formRequest('/introspection', form(presented), headers, version);

function only({ messages }: RawAnswer): HttpMessage {
  const [message, ...more] = messages;
  if (message === undefined || more.length > 0) throw new Error(`${messages.length} answers`);
  return message;
}

/** Everything that an introspection answer can be. */
const ANSWERS: readonly (readonly [what: string, request: () => Buffer, status: number])[] = [
  ['active JSON', () => introspection(token), 200],
  ['inactive JSON', () => introspection('unknown'), 200],
  ['JWT', () => introspection(token, { accept: 'application/jwt' }), 200],
  ['no JWT', () => introspection('unknown', { accept: 'application/jwt' }), 204],
  ['signed', () => introspection(token, { accept: 'application/token-introspection+jwt' }), 200],
  ['no token', () => introspection(''), 400],
  ['wrong secret', () => formRequest('/introspection', 'token=x&client_id=gateway_client&client_secret=wrong'), 401],
  ['no capability', () => formRequest('/introspection', `token=x&client_id=${CLIENT.id}&client_secret=${CLIENT.secret}`), 403],
  ['wrong method', () => Buffer.from('PUT /introspection HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'), 405],
  ['too large', () => introspection('x'.repeat(70_000)), 413],
  ['no host', () => Buffer.from('POST /introspection HTTP/1.1\r\ncontent-length: 0\r\n\r\n'), 400],
  ['an expectation', () => introspection(token, { expect: 'the-unexpected' }), 417],
  ['wrong type', () => introspection(token, { 'content-type': 'application/json' }), 415],
];

describe.each(ANSWERS)('on every introspection answer (%s)', (_what, request, status) => {
  let answer: RawAnswer;
  beforeAll(async () => {
    // As a browser's request passes a gateway: with everything that could bring further headers about.
    const dressed = request()
      .toString('latin1')
      .replace('\r\n', '\r\norigin: https://app.example\r\naccept-encoding: gzip, br\r\ncookie: a=b\r\n');
    answer = await exchange(Buffer.from(dressed, 'latin1'));
  });

  test('the length is exact, nothing is chunked or compressed', () => {
    const message = only(answer);
    expect(message.status).toBe(status);
    if (status === 204) expect(headerOf(message, 'content-length')).toBeUndefined();
    else expect(Number(headerOf(message, 'content-length'))).toBe(message.body.length);
    for (const name of ['transfer-encoding', 'content-encoding', 'trailer']) expect(headerOf(message, name)).toBeUndefined();
    const head = answer.bytes.indexOf('\r\n\r\n') + 4;
    expect(answer.bytes.length).toBe(head + message.body.length);
  });

  test('headers and body come in one write', () => {
    expect(answer.chunks).toHaveLength(1);
  });

  test('there is no Vary, no Set-Cookie, no CORS, no ETag', () => {
    const names = only(answer).headers.map(([name]) => name);
    const allowed = [
      'content-type',
      'cache-control',
      'content-length',
      'date',
      'connection',
      'keep-alive',
      'www-authenticate',
      'allow',
      'retry-after',
    ];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

/** The status line and headers, as they came but for the time of day. */
const headOf = ({ bytes }: RawAnswer): string => {
  const text = bytes.toString('latin1');
  return text.slice(0, text.indexOf('\r\n\r\n')).replace(/\nDate: [^\r]+ GMT/, '\nDate: now');
};

describe('header names are spelled as RFCs spell them, for gateways that look for them so', () => {
  test.each<[what: string, request: () => Buffer, head: string]>([
    [
      'inactive JSON',
      () => introspection('unknown'),
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: 16\r\n',
    ],
    ['no JWT', () => introspection('unknown', { accept: 'application/jwt' }), 'HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n'],
    [
      'wrong credentials',
      () => formRequest('/introspection', 'token=x', { authorization: 'Basic eDp5' }),
      'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n' +
        'WWW-Authenticate: Basic realm="tokenwright"\r\nContent-Length: 78\r\n',
    ],
    [
      'wrong method',
      () => Buffer.from('PUT /introspection HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'),
      'HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nAllow: POST\r\nContent-Length: 70\r\n',
    ],
  ])('%s', async (_what, request, head) => {
    const answer = await exchange(request());
    expect(headOf(answer)).toBe(`${head}Date: now\r\nConnection: keep-alive\r\nKeep-Alive: timeout=75`);
  });
});

describe('HTTP/1.0', () => {
  test.each(['close', null])('with Connection: %s is answered and closed', async (connection) => {
    const request = introspection(token, connection === null ? {} : { connection }, '1.0');
    const answer = await exchange(request, { answers: 0 });
    expect(answer.closed).toBe(true);
    const message = only(answer);
    expect([message.status, JSON.parse(message.body.toString())]).toMatchObject([200, { active: true }]);
    expect(Number(headerOf(message, 'content-length'))).toBe(message.body.length);
    expect(headerOf(message, 'connection')).toBe('close');
  });

  test('works without a Host header', async () => {
    const body = form(token);
    const request = `POST /introspection HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(only(await exchange(request, { answers: 0 })).status).toBe(200);
  });

  test('a 204 has no body and ends with the connection', async () => {
    const answer = await exchange(introspection('unknown', { accept: 'application/jwt', connection: 'close' }, '1.0'), { answers: 0 });
    expect([only(answer).status, answer.closed, answer.bytes.toString('latin1').endsWith('\r\n\r\n')]).toEqual([204, true, true]);
  });
});

describe('one connection', () => {
  test('with Connection: close of HTTP/1.1 is closed after the answer', async () => {
    const answer = await exchange(introspection(token, { connection: 'close' }), { answers: 0 });
    expect([answer.closed, headerOf(only(answer), 'connection')]).toEqual([true, 'close']);
  });

  test('answers pipelined requests in their order', async () => {
    const requests = ['unknown', token, 'unknown', token, token].map((presented) => introspection(presented));
    const { messages } = await exchange(Buffer.concat(requests), { answers: 5 });
    expect(messages.map(({ status, body }) => [status, (JSON.parse(body.toString()) as { active: boolean }).active])).toEqual(
      [false, true, false, true, true].map((active) => [200, active]),
    );
  });

  test('keeps pipelined answers apart when one has no body', async () => {
    const none = introspection('unknown', { accept: 'application/jwt' });
    const { messages } = await exchange(Buffer.concat([none, introspection('unknown'), none, introspection(token)]), { answers: 4 });
    expect(messages.map(({ status }) => status)).toEqual([204, 200, 204, 200]);
    expect(messages[1]?.body.toString()).toBe(INACTIVE);
  });

  test('serves many requests one after the other', async () => {
    const received: number[] = [];
    const { messages } = await exchange('', {
      answers: 20,
      send: async (socket: { write: (bytes: Buffer) => void; on: (event: 'data', listener: () => void) => void }) => {
        let sent = 1;
        socket.on('data', () => {
          received.push(sent);
          if (sent++ < 20) socket.write(introspection(token));
        });
        socket.write(introspection(token));
      },
    });
    expect(messages.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  test('takes a request that arrives byte by byte', async () => {
    const bytes = introspection(token, { connection: 'close' });
    const answer = await exchange('', {
      answers: 0,
      send: async (socket: { write: (bytes: Buffer) => void }) => {
        for (let i = 0; i < bytes.length; i += 16) {
          socket.write(bytes.subarray(i, i + 16));
          await pause(1);
        }
      },
    });
    expect(JSON.parse(only(answer).body.toString())).toMatchObject({ active: true });
  });

  test('takes a chunked request, and answers it with a length', async () => {
    const body = form(token);
    const chunked = `POST /introspection HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`;
    const message = only(await exchange(chunked));
    expect([message.status, Number(headerOf(message, 'content-length'))]).toEqual([200, message.body.length]);
  });

  test('a client that waits for 100 Continue is answered', async () => {
    const body = form(token);
    const answer = await rawExchange(service.settings.port, '', {
      answers: 2,
      send: (socket) => {
        socket.once('data', () => socket.write(body));
        socket.write(
          `POST /introspection HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
      },
    });
    expect(answer.messages.map(({ status }) => status)).toEqual([100, 200]);
  });
});

describe('methods', () => {
  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s is 405 with Allow: POST at token, introspection and revocation',
    async (method) => {
      for (const path of ['/introspection', TOKEN_PATH, '/oauth/v2/oauth-revoke']) {
        const message = only(await exchange(`${method} ${path} HTTP/1.1\r\nhost: x\r\n\r\n`, { withoutBody: method === 'HEAD' }));
        expect([path, message.status, headerOf(message, 'allow')]).toEqual([path, 405, 'POST']);
      }
    },
  );

  test.each(['TRACE', 'CONNECT', 'PROPFIND', 'BREW'])('%s is refused', async (method) => {
    const { messages } = await exchange(`${method} /introspection HTTP/1.1\r\nhost: x\r\n\r\n`, { patience: 2000 });
    for (const { status } of messages) expect([400, 404, 405, 501]).toContain(status);
  });
});
