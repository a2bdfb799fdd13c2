/** The process that calls the middlewares, one after another with requests that are there already: no HTTP, no framework. */
import { answerCommands } from '../commands.mjs';
import { measured } from '../invocations/window.mjs';
import { MIDDLEWARES } from './candidates.mjs';

/** Requests under way at a time. */
const IN_FLIGHT = 16;

/** @type {Map<string, Caller>} */
const callers = new Map();

/** A middleware with its requests, sent in a circle. */
class Caller {
  #id;
  #middleware;
  #requests;
  #next = 0;

  constructor(id, middleware, tokens) {
    this.#id = id;
    this.#middleware = middleware;
    this.#requests = tokens.map(requestWith);
  }

  /** So many requests, some at a time, each of which must pass. */
  async run(count) {
    for (let done = 0; done < count; done += IN_FLIGHT)
      await Promise.all(
        Array.from({ length: Math.min(IN_FLIGHT, count - done) }, async () => {
          const request = this.#requests[this.#next++ % this.#requests.length];
          if (!(await passes(this.#middleware, request))) throw new Error(`${this.#id} refuses a good token`);
        }),
      );
    return count;
  }

  async runFor(seconds) {
    const until = performance.now() + seconds * 1000;
    let count = 0;
    do count += await this.run(IN_FLIGHT);
    while (performance.now() < until);
    return count;
  }
}

function requestWith(token) {
  const headers = { host: 'api.example', 'user-agent': 'bench', accept: '*/*', authorization: `Bearer ${token}` };
  return {
    ...{ method: 'GET', originalUrl: '/orders?page=2', protocol: 'https', socket: { remoteAddress: '127.0.0.1' } },
    ...{ headers, rawHeaders: Object.entries(headers).flat() },
  };
}

/** Whether a request reaches the handler behind a middleware. */
function passes(middleware, request) {
  return new Promise((resolve) => {
    const response = { status: () => response, set: () => response, end: () => resolve(false) };
    middleware(request, response, (error) => resolve(error === undefined));
  });
}

/** How many signatures are verified, and how often somebody is asked, while something is done. */
async function counted(work) {
  const { fetch } = globalThis;
  const counts = { verifications: 0, calls: 0 };
  crypto.subtle.verify = function (...given) {
    counts.verifications++;
    return Object.getPrototypeOf(this).verify.apply(this, given);
  };
  globalThis.fetch = (...given) => {
    counts.calls++;
    return fetch(...given);
  };
  try {
    await work();
  } finally {
    delete crypto.subtle.verify;
    globalThis.fetch = fetch;
  }
  return counts;
}

answerCommands({
  /** Sends every token through every middleware, twice: the second time it must do what its row says, and nothing else. */
  async prepare({ service, tokens }) {
    for (const { id, tokens: kind, middleware: make, checks, verifies } of MIDDLEWARES) {
      const middleware = make(service);
      const good = tokens[kind];
      const caller = new Caller(id, middleware, good);
      const bad = requestWith(`${good[0].slice(0, -8)}AAAAAAAA`);
      if ((await passes(middleware, bad)) === checks) throw new Error(`${id} ${checks ? 'accepts' : 'refuses'} a token that is none`);
      await caller.run(good.length);
      const { verifications, calls } = await counted(() => caller.run(good.length));
      const expected = verifies ? good.length : 0;
      if (verifications !== expected) throw new Error(`${id} verified ${verifications} signatures instead of ${expected}`);
      if (calls !== 0) throw new Error(`${id} asked ${calls} times for tokens that it knew`);
      callers.set(id, caller);
    }
    return null;
  },

  window({ id, seconds, core }) {
    return measured({ core, sandbox: null }, () => callers.get(id).runFor(seconds));
  },
});
