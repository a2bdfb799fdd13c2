import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bearer, FakeService, ISSUER } from './testing/fake-service.ts';
import type { TokenValidatorOptions } from './settings.ts';
import { createTokenValidator, type TokenValidator } from './token-validator.ts';

const FEED = 'https://as.example/tenant/events';

let service: FakeService;
let validator: TokenValidator;
/** The stream that is open. */
let stream: ReadableStreamDefaultController<Uint8Array>;
let connections: Record<string, string>[];

beforeEach(async () => {
  service = await FakeService.open();
  service.metadata = { ...service.metadata, revocation_events_endpoint: FEED };
  connections = [];
  service.places.set(FEED, () => {
    connections.push(service.calls.at(-1)?.headers ?? {});
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (stream = controller) });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
});
afterEach(() => validator.close());

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await turn();
  }
}
async function say(text: string): Promise<void> {
  stream.enqueue(new TextEncoder().encode(text));
  await turn();
}
const event = (name: string, data: object, id = '1-aaaaaaaa') => say(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
const ready = (more: object = {}) => event('ready', { kids: service.keys.map(({ jwk }) => jwk.kid), heartbeat: 15, ...more });

async function listening(more: Partial<TokenValidatorOptions> = {}): Promise<void> {
  validator = createTokenValidator(service.options({ revocationEvents: true, revocationLag: 10, revocationLagWithFeed: 1000, ...more }));
  await validator.ready();
  await until('the feed', () => connections.length === 1);
  await turn();
}
/** Whether a token is answered from memory. */
async function isKept(token: string): Promise<boolean> {
  const before = service.introspections;
  await validator.validate(bearer(token));
  return service.introspections === before;
}
async function known(claims: Record<string, unknown> = {}, value?: string): Promise<string> {
  const token = service.issue({ exp: service.seconds + 100_000, ...claims }, value);
  await validator.validate(bearer(token));
  expect(await isKept(token)).toBe(true);
  return token;
}

describe('how long an answer is kept', () => {
  test('short until the feed is up to date, then long', async () => {
    await listening();
    const token = await known();
    service.pass(11);
    expect(await isKept(token)).toBe(false);
    await ready();
    for (let seconds = 0; seconds < 900; seconds += 20) {
      service.pass(20);
      await say(':\n\n');
      expect(await isKept(token)).toBe(true);
    }
    service.pass(100);
    await say(':\n\n');
    expect(await isKept(token)).toBe(false);
  });

  test('never past its end, nor what the service lets it be kept for', async () => {
    await listening();
    await ready({ maxAge: 60 });
    const [brief, long] = [await known({ exp: service.seconds + 20 }), await known()];
    service.pass(20);
    await say(':\n\n');
    expect([await isKept(brief), await isKept(long)]).toEqual([false, true]);
    service.pass(41);
    await say(':\n\n');
    expect(await isKept(long)).toBe(false);
  });

  test('short again when the stream ends, and it comes back where it was', async () => {
    await listening();
    await ready();
    await event('token', { id: 'x', hash: 'y' }, '7-bbbbbbbb');
    const token = await known();
    service.pass(11);
    expect(await isKept(token)).toBe(true);
    stream.close();
    await until('the second stream', () => connections.length === 2);
    expect(connections.map((headers) => headers['last-event-id'])).toEqual([undefined, '7-bbbbbbbb']);
    service.pass(11);
    expect(await isKept(token)).toBe(false);
    const other = await known();
    await ready();
    service.pass(11);
    expect(await isKept(other)).toBe(true);
  });

  test('short when the service is silent, also for a process that was asleep meanwhile', async () => {
    await listening();
    await ready();
    const token = await known();
    service.pass(29);
    expect(await isKept(token)).toBe(true);
    service.pass(2);
    expect(await isKept(token)).toBe(false);
  });

  test('a stream that is silent is left, and another one opened', async () => {
    await listening();
    await ready({ heartbeat: 0.02 });
    await until('the second stream', () => connections.length === 2);
  });
});

describe('what is forgotten', () => {
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
  const compact = (claims: object) =>
    ['{"alg":"ES256","typ":"wrapped-opaque+jwt"}', JSON.stringify(claims), 'x']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');

  test.each<[string, () => [value: string | undefined, claims: Record<string, unknown>, data: (token: string) => object]]>([
    ['an opaque token by its hash', () => [undefined, { jti: undefined }, (token) => ({ id: 'no', hash: hashOf(token) })]],
    ['one whose answer has its public id', () => [undefined, { jti: 'id1' }, () => ({ id: 'id1', hash: 'no' })]],
    ['one whose answer has a jti made of its public id', () => [undefined, { jti: 'id1.abc' }, () => ({ id: 'id1', hash: 'no' })]],
    [
      'a wrapped one by the hash of what it wraps',
      () => [compact({ ref: 'inner' }), { jti: undefined }, () => ({ id: 'no', hash: hashOf('inner') })],
    ],
    ['one that has its public id in itself', () => [compact({ jti: 'id1.x' }), { jti: undefined }, () => ({ id: 'id1', hash: 'no' })]],
  ])('%s, and no other', async (_what, make) => {
    await listening();
    await ready();
    const [value, claims, data] = make();
    const [token, other] = [await known(claims, value), await known({ jti: 'id12' })];
    await event('token', data(token), '2-aaaaaaaa');
    expect([await isKept(other), await isKept(token)]).toEqual([true, false]);
  });

  test('the tokens of a delegation, and those of which it is not known', async () => {
    await listening();
    await ready();
    const [one, two, other, silent] = [
      await known({ delegationId: 'd1' }),
      await known({ delegationId: 'd1' }),
      await known({ delegationId: 'd2' }),
      await known(),
    ];
    await event('delegation', { id: 'd1' });
    expect([await isKept(one), await isKept(two), await isKept(other), await isKept(silent)]).toEqual([false, false, true, false]);
  });

  test.each<[string, object]>([
    ['reset', {}],
    ['something-new', { id: 'x' }],
    ['token', { id: 7 }],
    ['delegation', {}],
  ])('everything, when the feed says %s %j', async (name, data) => {
    await listening();
    await ready();
    const token = await known({ delegationId: 'd' });
    await event(name, data);
    expect(await isKept(token)).toBe(false);
  });

  test('everything from before the first connection, also answers on their way', async () => {
    let release = (): void => undefined;
    service.gate = new Promise((resolve) => (release = resolve));
    const opened = service.places.get(FEED);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    service.places.set(FEED, async () => {
      await gate;
      return (opened as () => Response)();
    });
    validator = createTokenValidator(service.options({ revocationEvents: true }));
    const token = service.issue();
    const early = validator.validate(bearer(token));
    await until('the question', () => service.introspections === 1);
    open();
    await until('the feed', () => connections.length === 1);
    await turn();
    release();
    expect(await early).toMatchObject({ ok: true });
    expect(service.introspections).toBe(2);
  });

  test('keys that count no more, even where an old key set is still handed out', async () => {
    await listening();
    await ready();
    const jwt = await service.jwt();
    expect(await validator.validate(bearer(jwt))).toMatchObject({ ok: true });
    await event('keys', { kids: ['another'] });
    expect(await validator.validate(bearer(jwt))).toMatchObject({ ok: false, status: 401 });
    const old = service.keys;
    await service.rotate();
    service.keys = [...old, ...service.keys];
    await event('keys', { kids: [service.keys.at(-1)?.jwk.kid] });
    expect(await validator.validate(bearer(await service.jwt({}, {}, service.keys.at(-1))))).toMatchObject({ ok: true });
    expect(await validator.validate(bearer(jwt))).toMatchObject({ ok: false, status: 401 });
  });
});

describe('a feed that cannot be had', () => {
  test.each<[string, () => Response, RegExp]>([
    ['refuses', () => new Response('', { status: 401 }), /answered 401: check clientId/],
    [
      'is not there',
      () => new Response('', { status: 404 }),
      /no feed of revocations at https:\/\/as.example\/tenant\/events: it answered 404/,
    ],
    ['is a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), /no feed of revocations/],
  ])('is told, and answers are kept for the short lag: it %s', async (_what, answer, problem) => {
    service.places.set(FEED, answer);
    validator = createTokenValidator(service.options({ revocationEvents: true, revocationLag: 10 }));
    const token = await known();
    await until('the problem', () => service.problems.some((text) => problem.test(text)));
    service.pass(11);
    expect(await isKept(token)).toBe(false);
  });

  test('since the service has none, is told', async () => {
    service.metadata = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` };
    validator = createTokenValidator(service.options({ revocationEvents: true }));
    await validator.ready();
    await until('the problem', () => service.problems.some((text) => text.includes('has no revocation_events_endpoint')));
  });

  test('is not listened to before the first token, and no more once the validator is closed', async () => {
    validator = createTokenValidator(service.options({ revocationEvents: true }));
    await turn();
    expect(connections).toEqual([]);
    await validator.validate(bearer(service.issue()));
    await until('the feed', () => connections.length === 1);
    validator.close();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(connections).toHaveLength(1);
  });
});
