import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { put, remove, type Execution, type Fault, type Outcome, type ProgramPlace } from '#libs/oauth';
import { HeardText } from '../../../libs/oauth/src/testing/event-listener.ts';
import { executionAnswer, statisticsAnswer } from './execution-answers.ts';
import { TestAdminApi, TOKENS } from './testing/test-admin-api.ts';

const EXECUTIONS = '/admin/v1/executions';
const STREAM = `${EXECUTIONS}/stream`;
const PLACE: ProgramPlace = {
  ...{ profile: 'p', endpoint: 'e', kind: 'oauth-introspect', flow: 'oauth-introspect' },
  ...{ procedure: 'mine', version: 3, choice: 'active' },
};
const RETURNED: Outcome = { kind: 'returned', response: '{}', effects: [], log: [{ level: 'info', message: 'hello' }] };
const FAULT: Fault = { kind: 'runtime', procedure: 'mine', version: 3, message: 'it broke', stack: [] };
const FAILED: Outcome = { kind: 'fault', fault: FAULT, log: [] };

let api: TestAdminApi;
let url: string;
beforeAll(async () => {
  ({ api, url } = await listening());
});
afterAll(async () => {
  // Clients open some ahead in place of a stream that was cut.
  api.app.getHttpServer().closeAllConnections();
  await api.close();
});

/** An admin API that can be reached over the network: a stream has no end that `inject` could wait for. */
async function listening(heartbeat?: number): Promise<{ readonly api: TestAdminApi; readonly url: string }> {
  const started = await TestAdminApi.start({}, heartbeat);
  await started.app.listen(0, '127.0.0.1');
  return { api: started, url: await started.app.getUrl() };
}

function ran(clientId: string, outcome: Outcome = RETURNED, of = api): void {
  of.executions.ran({ clientId, secrets: () => [], program: null } as unknown as Execution, PLACE, outcome, [], Date.now(), 1);
}

/** A client that has run something of its own: nothing of other tests. */
let clients = 0;
function aClient(): string {
  return `client-${clients++}`;
}

/** A browser or a command line that follows. */
class Follower extends HeardText {
  isOver = false;
  readonly #hangUp = new AbortController();

  private constructor(readonly response: Response) {
    super();
    void this.#read();
  }

  static async open(query = '', headers: Readonly<Record<string, string>> = {}, base = url): Promise<Follower> {
    const controller = new AbortController();
    const response = await fetch(`${base}${STREAM}${query}`, {
      headers: 'cookie' in headers ? headers : { authorization: `Bearer ${TOKENS.author}`, ...headers },
      signal: controller.signal,
    });
    const follower = new Follower(response);
    follower.#hangUp.signal.addEventListener('abort', () => controller.abort());
    return follower;
  }

  /** The clients of the executions that came. */
  get clients(): readonly unknown[] {
    return this.events.filter(({ event }) => event === 'execution').map(({ data }) => data['client']);
  }

  async until(isSo: (follower: this) => boolean): Promise<this> {
    while (!isSo(this)) await new Promise((resolve) => setTimeout(resolve, 2));
    return this;
  }

  ready(): Promise<this> {
    return this.until(({ names }) => names.includes('ready'));
  }

  hangUp(): void {
    this.#hangUp.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) this.text += decoder.decode(chunk as Uint8Array, { stream: true });
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
    this.isOver = true;
  }
}

/** Until there is room: that somebody hung up is known a moment later. */
async function opened(headers: Readonly<Record<string, string>> = {}): Promise<Follower> {
  for (;;) {
    const follower = await Follower.open('', headers);
    if (follower.response.status === 200) return follower.ready();
    expect(follower.response.status).toBe(503);
  }
}

