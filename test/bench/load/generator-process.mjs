import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinned } from '../pinned.mjs';

/** The load generator as the bench sees it: one command at a time, each answered or thrown. */
export class Generator {
  #child;

  /** @param {{ node: string, core: number | null }} where */
  constructor({ node, core }) {
    const [execPath, ...execArgv] = pinned(core, [node]);
    this.#child = fork(fileURLToPath(new URL('./generator.mjs', import.meta.url)), { execPath, execArgv, serialization: 'advanced' });
  }

  async send(command, options) {
    const heard = new AbortController();
    const answer = Promise.race([
      once(this.#child, 'message', heard).then(([message]) => message),
      once(this.#child, 'exit', heard).then(([code]) => ({ error: `the load generator ended with ${code}` })),
    ]);
    this.#child.send({ command, ...options });
    const { ok, error } = await answer;
    heard.abort();
    if (error !== undefined) throw new Error(error);
    return ok;
  }

  close() {
    if (this.#child.connected) this.#child.disconnect();
  }
}
