import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * The procedures whose invocations are measured, in the order of a round.
 *
 * @typedef {object} Subject
 * @property {string} id
 * @property {string} title of its rows
 * @property {string} flow
 * @property {string} source
 * @property {readonly ('issuers' | 'delegation')[]} reads members of the context that it reads beside the presented token, in
 *   that order: the service sends no others
 * @property {'likely' | 'suspended' | null} issue how its `issue` is answered: by what was sent along, or by a second run
 * @property {string} [alike] id of the subject with the same function: outside the sandbox there is no difference between them
 */

const JWT_FLOW = 'oauth-introspect-application-jwt';
const shipped = (path) => readFileSync(new URL(`../../../procedures/${path}.js`, import.meta.url), 'utf8');
const phantom = { flow: 'oauth-introspect', source: shipped('examples/phantom-token'), reads: ['delegation', 'issuers'] };

/** @type {readonly Subject[]} */
export const SUBJECTS = [
  {
    id: 'empty',
    title: 'an empty procedure',
    flow: 'oauth-introspect',
    source: 'function result() { return {}; }',
    reads: [],
    issue: null,
  },
  {
    id: 'json',
    title: 'the default of `oauth-introspect`',
    flow: 'oauth-introspect',
    source: shipped('oauth-introspect/oauth-introspect'),
    reads: ['delegation'],
    issue: null,
  },
  {
    id: 'jwt',
    title: 'the default of `application/jwt`',
    flow: JWT_FLOW,
    source: shipped(`${JWT_FLOW}/${JWT_FLOW}`),
    reads: ['issuers', 'delegation'],
    issue: 'likely',
  },
  { id: 'phantom', title: 'the phantom example, issue answered as likely', ...phantom, issue: 'likely' },
  {
    id: 'phantom-suspended',
    title: 'the phantom example, issue answered after suspending',
    ...phantom,
    issue: 'suspended',
    alike: 'phantom',
  },
];

/** Those that differ in their function, and not only in how it is answered. */
export const FUNCTIONS = SUBJECTS.filter(({ alike }) => alike === undefined);

/** As many tokens as make one batch of the sandbox many times over; few enough to be made anew in each process. */
const TOKENS = 256;
export const NOW = 1_770_000_000_000;

/**
 * What the service would send for one token: the context with all that the procedure reads, and the JWT that its issuer gives.
 *
 * @typedef {{ context: string, args: string, jwt: string }} Case
 * @param {Subject} subject
 * @returns {Case[]} the same in every process
 */
export function casesOf({ reads }) {
  return Array.from({ length: TOKENS }, (_, number) => {
    const id = digest(`delegation ${number}`).slice(0, 22);
    const data = JSON.stringify(dataOf(id));
    const members = {
      delegation: JSON.stringify({ id, clientId: 'server-client', owner: 'server-client', scope: 'read' }),
      issuers: ISSUERS,
    };
    const presented = `{"active":true,"type":"bearer","value":"_0${digest(`token ${number}`)}","expiredScopes":[],"data":${data}}`;
    return {
      context: `{"presentedToken":${presented}${reads.map((name) => `,"${name}":${members[name]}`).join('')}}`,
      args: `jwt\n${id}\n${data}`,
      jwt: `${base64('{"alg":"ES256","typ":"at+jwt","kid":"2026-11-a1"}')}.${base64(data)}.${digest(`r ${number}`)}${digest(`s ${number}`)}`,
    };
  });
}

const OPAQUE = { id: 'opaque', kind: 'opaque', enabled: true };
const JWT = { id: 'jwt', kind: 'jwt', enabled: true };
const ISSUERS = JSON.stringify({ access: OPAQUE, jwt: JWT, named: [OPAQUE, JWT] });

function dataOf(delegationId) {
  const issuedAt = NOW / 1000;
  return {
    purpose: 'access_token',
    delegationId,
    iss: 'http://127.0.0.1:8443/~',
    sub: 'server-client',
    aud: 'server-client',
    scope: 'read',
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + 300,
  };
}

const base64 = (text) => Buffer.from(text).toString('base64url');
const digest = (text) => createHash('sha256').update(text).digest('base64url');
