import { expect, test } from '@jest/globals';
import type { Execution, Fault, LogLine, Outcome, Program, ProgramPlace } from '#libs/oauth';
import { Executions } from './executions.ts';

const SOURCE = 'function result(context) {\n  throw new Error("no");\n}\n';
const program: Program = { key: 'mine@3#x', procedure: 'mine', version: 3, flow: 'oauth-introspect', source: SOURCE };
const place: ProgramPlace = {
  ...{ profile: 'p', endpoint: 'e', kind: 'oauth-introspect', flow: 'oauth-introspect' },
  ...{ procedure: 'mine', version: 3, choice: 'pinned' },
};
const fault: Fault = { kind: 'runtime', procedure: 'mine', version: 3, message: 'no', line: 2, column: 9, stack: [{ line: 2, column: 9 }] };
const returned: Outcome = { kind: 'returned', response: '{"secret":"token"}', effects: [], log: [] };
const failed: Outcome = { kind: 'fault', fault, log: [] };

function execution(clientId = 'c', requestId?: string): Execution {
  const headers = requestId === undefined ? {} : { 'x-request-id': requestId };
  return { program, clientId, request: { headers }, secrets: () => ['token-of-this-very-run'] } as unknown as Execution;
}

function writing(bounds = { kept: 4, characters: 1000 }) {
  const executions = new Executions('node', bounds, () => 5000);
  const run = (outcome: Outcome, of = execution(), at = 1000) => {
    executions.ran(of, place, outcome, [], at, 2);
    return of;
  };
  return { executions, run, outcomes: () => executions.list({}, 100).map(({ outcome }) => outcome) };
}

test('a failure has version, reason, position and the line of the source below it; the response of a run is kept nowhere', () => {
  const { executions, run } = writing();
  run(returned);
  run(failed);
  expect(executions.list({}, 10)[0]).toMatchObject({
    ...{ node: 'node', at: 1, profile: 'p', endpoint: 'e', flow: 'oauth-introspect', client: 'c', milliseconds: 2 },
    ...{ procedure: 'mine', version: 3, choice: 'pinned', why: 'the binding pins version 3 of "mine"' },
    ...{ outcome: 'runtime', notRun: null, refusal: null },
    fault: { line: 2, column: 9, excerpt: ['    2 |   throw new Error("no");', '      |         ^'] },
  });
  expect(JSON.stringify(executions.list({}, 10))).not.toContain('token');
});

test('log lines are whole, however long they are', () => {
  const { executions, run } = writing({ kept: 4, characters: 100_000 });
  const log: LogLine[] = [{ level: 'info', message: 'x'.repeat(10_240) }];
  run({ ...returned, log });
  expect(executions.list({}, 1)[0]?.log).toEqual(log);
});

test('the oldest go when there are too many, or when what they have logged is too much', () => {
  const { executions, run } = writing({ kept: 4, characters: 1000 });
  for (let i = 0; i < 6; i++) run(returned, execution(`c${i}`));
  expect(executions.list({}, 10).map(({ client }) => client)).toEqual(['c5', 'c4', 'c3', 'c2']);
  for (const client of ['a', 'b']) run({ ...returned, log: [{ level: 'info', message: 'x'.repeat(700) }] }, execution(client));
  expect(executions.list({}, 10).map(({ client }) => client)).toEqual(['b']);
});

test('neither a flood of successes nor one of bad requests pushes a failure out', () => {
  const { executions, run } = writing();
  run(failed);
  for (let i = 0; i < 50; i++) {
    run(returned);
    executions.refused(place, {
      ...{ because: 'refused', client: null, requestId: null, status: 401, code: 'invalid_client', description: 'no' },
    });
    run({ ...failed, fault: { ...fault, kind: 'unavailable', notRun: 'quarantined', message: 'it rests' } });
  }
  expect(executions.list({ outcome: 'runtime' }, 10)).toHaveLength(1);
});

test('what did not run says why: quarantined, or refused before', () => {
  const { executions, run } = writing();
  run({ ...failed, fault: { ...fault, kind: 'unavailable', notRun: 'quarantined', message: 'it rests' } });
  executions.refused(place, {
    ...{ because: 'refused', client: 'c', requestId: 'r', status: 401, code: 'invalid_client', description: 'no' },
  });
  expect(executions.list({}, 10)).toMatchObject([
    { outcome: 'refused', notRun: 'refused', procedure: null, refusal: { status: 401, code: 'invalid_client' }, at: 5, requestId: 'r' },
    { outcome: 'unavailable', notRun: 'quarantined', procedure: 'mine', why: expect.stringContaining('it did not run: it rests') },
  ]);
});

test('a run whose response turns out to break a rule is told of once, as a failure with what it logged', () => {
  const { executions, run, outcomes } = writing();
  const of = run({ ...returned, log: [{ level: 'warn', message: 'about to err' }] });
  executions.foundWrong(of, place, { ...fault, kind: 'invalid-response' });
  expect(outcomes()).toEqual(['invalid-response']);
  expect(executions.list({}, 1)[0]).toMatchObject({ at: 1, milliseconds: 2, log: [{ message: 'about to err' }] });
});

test('X-Request-Id is shown without tokens of the run, and not at all when it is none', () => {
  const { executions, run } = writing();
  run(returned, execution('c', 'id-token-of-this-very-run'));
  run(returned, execution('c', 'two words'));
  run(returned, execution('c', 'x'.repeat(129)));
  expect(executions.list({}, 10).map(({ requestId }) => requestId)).toEqual([null, null, 'id-[token]']);
});

test('lists are filtered and paged, newest first', () => {
  const { executions, run } = writing({ kept: 100, characters: 1000 });
  for (let i = 0; i < 10; i++) run(i % 2 === 0 ? returned : failed, execution(`c${i % 3}`));
  const first = executions.list({ outcome: 'failed' }, 3);
  const second = executions.list({ outcome: 'failed' }, 3, first.at(-1)?.id ?? '');
  expect([...first, ...second].map(({ id }) => parseInt(id))).toEqual([10, 8, 6, 4, 2]);
  expect(executions.list({ client: 'c0', outcome: 'returned' }, 10).map(({ id }) => parseInt(id))).toEqual([7, 1]);
  for (const other of [{ procedure: 'x' }, { version: 4 }, { endpoint: 'x' }, { flow: 'x' }, { profile: 'x' }])
    expect(executions.list(other, 10)).toEqual([]);
  expect(executions.find(first[0]?.id ?? '')?.id).toBe(first[0]?.id);
  expect(executions.find('1-AAAAAAAA')).toBeNull();
});

test('of a busy program few runs are measured, of one that runs now and then each', () => {
  const { executions } = writing();
  expect([0, 50, 99, 100, 150, 300].map((at) => executions.wantsUsage(place, 1000 + at))).toEqual([true, false, false, true, false, true]);
});
