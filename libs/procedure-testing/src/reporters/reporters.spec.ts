import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran } from '../ran.ts';
import type { EndedFile } from '../test-file-run.ts';
import type { TestSummary } from '../test-run.ts';
import type { EndedTest } from '../worker/protocol.ts';
import { junitXml } from './junit.ts';
import { ReadableReporter } from './readable.ts';

let folder: string;
let procedure: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-reports-'));
  procedure = join(folder, 'x.js');
  writeFileSync(procedure, "function result() {\n\tthrow new Error('oops');\n}\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const passed: EndedTest = { path: ['suite', 'passes'], state: 'passed', milliseconds: 250, failure: null, runs: [] };

function failed(message = 'expected 1 to be 2'): EndedTest {
  const fault = {
    kind: 'runtime',
    message: 'Error: oops',
    file: procedure,
    line: 2,
    column: 8,
    stack: [
      { file: procedure, line: 2, column: 8 },
      { file: procedure, line: 1, column: 1 },
    ],
  };
  const run: Ran = {
    ...{ outcome: 'fault', procedure, flow: 'oauth-introspect', denial: null, fault, findings: [], hostCalls: [] },
    ...{ response: { status: 500, headers: {}, body: null, text: '' }, tokens: [], jwts: [], delegations: [], effects: [] },
    log: [{ level: 'info', message: 'here' }],
  };
  const failure = { message, expected: 'same\n2', actual: 'same\n1', place: '/t/a.test.js:3:5', stack: null };
  return { path: ['suite', 'fails'], state: 'failed', milliseconds: 3, failure, runs: [run] };
}

function fileOf(...tests: EndedTest[]): EndedFile {
  return { file: '/t/a.test.js', tests, broken: null, left: 0, output: '', milliseconds: 1234, procedures: new Set() };
}

function summaryOf(...files: EndedFile[]): TestSummary {
  const count = (state: string) => files.flatMap(({ tests }) => tests).filter((one) => one.state === state).length;
  const broken = files.filter((one) => one.broken !== null).length;
  return {
    files,
    passed: count('passed'),
    failed: count('failed') + broken,
    skipped: count('skipped'),
    left: 0,
    otherFlow: [],
    milliseconds: 2000,
  };
}

function told(file: EndedFile): string {
  let text = '';
  const reporter = new ReadableReporter((part) => (text += part));
  for (const one of file.tests) reporter.testEnded(file.file, one);
  reporter.fileEnded(file);
  reporter.end(summaryOf(file));
  return text;
}

describe('for people', () => {
  test('each test as it ends, then failures with their difference and the place in the procedure, then the sum', () => {
    expect(told(fileOf(passed, failed(), { ...passed, path: ['skips'], state: 'skipped' }))).toBe(
      `/t/a.test.js
  suite
    ✓ passes (250 ms)
    ✗ fails
  - skips (skipped)

✗ /t/a.test.js > suite > fails
  expected 1 to be 2
  - expected
  + received
    same
  - 2
  + 1
  at /t/a.test.js:3:5

  ${procedure}:2:8: runtime: Error: oops
      2 | \tthrow new Error('oops');
        | \t      ^
      at ${procedure}:1:1
  log info here

1 passed, 1 failed, 1 skipped (1 file, 2.0 s)
`,
    );
  });

  test('a file that failed as a whole, and what it wrote', () => {
    const text = told({ ...fileOf(), broken: { message: 'SyntaxError: no', place: null, stack: null }, output: 'one\ntwo\n' });
    expect(text).toContain('  ✗ the file failed\n  | one\n  | two\n');
    expect(text).toContain('✗ /t/a.test.js\n  SyntaxError: no\n');
  });
});

describe('JUnit XML', () => {
  test('has a suite for each file and a case for each test, with counts and seconds', () => {
    const xml = junitXml(summaryOf(fileOf(passed, failed())), new Date('2026-07-01T09:00:00Z'));
    expect(xml).toContain('<testsuites name="procedures" tests="2" failures="1" errors="0" skipped="0" time="2.000">');
    expect(xml).toContain(
      '<testsuite name="/t/a.test.js" tests="2" failures="1" errors="0" skipped="0" time="1.234" timestamp="2026-07-01T09:00:00">',
    );
    expect(xml).toContain('<testcase classname="/t/a.test.js &gt; suite" name="passes" time="0.250"/>');
    expect(xml).toContain('<failure message="expected 1 to be 2">');
    expect(elements(xml)).toEqual(['testsuites', 'testsuite', 'testcase', 'testcase', 'failure']);
  });

  test('stays well formed whatever tests are called and say (XML 1.0 sections 2.2 and 2.4)', () => {
    const hostile = '</failure> ]]> & "quoted" \u0000\u001b[31m \ud800 \uffff\ttab\nline';
    const named = { ...failed(hostile), path: [hostile, hostile] };
    const xml = junitXml(
      summaryOf({
        ...fileOf(named, { ...passed, state: 'skipped' }),
        output: hostile,
        broken: { message: hostile, place: null, stack: null },
      }),
    );
    expect(elements(xml)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'failure',
      'testcase',
      'skipped',
      'testcase',
      'failure',
      'system-out',
    ]);
    // eslint-disable-next-line no-control-regex -- naming them is how they are looked for
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    expect(xml.isWellFormed()).toBe(true);
    expect(xml).toContain('&quot;quoted&quot;');
  });
});

/** Names of the elements in order; throws unless every one is closed, and every attribute and text is escaped. */
function elements(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const [declaration, ...rest] = xml.split('?>');
  expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"');
  for (const [, text = '', end = '', name = '', attributes = '', empty = ''] of rest
    .join('?>')
    .matchAll(/([^<]*)<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g)) {
    expect(text + attributes).not.toMatch(/&(?!(amp|lt|gt|quot|#\d+);)|\]\]>/);
    if (end === '') names.push(name);
    if (end === '/') expect(open.pop()).toBe(name);
    else if (empty === '') open.push(name);
  }
  expect(open).toEqual([]);
  expect(rest.join('?>').replace(/<\/?[a-z-]+(?: [a-z]+="[^"<]*")*\/?>/g, '')).not.toMatch(/[<>]/);
  return names;
}
