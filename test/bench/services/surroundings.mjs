import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Made for one run: a directory of its own, which the run takes away in the end, and clients with new secrets.
 *
 * @param {import('../options.mjs').Options} options
 * @param {string} node the Node.js of all processes
 * @returns {import('./services.mjs').Surroundings}
 */
export function surroundingsOf({ peerFlags, cores }, node) {
  return {
    node,
    peerFlags,
    core: cores.service,
    directory: mkdtempSync(join(tmpdir(), 'tokenwright-bench-')),
    clients: { issuing: clientOf('server-client'), introspecting: clientOf('gateway_client') },
  };
}

/** The same clients everywhere, with secrets of 256 random bits. */
function clientOf(id) {
  return { id, secret: randomBytes(32).toString('base64url') };
}
