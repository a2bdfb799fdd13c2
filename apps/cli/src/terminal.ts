import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Where a command reads from and writes to; tests give their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether people look at what is written to `out`. */
  readonly isInteractive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** All of the standard input. */
  read(): Promise<string>;
  /** What somebody types to each question, which is not shown; null when nobody is there. */
  ask(questions: readonly string[]): Promise<readonly string[] | null>;
}

/**
 * Lets a command end as it would have when whoever reads what it writes has seen enough, as in `tokenwright ... | head`.
 * Whatever else goes wrong with writing is thrown.
 */
export function outliveReaders(streams: readonly NodeJS.EventEmitter[] = [process.stdout, process.stderr]): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
}

export const processTerminal: Terminal = {
  env: process.env,
  isInteractive: process.stdout.isTTY,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  read: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  },
  ask: async (questions) => {
    if (!process.stdin.isTTY) return null;
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
    lines.once('SIGINT', () => {
      lines.close();
      process.kill(process.pid, 'SIGINT');
    });
    try {
      const answers: string[] = [];
      process.stderr.write(questions[0] ?? '');
      for await (const line of lines) {
        answers.push(line);
        process.stderr.write(`\n${questions[answers.length] ?? ''}`);
        if (answers.length === questions.length) return answers;
      }
      return null;
    } finally {
      lines.close();
    }
  },
};

/** Text of others, without the control characters that could play tricks on a terminal. Line feeds and tabs stay. */
export function harmless(text: string): string {
  // eslint-disable-next-line no-control-regex -- naming them is how they are taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Rows under headings, in columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [headings, ...rows].map((row) => row.map((cell) => harmless(cell).replace(/\s+/g, ' ')));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The members of one thing, a line each; `more` are lines below them. */
export function memberTable(view: object, more: readonly (readonly [member: string, value: string])[] = []): string {
  const rows = Object.entries(view).map(([member, value]) => [member, typeof value === 'string' ? value : JSON.stringify(value)]);
  return table(['MEMBER', 'VALUE'], [...rows, ...more]);
}

/** Seconds since 1970 as people read them. */
export function moment(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? '-' : new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', 'Z');
}
