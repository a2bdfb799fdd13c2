import { rmSync } from 'node:fs';
import { ServiceProcess } from './services/service-process.mjs';
import { surroundingsOf } from './services/surroundings.mjs';

/** A part of the bench: where it runs, and what it has started, which ends together and leaves nothing behind. */
export class Part {
  /** @type {(() => unknown)[]} */
  #ends = [];

  /**
   * @param {import('./options.mjs').Options} options
   * @param {string} node the Node.js of all processes
   * @param {(text: string) => void} say progress
   */
  constructor(options, node, say) {
    this.options = options;
    this.say = say;
    this.surroundings = surroundingsOf(options, node);
  }

  /** Has something ended with the part, in good order. @param {() => unknown} end */
  atEnd(end) {
    this.#ends.push(end);
  }

  async stop() {
    await Promise.all(this.#ends.map((end) => end()));
    this.#tidy();
  }

  /** For an interrupt, which waits for nobody. */
  kill() {
    ServiceProcess.killAll();
    this.#tidy();
  }

  #tidy() {
    rmSync(this.surroundings.directory, { recursive: true, force: true });
  }
}
