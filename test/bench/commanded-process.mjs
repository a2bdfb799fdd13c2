import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pinned } from './pinned.mjs';

/** A process of the bench as its owner sees it: one command at a time, each answered or thrown. The other end is `commands.mjs`. */
export class CommandedProcess {
  #name;
  #child;

  /**
   * @param {object} process
   * @param {string} process.name for people
   * @param {URL} process.script
   * @param {string} process.node
   * @param {readonly string[]} [process.flags] of Node.js
   * @param {number | null} process.core
   */
  constructor({ name, script, node, flags = [], core }) {
    this.#name = name;
    const [execPath, ...execArgv] = pinned(core, [node, ...flags]);
    this.#child = fork(fileURLToPath(script), { execPath, execArgv, serialization: 'advanced' });
  }

  async send(command, options) {
    const heard = new AbortController();
    const answer = Promise.race([
      once(this.#child, 'message', heard).then(([message]) => message),
      once(this.#child, 'exit', heard).then(([code]) => ({ error: `${this.#name} ended with ${code}` })),
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
