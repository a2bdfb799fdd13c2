import { expect, test } from '@jest/globals';
import type { Execution, OpenBody, Outcome, ProgramPlace } from '#libs/oauth';
import { ExecutionStream, type ExecutionStreamStart } from './execution-stream.ts';
import { Executions } from './executions.ts';

const place: ProgramPlace = {
  ...{ profile: 'p', endpoint: 'e', kind: 'oauth-introspect', flow: 'oauth-introspect' },
  ...{ procedure: 'mine', version: 3, choice: 'active' },
};
const RETURNED: Outcome = { kind: 'returned', response: '{}', effects: [], log: [] };
const TIMES = { heartbeat: 60_000, stall: 60_000, retry: 1000, pace: 1, most: 100 };

/** A body whose reader can be told to wait. */
class Body implements OpenBody {
  text = '';
  isOver = false;
  isSlow = false;
  #drain: () => void = () => undefined;

  write(text: string): boolean {
    this.text += text;
    return !this.isSlow;
  }
  onDrain(listener: () => void): void {
    this.#drain = listener;
  }
  onClose(): void {
    // Nobody hangs up here.
  }
  end(): void {
    this.isOver = true;
  }
  cutOff(): void {
    this.isOver = true;
  }
  readOn(): void {
    this.isSlow = false;
    this.#drain();
  }
  /** Data of the events of a name. */
  events(name: string): readonly Record<string, unknown>[] {
    return [...this.text.matchAll(/event: (\S+)\ndata: (.*)\n/g)]
      .filter(([, of]) => of === name)
      .map(([, , data = '']) => JSON.parse(data));
  }
  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

function running(kept = 1000) {
  const executions = new Executions('node', { kept, characters: 1_000_000 });
  const run = (count: number, clientId = 'c') => {
    for (let i = 0; i < count; i++)
      executions.ran({ clientId, secrets: () => [] } as unknown as Execution, place, RETURNED, [], Date.now(), 1);
  };
  const follow = (start: Partial<ExecutionStreamStart> = {}, mayGoOn = async () => true) => {
    const body = new Body();
    const stream = new ExecutionStream(
      executions,
      body,
      { filter: {}, lastId: null, recent: 0, ...start },
      TIMES,
      mayGoOn,
      () => undefined,
    );
    stream.open();
    return { body, stream };
  };
  return { executions, run, follow };
}

test('a stream begins now, or with some of before, and has what its filter asks for', async () => {
  const { run, follow } = running();
  run(5);
  const [all, one, late] = [follow(), follow({ filter: { client: 'd' } }), follow({ recent: 3 })];
  run(2);
  run(1, 'd');
  await until(() => all.body.events('execution').length === 3 && one.body.events('execution').length === 1);
  await until(() => late.body.events('execution').length === 6);
  expect(all.body.events('ready')).toEqual([{ node: 'node', heartbeat: 60 }]);
  expect(all.body.text).not.toContain('event: gap');
  for (const { stream } of [all, one, late]) stream.end();
});

test('who comes back goes on where they were; what was overwritten meanwhile is told', async () => {
  const { run, follow } = running(10);
  const first = follow();
  run(3);
  await until(() => first.body.events('execution').length === 3);
  first.stream.end();
  run(4);
  const second = follow({ lastId: first.body.lastId });
  await until(() => second.body.events('execution').length === 4);
  expect(second.body.events('gap')).toEqual([]);
  second.stream.end();
  run(30);
  const third = follow({ lastId: second.body.lastId });
  await until(() => third.body.events('execution').length === 10);
  expect(third.body.events('gap')).toEqual([{ because: 'overwritten', missed: null }]);
  third.stream.end();
  const stranger = follow({ lastId: '7-AAAAAAAA' });
  expect(stranger.body.events('gap')).toEqual([{ because: 'unknown', missed: null }]);
  stranger.stream.end();
});

test('a slow reader is told how many it missed of thousands, and misses none without being told', async () => {
  const { run, follow } = running(500);
  const { body, stream } = follow();
  body.isSlow = true;
  run(1);
  await until(() => body.events('execution').length === 1);
  run(5000);
  body.readOn();
  await until(() => body.events('execution').length === 501);
  expect(body.events('gap')).toEqual([{ because: 'slow', missed: 4500 }]);
  stream.end();
});

test('a stream ends when its listener may not go on, or cannot be asked about', async () => {
  const { follow } = running();
  const [refused, broken, good] = [follow({}, async () => false), follow({}, () => Promise.reject(new Error('no database'))), follow()];
  for (const { stream } of [refused, broken, good]) await stream.review();
  expect([refused, broken, good].map(({ body }) => body.isOver)).toEqual([true, true, false]);
  good.stream.end();
});
