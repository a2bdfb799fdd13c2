import { Connection } from './connection.mjs';

/**
 * Keeps one request in flight that its procedure never answers by itself: as soon as the service has ended one, the next is
 * sent.
 */
export class Runaway {
  #connection;
  #request;
  #stopping = null;
  #failed;
  /** How many answers had which status. */
  #statuses = {};

  /**
   * @param {number} port
   * @param {Buffer} request
   * @param {(error: Error) => void} failed called when the connection breaks
   */
  static async start(port, request, failed) {
    const runaway = new Runaway();
    runaway.#request = request;
    runaway.#failed = failed;
    runaway.#connection = await Connection.open(port, (error) => runaway.#failed(error));
    runaway.#send();
    return runaway;
  }

  /** Waits for the last answer. @returns {Promise<Record<string, number>>} */
  stop() {
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      this.#stopping = resolve;
    });
  }

  #send() {
    this.#connection.exchange(this.#request, (status) => {
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
      if (this.#stopping === null) return this.#send();
      this.#connection.close();
      this.#stopping(this.#statuses);
    });
  }
}
