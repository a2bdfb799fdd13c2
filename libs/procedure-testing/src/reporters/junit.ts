import type { EndedFile } from '../test-file-run.ts';
import type { TestSummary } from '../test-run.ts';
import type { EndedTest, Failure } from '../worker/protocol.ts';
import { failureText, shortened } from './failure-text.ts';

/** The run as JUnit XML, which build servers read: a suite for each file, a case for each test. */
export function junitXml({ files, passed, failed, skipped, milliseconds }: TestSummary, now = new Date()): string {
  const counts = attributes({ tests: passed + failed + skipped, failures: failed, errors: 0, skipped, time: seconds(milliseconds) });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="procedures"${counts}>`,
    ...files.flatMap((file) => suiteLines(file, now)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ file, tests, broken, output, milliseconds }: EndedFile, now: Date): string[] {
  const name = shortened(file);
  const inState = (state: EndedTest['state']) => tests.filter((test) => test.state === state).length;
  const extra = broken === null ? 0 : 1;
  const counts = attributes({
    name,
    tests: tests.length + extra,
    failures: inState('failed') + extra,
    errors: 0,
    skipped: inState('skipped'),
    time: seconds(milliseconds),
    timestamp: now.toISOString().slice(0, 19),
  });
  return [
    `  <testsuite${counts}>`,
    ...tests.flatMap((test) => caseLines(name, test)),
    ...(broken === null ? [] : caseOf(name, 'the file', 0, failureLines(broken, []))),
    ...(output === '' ? [] : [`    <system-out>${escaped(output)}</system-out>`]),
    '  </testsuite>',
  ];
}

function caseLines(file: string, { path, state, milliseconds, failure, runs }: EndedTest): string[] {
  const inner = failure !== null ? failureLines(failure, runs) : state === 'skipped' ? ['      <skipped/>'] : [];
  return caseOf([file, ...path.slice(0, -1)].join(' > '), path.at(-1) ?? '', milliseconds, inner);
}

function caseOf(classname: string, name: string, milliseconds: number, inner: readonly string[]): string[] {
  const opened = `    <testcase${attributes({ classname, name, time: seconds(milliseconds) })}`;
  return inner.length === 0 ? [`${opened}/>`] : [`${opened}>`, ...inner, '    </testcase>'];
}

function failureLines(failure: Failure, runs: EndedTest['runs']): string[] {
  const message = failure.message.split('\n')[0] ?? '';
  return [`      <failure${attributes({ message })}>${escaped(failureText(failure, runs))}</failure>`];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/** Text without the characters that XML 1.0 does not allow at all, section 2.2, nor half of a pair. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- naming them is how they are taken out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\r', '&#13;')
  );
}
