import { expect, test } from '@jest/globals';
import { ExecutionRecord } from './execution-record.ts';
import type { Fault, FaultKind, Outcome, Program } from './sandbox.ts';

const program: Program = { key: 'mine@3', procedure: 'mine', version: 3, flow: 'oauth-introspect', source: '' };
const fault = (kind: FaultKind, message = 'why'): Outcome => ({
  kind: 'fault',
  fault: { kind, procedure: 'mine', version: 3, message, line: 7, column: 9, stack: [{ line: 7, column: 9 }] } satisfies Fault,
  log: [],
});
const returned: Outcome = { kind: 'returned', response: '{}', effects: [], log: [] };

function recording(now = () => 1000) {
  const lines: unknown[][] = [];
  return { lines, record: new ExecutionRecord({ write: (...line) => lines.push(line) }, now) };
}

test('every way in which a run can end is counted for its program (issue of an operator: which procedure fails, and how)', () => {
  const { record } = recording();
  const kinds: FaultKind[] = ['timeout', 'memory', 'syntax', 'runtime', 'nondeterministic', 'invalid-response', 'unavailable'];
  for (const kind of kinds) record.ended('p', program, fault(kind));
  record.ended('p', program, returned);
  record.ended('p', program, returned);
  record.ended('p', program, { kind: 'rejected', payload: '{}', log: [] });
  record.ended('p', { ...program, key: 'other@1' }, returned);
  expect(record.counts.get('mine@3')).toEqual({
    returned: 2,
    rejected: 1,
    timeout: 1,
    memory: 1,
    syntax: 1,
    runtime: 1,
    nondeterministic: 1,
    'invalid-response': 1,
    unavailable: 1,
  });
  expect(record.counts.get('other@1')?.returned).toBe(1);
});

test('a fault has a log line with procedure, version, line and column', () => {
  const { record, lines } = recording();
  record.ended('p', program, fault('runtime', 'x is not a function'));
  expect(lines).toEqual([
    [
      'error',
      'procedure failed: runtime: x is not a function',
      {
        profile: 'p',
        flow: 'oauth-introspect',
        procedure: 'mine',
        version: 3,
        kind: 'runtime',
        line: 7,
        column: 9,
        stack: [{ line: 7, column: 9 }],
      },
    ],
  ]);
});

test('what a procedure logs is written at its level and marked as the procedure’s own words', () => {
  const { record, lines } = recording();
  record.ended('p', program, {
    ...returned,
    log: [
      { level: 'debug', message: 'a' },
      { level: 'warn', message: 'b' },
    ],
  });
  expect(lines).toEqual([
    ['debug', 'a', expect.objectContaining({ procedure: 'mine', source: 'procedure' })],
    ['warn', 'b', expect.objectContaining({ procedure: 'mine', source: 'procedure' })],
  ]);
});

test('a run that delivers and says nothing writes nothing: introspection has no line per request', () => {
  const { record, lines } = recording();
  record.ended('p', program, returned);
  expect(lines).toEqual([]);
});

test('the latest 200 faults are kept, newest first, with their time', () => {
  let now = 0;
  const { record } = recording(() => now);
  for (now = 1; now <= 250; now++) record.ended('p', program, fault('runtime', `fault ${now}`));
  expect(record.faults).toHaveLength(200);
  expect(record.faults[0]).toMatchObject({ message: 'fault 250', at: 250, profile: 'p', flow: 'oauth-introspect' });
  expect(record.faults.at(-1)).toMatchObject({ message: 'fault 51' });
});
