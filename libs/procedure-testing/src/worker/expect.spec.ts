import { describe, expect as jestExpect, test } from '@jest/globals';
import type { Ran } from '../ran.ts';
import { expect } from './expect.ts';
import { MATCHERS } from './matchers.ts';
import { Unmet } from './unmet.ts';

const RAN: Ran = {
  outcome: 'answered',
  procedure: '/p/x.js',
  flow: 'oauth-introspect',
  response: { status: 200, headers: {}, body: {}, text: '{}' },
  tokens: [],
  jwts: [],
  delegations: [],
  effects: [],
  log: [{ level: 'info', message: 'hello there' }],
  denial: null,
  fault: null,
  findings: [],
  hostCalls: [],
};
const DENIED: Ran = { ...RAN, outcome: 'rejected', denial: { status: 400, error: 'invalid_target', description: 'No such audience.' } };
const FAILED: Ran = {
  ...RAN,
  outcome: 'fault',
  fault: { kind: 'runtime', message: 'Error: oops', file: '/p/x.js', line: 3, column: 1, stack: [] },
};

/** Matcher, a value and arguments for which it holds, and a value for which it does not. */
const CASES: readonly [keyof typeof MATCHERS, unknown, readonly unknown[], unknown][] = [
  ['toBe', 5, [5], '5'],
  ['toBe', NaN, [NaN], 0],
  ['toEqual', { a: [1, { b: null }], c: undefined }, [{ a: [1, { b: null }] }], { a: [1, { b: undefined }] }],
  ['toEqual', [1, 2], [[1, 2]], { 0: 1, 1: 2 }],
  ['toEqual', { at: new Date(5) }, [{ at: new Date(5) }], { at: new Date(6) }],
  ['toEqual', { id: 'x', n: 1 }, [{ id: expect.any(String), n: expect.anything() }], { id: 5, n: 1 }],
  ['toEqual', ['b', 'a'], [expect.arrayContaining(['a'])], ['b']],
  ['toMatchObject', { a: { b: 1, c: 2 }, d: 3 }, [{ a: { b: 1 } }], { a: { c: 1 } }],
  ['toMatchObject', { list: [{ a: 1, b: 2 }] }, [{ list: [{ a: 1 }] }], { list: [] }],
  ['toMatchObject', { text: 'one two' }, [{ text: expect.stringMatching(/two$/) }], { text: 'one' }],
  ['toContain', ['a', 'b'], ['a'], ['ab']],
  ['toContain', 'abc', ['b'], 'xyz'],
  ['toContainEqual', [{ a: 1 }], [{ a: 1 }], [{ a: 2 }]],
  ['toMatch', 'abc', [/^a/], 'cba'],
  ['toMatch', 'a.c', ['.'], 'abc'],
  ['toHaveLength', [1, 2], [2], [1]],
  ['toHaveProperty', { a: { b: 1 } }, ['a.b'], { a: {} }],
  ['toHaveProperty', { 'a.b': 1 }, [['a.b'], 1], { 'a.b': 2 }],
  ['toBeNull', null, [], undefined],
  ['toBeUndefined', undefined, [], null],
  ['toBeDefined', null, [], undefined],
  ['toBeTruthy', 'x', [], ''],
  ['toBeFalsy', 0, [], 1],
  ['toBeGreaterThan', 2, [1], 1],
  ['toBeGreaterThanOrEqual', 1, [1], 0],
  ['toBeLessThan', 0, [1], 1],
  ['toBeLessThanOrEqual', 1, [1], 2],
  ['toThrow', () => JSON.parse('{'), [/JSON/], () => 5],
  ['toBeAnswered', RAN, [200], DENIED],
  ['toBeDenied', DENIED, [{ status: 400, description: /audience/ }], RAN],
  ['toBeDenied', DENIED, [{ error: 'invalid_target' }], { ...DENIED, denial: { ...DENIED.denial, error: 'invalid_scope' } }],
  ['toBeFaulted', FAILED, [{ kind: 'runtime', message: /oops/, line: 3 }], RAN],
  ['toHaveLogged', RAN, ['hello', 'info'], FAILED.log.length === 0 ? FAILED : { ...RAN, log: [] }],
];

type Methods = Record<string, (...args: unknown[]) => unknown>;
const of = (value: unknown) => expect(value) as Methods & { not: Methods; resolves: Methods; rejects: Methods };

describe('expect', () => {
  test.each(CASES)('%s holds for one value and not for another, and the reverse with not', (name, value, args, other) => {
    of(value)[name]?.(...args);
    jestExpect(() => of(other)[name]?.(...args)).toThrow(Unmet);
    of(other).not[name]?.(...args);
    jestExpect(() => of(value).not[name]?.(...args)).toThrow(Unmet);
  });

  test('every matcher is among the cases', () => {
    jestExpect(new Set(CASES.map(([name]) => name))).toEqual(new Set(Object.keys(MATCHERS)));
  });

  test('a difference leaves out what nobody spoke of, and what matches', () => {
    const met = (): unknown => of({ a: 1, b: 2, id: 'x', more: 'm' })['toMatchObject']?.({ a: 1, b: 3, id: expect.any(String) });
    jestExpect(met).toThrow(
      jestExpect.objectContaining({
        difference: {
          expected: '{\n  "a": 1,\n  "b": 3,\n  "id": any String,\n}',
          actual: '{\n  "a": 1,\n  "b": 2,\n  "id": any String,\n}',
        },
      }),
    );
  });

  test('says how a run ended in place of what was expected of it', () => {
    jestExpect(() => of(FAILED)['toBeAnswered']?.()).toThrow('expected the run to be answered; it failed: runtime: Error: oops');
    jestExpect(() => of(DENIED)['toBeFaulted']?.()).toThrow('it was denied: 400 invalid_target, No such audience.');
    jestExpect(() => of(Promise.resolve(RAN))['toBeAnswered']?.()).toThrow('put "await" before run');
  });

  test('waits for promises', async () => {
    await of(Promise.resolve(5)).resolves['toBe']?.(5);
    await of(Promise.reject(new Error('no such thing'))).rejects['toThrow']?.('no such');
    await jestExpect(of(Promise.resolve(5)).rejects['toThrow']?.()).rejects.toThrow('it was fulfilled with 5');
    await jestExpect(of(Promise.resolve(5)).resolves['toBe']?.(6)).rejects.toThrow(Unmet);
  });
});
