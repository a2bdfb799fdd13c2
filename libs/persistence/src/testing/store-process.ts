import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Use } from '#libs/oauth';
import type { DatabaseSettings } from '../open-stores.ts';

/** What a process of its own is to do with its own stores; it answers by messages, see `store-process-main.ts`. */
export type Task =
  | { readonly task: 'claim'; readonly profile: string; readonly hash: string; readonly times: number }
  | { readonly task: 'issue'; readonly profile: string; readonly perCommit: number }
  | { readonly task: 'change'; readonly times: number }
  | { readonly task: 'use'; readonly uses: readonly NamedUse[]; readonly times: number };

/** The hash as base64url. */
export type NamedUse = Omit<Use, 'hash'> & { readonly hash: string };

export type Answer =
  | { readonly answer: 'ready' }
  | { readonly answer: 'claims'; readonly outcomes: readonly string[] }
  | { readonly answer: 'issued'; readonly keys: readonly { readonly period: number; readonly hash: string }[] }
  | { readonly answer: 'changed'; readonly applied: number }
  /** Places of the uses that were the first, among those asked for. */
  | { readonly answer: 'used'; readonly first: readonly number[] }
  | { readonly answer: 'failed'; readonly message: string };

const MAIN = fileURLToPath(new URL('store-process-main.ts', import.meta.url));

/** Another process with stores on the same database, started from source. */
export class StoreProcess {
  readonly answers: Answer[] = [];
  readonly #child: ChildProcess;

  constructor(database: DatabaseSettings) {
    const flags = ['--conditions=tokenwright-source', '--experimental-transform-types', '--no-warnings'];
    this.#child = fork(MAIN, [JSON.stringify(database)], { execArgv: flags, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: Answer) => this.answers.push(answer));
  }

  send(task: Task): void {
    this.#child.send(task);
  }

  /** The first answer of a kind, from those that came and those to come. */
  async answer<K extends Answer['answer']>(kind: K): Promise<Extract<Answer, { answer: K }>> {
    for (;;) {
      const found = this.answers.find((answer) => answer.answer === kind || answer.answer === 'failed');
      if (found?.answer === 'failed') throw new Error(found.message);
      if (found !== undefined) return found as Extract<Answer, { answer: K }>;
      const ended = once(this.#child, 'exit').then(() => {
        throw new Error('the process ended without an answer');
      });
      await Promise.race([once(this.#child, 'message'), ended]);
    }
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exit;
  }
}
