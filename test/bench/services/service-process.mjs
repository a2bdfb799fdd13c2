import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pinned } from '../pinned.mjs';

const START_MILLISECONDS = 60_000;
const STOP_MILLISECONDS = 15_000;

/** A service under test: its own session of processes, on the service's core, ready when it answers. */
export class ServiceProcess {
  /** @type {Set<ServiceProcess>} */
  static #started = new Set();

  /** Ends all of them at once, also those that are just starting. */
  static killAll() {
    for (const service of ServiceProcess.#started) service.#kill();
  }

  /** The end of what each of them printed, to find out why one answered wrongly. */
  static outputs() {
    return [...ServiceProcess.#started]
      .filter((service) => service.#output !== '')
      .map((service) => `${service.#name} printed:\n${service.#output}`);
  }

  #name;
  #child;
  #output = '';

  /**
   * @param {object} service
   * @param {string} service.name for people
   * @param {readonly string[]} service.command
   * @param {Record<string, string>} [service.env] beside the bench's own
   * @param {number | null} service.core
   * @param {string} service.ready URL that answers with a status below 500 once the service is ready
   */
  static async start({ name, command, env = {}, core, ready }) {
    const service = new ServiceProcess();
    service.#name = name;
    ServiceProcess.#started.add(service);
    const [file, ...args] = pinned(core, command);
    const child = (service.#child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', ...env },
    }));
    const hear = (chunk) => (service.#output = (service.#output + chunk).slice(-4000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => hear(error.message));
    try {
      await service.#answers(ready);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  /** Process id that leads the session; the taskset wrapper replaces itself by the service. */
  get pid() {
    return this.#child.pid;
  }

  /** Asks it to end, and ends what is left of its session. */
  async stop() {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (!this.#ended) {
      this.#child.kill('SIGTERM');
      await Promise.race([once(this.#child, 'exit'), delay(STOP_MILLISECONDS, undefined, { ref: false })]);
    }
    this.#kill();
  }

  #kill() {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  get #ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #answers(url) {
    const until = Date.now() + START_MILLISECONDS;
    while (Date.now() < until) {
      if (this.#ended || this.#child.pid === undefined) throw new Error(`${this.#name} ended before it was ready`);
      try {
        if ((await fetch(url)).status < 500) return;
      } catch (error) {
        if (error.cause?.code !== 'ECONNREFUSED') throw error;
      }
      await delay(50);
    }
    throw new Error(`${this.#name} was not ready after ${START_MILLISECONDS / 1000} s`);
  }
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
