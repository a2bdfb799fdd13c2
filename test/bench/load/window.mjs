import { performance } from 'node:perf_hooks';
import { Connection } from './connection.mjs';
import { idleMicroseconds, processorMicroseconds } from '../processor.mjs';

/**
 * Drives one service with a fixed number of connections, each sending its next request when it has read its answer.
 * With `once` every request is sent exactly once; otherwise they are sent in a circle until the time is over.
 * Processor time is read before the first request and after the last answer, so it belongs to exactly the counted requests.
 *
 * @param {object} window
 * @param {number} window.port
 * @param {number} window.connections
 * @param {readonly Buffer[]} window.requests
 * @param {number} window.seconds ignored with `once`
 * @param {boolean} window.once
 * @param {number | null} window.root process id of the service, null where processor time cannot be read
 * @param {number | null} window.core the service's core, null when it is not pinned
 * @param {(status: number, head: string, body: string) => string | null} window.check
 * @param {((index: number, body: string, head: string) => void) | null} window.visit sees every checked answer
 * @returns {Promise<Measurement>} rejects on the first wrong answer
 *
 * @typedef {object} Measurement
 * @property {number} requests
 * @property {number} seconds
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number | null} processor microseconds of all of the service's processes
 * @property {number | null} idle microseconds that the service's core had nothing to do
 * @property {number} generator microseconds of the load generator itself
 */
export async function drive({ port, connections, requests, seconds, once, root, core, check, visit }) {
  let fail;
  const failure = new Promise((_, reject) => (fail = reject));
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port, (error) => fail(error))));
  const latencies = new Latencies();
  const ownBefore = process.cpuUsage();
  const before = root === null ? null : processorMicroseconds(root);
  const idleBefore = core === null ? null : idleMicroseconds(core);
  const began = performance.now();
  const until = once ? Infinity : began + seconds * 1000;
  let next = 0;
  const last = once ? requests.length : Infinity;

  const work = (connection) =>
    new Promise((resolve) => {
      let sent = began;
      let index;
      const send = () => {
        index = next++ % requests.length;
        connection.exchange(requests[index], receive);
      };
      const receive = (status, head, body) => {
        const now = performance.now();
        latencies.add(now - sent);
        sent = now;
        const wrong = check(status, head, body);
        if (wrong !== null) return fail(new Error(wrong));
        if (visit !== null) visit(index, body, head);
        if (next >= last || now >= until) return resolve();
        send();
      };
      if (next >= last) return resolve();
      send();
    });

  try {
    await Promise.race([Promise.all(open.map(work)), failure]);
    const elapsed = performance.now() - began;
    const own = process.cpuUsage(ownBefore);
    return {
      requests: latencies.count,
      seconds: elapsed / 1000,
      p50: latencies.quantile(0.5),
      p99: latencies.quantile(0.99),
      processor: before === null ? null : processorMicroseconds(root) - before,
      idle: idleBefore === null ? null : idleMicroseconds(core) - idleBefore,
      generator: own.user + own.system,
    };
  } finally {
    for (const connection of open) connection.close();
  }
}

/** Every latency of a window, none sampled away. */
class Latencies {
  #values = new Float64Array(65_536);
  count = 0;

  add(milliseconds) {
    if (this.count === this.#values.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.count++] = milliseconds;
  }

  quantile(q) {
    const sorted = this.#values.subarray(0, this.count).toSorted();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
  }
}
