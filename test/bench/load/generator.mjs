/**
 * The load generator: a process of its own, steered over its IPC channel by the bench. It keeps tokens in named pools so that
 * they need not travel.
 */
import { answerCommands } from '../commands.mjs';
import { checker } from './expectation.mjs';
import { bearerGet, formPost, forwardAuthGet } from './request.mjs';
import { Runaway } from './runaway.mjs';
import { drive } from './window.mjs';

/** @type {Map<string, { tokens: string[], jwts: (string | undefined)[] }>} */
const pools = new Map();

const commands = {
  /** Fills a pool with fresh tokens by client credentials. Fails if two are equal. */
  async mint({ pool, count, connections, port, path, client, scope }) {
    const request = formPost({ port, path, client, accept: 'application/json', form: { grant_type: 'client_credentials', scope } });
    const tokens = new Set();
    await drive({
      port,
      connections,
      requests: new Array(count).fill(request),
      seconds: 0,
      once: true,
      root: null,
      core: null,
      check: checker({ status: 200, head: 'application/json', contains: ['"access_token":"'], jwt: false, minimumLength: 0 }),
      visit: (_, body) => tokens.add(JSON.parse(body).access_token),
    });
    if (tokens.size !== count) throw new Error(`${count} tokens were issued and only ${tokens.size} of them differ`);
    pools.set(pool, { tokens: [...tokens], jwts: [] });
    return null;
  },

  /** Gives the first token of a pool, to be looked at closely. */
  async sample({ pool }) {
    return pools.get(pool).tokens[0];
  },

  /** One window of introspection over a pool. */
  introspect({ target, ...window }) {
    const request = (token) => formPost({ ...target, port: window.port, form: { token } });
    return overPool({ ...window, request, jwtOf: (head, body) => body });
  },

  /** The same of forward auth, as a gateway asks. */
  forwardAuth({ target, ...window }) {
    const request = (token) => forwardAuthGet({ ...target, port: window.port, token });
    return overPool({ ...window, request, jwtOf: (head) => /\nauthorization: (.*)/i.exec(head)[1] });
  },

  /**
   * One window of introspection, with a runaway beside it unless that is null: one request at a time for another endpoint,
   * whose procedure does not end. Tells how its requests ended.
   */
  async introspectBeside({ pool, target, runaway, expectation, ...window }) {
    const { tokens } = pools.get(pool);
    const requests = tokens.map((token) => formPost({ ...target, port: window.port, form: { token } }));
    let fail;
    const broken = new Promise((_, reject) => (fail = reject));
    const beside =
      runaway === null
        ? null
        : await Runaway.start(window.port, formPost({ ...runaway, port: window.port, form: { token: tokens[0] } }), fail);
    const measurement = await Promise.race([drive({ ...window, requests, check: checker(expectation), visit: null }), broken]);
    return { ...measurement, repeated: null, runaways: (await beside?.stop()) ?? {} };
  },

  /** One window of issuing; the tokens are thrown away. */
  async issue({ target, expectation, scope, ...window }) {
    const requests = [formPost({ ...target, port: window.port, form: { grant_type: 'client_credentials', scope } })];
    return { ...(await drive({ ...window, requests, check: checker(expectation), visit: null })), repeated: null };
  },

  /** One window of requests to an API behind a gateway, with the tokens of a pool. */
  async callApi({ pool, path, expectation, ...window }) {
    const requests = pools.get(pool).tokens.map((token) => bearerGet({ port: window.port, path, token }));
    return { ...(await drive({ ...window, requests, check: checker(expectation), visit: null })), repeated: null };
  },

  async forget({ pool }) {
    pools.delete(pool);
    return null;
  },
};

/**
 * One window over a pool. With `compare`, counts answers that are byte for byte what the same token got in the pass that was
 * told to `remember`: ECDSA draws a new random number for each signature, so equal bytes mean that nothing was signed.
 */
async function overPool({ pool, request, jwtOf, remember, compare, expectation, ...window }) {
  const { tokens, jwts } = pools.get(pool);
  let repeated = 0;
  const visit = remember
    ? (index, body, head) => void (jwts[index] = jwtOf(head, body))
    : compare
      ? (index, body, head) => void (jwts[index] === jwtOf(head, body) && repeated++)
      : null;
  const measurement = await drive({ ...window, requests: tokens.map(request), check: checker(expectation), visit });
  return { ...measurement, repeated: compare ? repeated : null };
}

answerCommands(commands);
