import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createTokenValidator } from '#libs/resource-server';
import { expressMiddleware } from '../../../dist/libs/resource-server/src/express.js';

/**
 * The middlewares by row, in the order of a round. All but the first have the same tokens of the same service.
 *
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} title
 * @property {'opaque' | 'jwt'} tokens what requests carry
 * @property {(service: ServiceToAsk) => import('express').RequestHandler} middleware
 * @property {boolean} checks whether it refuses a token that is none
 * @property {boolean} verifies whether it computes a signature for each request, also for a token that it has seen
 *
 * @typedef {{ issuer: string, keys: string, client: { id: string, secret: string } }} ServiceToAsk
 */

/** @type {readonly Candidate[]} */
export const MIDDLEWARES = [
  {
    id: 'none',
    title: 'one that checks nothing',
    tokens: 'jwt',
    middleware: () => (request, response, next) => next(),
    checks: false,
    verifies: false,
  },
  { id: 'jose', title: 'jose, `jwtVerify` with a remote key set', tokens: 'jwt', middleware: withJose, checks: true, verifies: true },
  {
    id: 'jwt-new',
    title: 'Tokenwright, JWT seen for the first time',
    tokens: 'jwt',
    // Tokens come in a circle: when one is kept, it is always another that comes next.
    middleware: (service) => withTokenwright(service, { cacheSize: 1 }),
    checks: true,
    verifies: true,
  },
  { id: 'jwt-kept', title: 'Tokenwright, JWT kept', tokens: 'jwt', middleware: withTokenwright, checks: true, verifies: false },
  {
    id: 'opaque-kept',
    title: 'Tokenwright, opaque token kept',
    tokens: 'opaque',
    middleware: withTokenwright,
    checks: true,
    verifies: false,
  },
];

function withTokenwright({ issuer, client }, more = {}) {
  const options = { issuer, audience: null, clientId: client.id, clientSecret: client.secret, revocationLag: 86_400, ...more };
  return expressMiddleware(createTokenValidator(options));
}

/** As the documentation of jose has it, with what RFC 9068 section 4 asks for. */
function withJose({ issuer, keys }) {
  const keySet = createRemoteJWKSet(new URL(keys));
  return (request, response, next) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    jwtVerify(token, keySet, { issuer, typ: 'at+jwt', algorithms: ['ES256'] }).then(({ payload }) => {
      request.auth = payload;
      next();
    }, next);
  };
}