describe('executions', () => {
  test('are listed newest first, in pages, by what is asked for, and each can be read by its id', async () => {
    const [one, other] = [aClient(), aClient()];
    ran(one);
    ran(one, FAILED);
    ran(other);
    ran(one);
    const list = async (query: string) => (await api.call('GET', `${EXECUTIONS}?${query}`, { as: 'author' })).json;
    const first = await list(`client=${one}&limit=2`);
    expect(first.items.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['returned', 'runtime']);
    const second = await list(`client=${one}&limit=2&after=${first.next}`);
    expect([second.items.length, second.next]).toEqual([1, null]);
    expect((await list(`client=${one}&outcome=failed`)).items).toEqual([first.items[1]]);
    expect((await list(`client=${one}&version=4`)).items).toEqual([]);
    const read = await api.call('GET', `${EXECUTIONS}/${first.items[1].id}`, { as: 'author' });
    expect(executionAnswer.parse(read.json)).toMatchObject({ outcome: 'runtime', fault: { message: 'it broke' }, client: one, version: 3 });
    expect((await api.call('GET', `${EXECUTIONS}/1-AAAAAAAA`, { as: 'author' })).status).toBe(404);
    expect((await list('after=1-AAAAAAAA')).items).toEqual([]);
  });

  test.each([
    ['version=latest', '/version'],
    ['version=0', '/version'],
    ['outcome=nonsense', '/outcome'],
    ['limit=0', '/limit'],
    ['procedur=mine', '/procedur'],
  ])('are refused for %s, with the parameter that is wrong', async (query, pointer) => {
    for (const path of [EXECUTIONS, ...(query.startsWith('limit') ? [] : [STREAM])]) {
      const { status, json } = await api.call('GET', `${path}?${query}`, { as: 'author' });
      expect([path, status, json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([path, 400, [pointer]]);
    }
  });

  test('are for authors, and statistics are for readers too', async () => {
    ran(aClient());
    for (const path of [EXECUTIONS, `${EXECUTIONS}/1-AAAAAAAA`, STREAM])
      expect((await api.call('GET', path, { as: 'read' })).status).toBe(403);
    const { status, json } = await api.call('GET', `/admin/v1/statistics?procedure=mine&to=${Math.floor(Date.now() / 60_000 + 1) * 60}`, {
      as: 'read',
    });
    expect(status).toBe(200);
    expect(statisticsAnswer.parse(json).runs).toMatchObject([{ procedure: 'mine', version: 3 }]);
  });
});

describe('statistics', () => {
  test.each([
    ['step=15', '/step'],
    ['from=200&to=100', '/from'],
    ['from=0&to=100000&step=60', '/from'],
    ['from=0&to=7200&step=10', '/step'],
    ['seconds=86401', '/seconds'],
    ['seconds=7200&step=10', '/step'],
  ])('are refused for %s', async (query, pointer) => {
    const { status, json } = await api.call('GET', `/admin/v1/statistics?${query}`, { as: 'read' });
    expect([status, json.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('are of the last hour, or of as many seconds as are asked for', async () => {
    const lengthOf = async (query: string) => {
      const { from, to } = (await api.call('GET', `/admin/v1/statistics?${query}`, { as: 'read' })).json;
      return to - from;
    };
    expect([await lengthOf(''), await lengthOf('seconds=900&step=10'), await lengthOf('seconds=86400&step=900')]).toEqual([
      3660, 910, 87_300,
    ]);
  });
});

describe('the stream of executions', () => {
  test('begins with some of before, goes on with what runs, and is kept by nobody between', async () => {
    const client = aClient();
    for (let i = 0; i < 5; i++) ran(client);
    const follower = await (await Follower.open(`?client=${client}&recent=3`)).ready();
    expect(follower.response.headers.get('content-type')).toBe('text/event-stream');
    expect(follower.response.headers.get('cache-control')).toBe('no-store');
    expect(follower.response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(follower.names).toEqual(['execution', 'execution', 'execution', 'ready']);
    ran(aClient());
    ran(client, FAILED);
    await follower.until(({ clients }) => clients.length === 4);
    expect(follower.clients).toEqual([client, client, client, client]);
    expect(executionAnswer.parse(follower.events.at(-1)?.data)).toMatchObject({
      outcome: 'runtime',
      why: expect.stringContaining('version 3'),
    });
    follower.hangUp();
  });

  test('goes on after the last event that was received, also past those that it does not tell of, and says when it cannot', async () => {
    const client = aClient();
    const first = await (await Follower.open(`?client=${client}`)).ready();
    const others = first.lastId;
    ran(aClient());
    // A sign of life moves the place on.
    await first.until(({ lastId }) => lastId !== others);
    first.hangUp();
    ran(client);
    const second = await (
      await Follower.open(`?client=${client}`, { 'last-event-id': first.lastId })
    ).until(({ clients }) => clients.length === 1);
    expect(second.names).not.toContain('gap');
    second.hangUp();
    const stranger = await (await Follower.open('', { 'last-event-id': '7-AAAAAAAA' })).ready();
    expect(stranger.events[0]).toMatchObject({ event: 'gap', data: { because: 'unknown', missed: null } });
    stranger.hangUp();
  });

  test('is one of five of an administrator and of twenty of all, and says when to ask again; there is room when one has hung up', async () => {
    const tokens = [TOKENS.author];
    for (const id of ['one', 'two', 'three'])
      tokens.push((await api.done('POST', '/admin/v1/administrators', { body: { id, role: 'author' } }, 201)).json.token);
    const open: Follower[] = [];
    for (const token of tokens) {
      const own = { authorization: `Bearer ${token}` };
      for (let i = 0; i < 5; i++) open.push(await opened(own));
      const { response } = await Follower.open('', own);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    }
    const asAdmin = { authorization: `Bearer ${TOKENS.admin}` };
    const refused = await api.call('GET', STREAM, { as: 'admin' });
    expect([refused.status, refused.json.detail]).toEqual([503, 'Too many streams are open: close one of the others.']);
    open[0]?.hangUp();
    open.push(await opened(asAdmin));
    for (const follower of open) follower.hangUp();
  });

  test('ends with the token, the role or the existence of its administrator, and for nobody else', async () => {
    const token = async (id: string) =>
      (await api.done('POST', '/admin/v1/administrators', { body: { id, role: 'author' } }, 201)).json.token;
    const [renewed, lowered, deleted] = [await token('renewed'), await token('lowered'), await token('deleted')];
    const [a, b, c, other] = [
      await opened({ authorization: `Bearer ${renewed}` }),
      await opened({ authorization: `Bearer ${lowered}` }),
      await opened({ authorization: `Bearer ${deleted}` }),
      await opened(),
    ];
    await api.done('POST', '/admin/v1/administrators/renewed/token', {}, 200);
    await api.live.change((configuration) => {
      const before = configuration.get('administrator', 'lowered');
      if (before === undefined) throw new Error('nobody');
      return { changes: [put('administrator', { ...before, role: 'read' })], audit: [], result: undefined };
    });
    await api.done('DELETE', '/admin/v1/administrators/deleted', {}, 204);
    for (const follower of [a, b, c]) await follower.until(({ isOver }) => isOver);
    const client = aClient();
    ran(client);
    await other.until(({ clients: seen }) => seen.includes(client));
    other.hangUp();
  });

  test('ends with the change that takes its administrator away, not with the next heartbeat', async () => {
    const HOUR = 3_600_000;
    const quiet = await listening(HOUR);
    const signIn = { as: null, body: { token: TOKENS.author }, headers: { 'sec-fetch-site': 'same-origin' } };
    const { headers } = await quiet.api.done('POST', '/admin/v1/session', signIn, 201);
    const cookie = /^[^;]+/.exec(String(headers['set-cookie']))?.[0] ?? '';
    const ending = [
      await Follower.open('', {}, quiet.url),
      await Follower.open('', { cookie, 'sec-fetch-site': 'same-origin' }, quiet.url),
    ];
    for (const follower of ending) await follower.ready();
    await quiet.api.live.change(() => ({ changes: [remove('administrator', 'author')], audit: [], result: undefined }));
    for (const follower of ending) await follower.until(({ isOver }) => isOver);
    await quiet.api.close();
  });

  test('is no stream where its header alone is asked for: that is answered at once, and takes no place (RFC 9110 section 9.3.2)', async () => {
    const headers = { authorization: `Bearer ${TOKENS.admin}` };
    for (let i = 0; i < 6; i++) {
      const response = await fetch(`${url}${STREAM}`, { method: 'HEAD', headers });
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/event-stream', '']);
    }
    const stream = await Follower.open('', headers);
    expect(stream.response.status).toBe(200);
    stream.hangUp();
  });

  test('ends with the session by which it was opened: signed out, ended by others, or over', async () => {
    const signIn = async () => {
      const { headers, json } = await api.call('POST', '/admin/v1/session', {
        ...{ as: null, body: { token: TOKENS.author }, headers: { 'sec-fetch-site': 'same-origin' } },
      });
      const cookie = /^[^;]+/.exec(String(headers['set-cookie']))?.[0] ?? '';
      const own = { cookie, 'sec-fetch-site': 'same-origin' };
      return { own, json, stream: await opened(own) };
    };
    const [out, ended] = [await signIn(), await signIn()];
    const signedOut = await api.call('DELETE', '/admin/v1/session', {
      ...{ as: null, headers: { ...out.own, 'x-csrf-token': out.json.csrf as string } },
    });
    expect(signedOut.status).toBe(204);
    await out.stream.until(({ isOver }) => isOver);
    expect(ended.stream.isOver).toBe(false);
    await api.done('DELETE', '/admin/v1/administrators/author/sessions', {}, 200);
    await ended.stream.until(({ isOver }) => isOver);
    const over = await signIn();
    api.now += 2000;
    await over.stream.until(({ isOver }) => isOver);
    const { response } = await Follower.open('', over.own);
    expect(response.status).toBe(401);
  });

  test('ends when the service stops, which does not wait for its listeners', async () => {
    const stopping = await listening();
    const follower = await (await Follower.open('', {}, stopping.url)).ready();
    await stopping.api.close();
    await follower.until(({ isOver }) => isOver);
  });
});
