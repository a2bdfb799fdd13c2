import type { EndedFile } from '../test-file-run.ts';
import type { TestRunListener, TestSummary } from '../test-run.ts';
import type { EndedTest, Failure } from '../worker/protocol.ts';
import { failureText, shortened } from './failure-text.ts';

/** Writes for people: each test as it ends, then the failures once more and in full, then the sum. */
export class ReadableReporter implements TestRunListener {
  readonly #write: (text: string) => void;
  #suites: readonly string[] = [];
  /** The file whose tests are shown below its name. */
  #shown = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  testEnded(file: string, { path, state, milliseconds }: EndedTest): void {
    this.#show(file);
    const suites = path.slice(0, -1);
    suites.forEach((suite, depth) => {
      if (suites.slice(0, depth + 1).join('\0') !== this.#suites.slice(0, depth + 1).join('\0'))
        this.#write(`${indent(depth + 1)}${suite}\n`);
    });
    this.#suites = suites;
    const time = state === 'skipped' ? ' (skipped)' : milliseconds >= 100 ? ` (${milliseconds} ms)` : '';
    this.#write(`${indent(path.length)}${SIGNS[state]} ${path.at(-1) ?? ''}${time}\n`);
  }

  fileEnded({ file, broken, output }: EndedFile): void {
    if (broken !== null || output !== '') this.#show(file);
    if (broken !== null) this.#write(`  ${SIGNS.failed} the file failed\n`);
    if (output !== '') this.#write(output.replace(/^(?=.)/gm, '  | ').replace(/\n?$/, '\n'));
    this.#shown = '';
  }

  /** The failures and the sum. */
  end(summary: TestSummary): void {
    for (const file of summary.files) {
      for (const { path, failure, runs } of file.tests) if (failure !== null) this.#failure(file.file, path.join(' > '), failure, runs);
      if (file.broken !== null) this.#failure(file.file, '', file.broken, []);
    }
    this.#write(`\n${sumOf(summary)}\n`);
  }

  /** A line between runs. */
  note(text: string): void {
    this.#write(`\n${text}\n`);
  }

  #show(file: string): void {
    if (this.#shown === file) return;
    this.#shown = file;
    this.#suites = [];
    this.#write(`${shortened(file)}\n`);
  }

  #failure(file: string, name: string, failure: Failure, runs: EndedTest['runs']): void {
    const text = failureText(failure, runs).replace(/^(?=.)/gm, '  ');
    this.#write(`\n${SIGNS.failed} ${shortened(file)}${name === '' ? '' : ` > ${name}`}\n${text}\n`);
  }
}

const SIGNS = { passed: '✓', failed: '✗', skipped: '-' } as const;

function indent(depth: number): string {
  return '  '.repeat(depth);
}

function sumOf({ passed, failed, skipped, left, otherFlow, files, milliseconds }: TestSummary): string {
  const parts = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (left > 0) parts.push(`${left} with other names`);
  if (otherFlow.length > 0) parts.push(`${otherFlow.length} ${otherFlow.length === 1 ? 'file' : 'files'} for other flows left out`);
  return `${parts.join(', ')} (${files.length} ${files.length === 1 ? 'file' : 'files'}, ${(milliseconds / 1000).toFixed(1)} s)`;
}
