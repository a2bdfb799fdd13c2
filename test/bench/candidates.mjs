/**
 * What is measured, in the order of a round.
 *
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} title of its row
 * @property {'bare' | 'oidc-provider' | 'oidc-provider-issuing' | 'tokenwright'} service
 * @property {'introspect' | 'forwardAuth' | 'issue'} work
 * @property {'introspection' | 'phantom' | 'forwardAuth' | 'token'} endpoint whose path the service names
 * @property {'json' | 'phantom' | 'jwt' | 'signed' | 'passed' | 'issued'} answer see `ANSWERS`
 * @property {readonly (string | null)[]} passes `miss`: each token for the first time; `hit`: the same tokens again;
 *   null: tokens already seen, in a circle
 * @property {string} peer id of the candidate of oidc-provider it is compared with
 * @property {number} [bar] the most of the peer's processor time that it may take
 */

const FORWARD_AUTH = { work: 'forwardAuth', endpoint: 'forwardAuth', passes: ['miss', 'hit'] };

/** @type {readonly Candidate[]} */
export const CANDIDATES = [
  introspecting('bare', 'bare `node:http`, the same bytes', 'bare', 'json', 'oidc-json'),
  introspecting('oidc-json', 'oidc-provider, JSON', 'oidc-provider', 'json', 'oidc-json'),
  introspecting('tokenwright-json', 'Tokenwright, JSON', 'tokenwright', 'json', 'oidc-json', { bar: 0.6 }),
  introspecting('tokenwright-phantom', 'Tokenwright, JSON with phantom token', 'tokenwright', 'phantom', 'oidc-json', {
    endpoint: 'phantom',
    passes: ['miss', 'hit'],
  }),
  { ...introspecting('tokenwright-forward', 'Tokenwright, forward auth', 'tokenwright', 'passed', 'oidc-json'), ...FORWARD_AUTH },
  introspecting('oidc-signed', 'oidc-provider, RFC 9701', 'oidc-provider', 'signed', 'oidc-signed'),
  introspecting('tokenwright-jwt', 'Tokenwright, `application/jwt`', 'tokenwright', 'jwt', 'oidc-signed', {
    passes: ['miss', 'hit'],
    bar: 0.5,
  }),
  introspecting('tokenwright-signed', 'Tokenwright, RFC 9701', 'tokenwright', 'signed', 'oidc-signed'),
  issuing('oidc-issue', 'oidc-provider, client credentials', 'oidc-provider-issuing'),
  issuing('tokenwright-issue', 'Tokenwright, client credentials', 'tokenwright'),
];

/**
 * The answers by what tells them: `Accept` of the request, then what every answer must show.
 */
export const ANSWERS = {
  json: { accept: 'application/json', head: 'application/json', contains: ['"active":true'], jwt: false },
  phantom: { accept: 'application/json', head: 'application/json', contains: ['"active":true', '"phantom_token":"eyJ'], jwt: false },
  jwt: { accept: 'application/jwt', head: 'application/jwt', contains: ['"scope":"read"'], jwt: true },
  signed: {
    accept: 'application/token-introspection+jwt',
    head: 'application/token-introspection+jwt',
    contains: ['"token_introspection":{', '"active":true'],
    jwt: true,
  },
  passed: { accept: '*/*', head: 'Bearer eyJ', contains: [], jwt: false },
  issued: { accept: 'application/json', head: 'application/json', contains: ['"access_token":"'], jwt: false },
};

function introspecting(id, title, service, answer, peer, { endpoint = 'introspection', passes = [null], bar } = {}) {
  return { id, title, service, work: 'introspect', endpoint, answer, passes, peer, bar };
}

function issuing(id, title, service) {
  return { id, title, service, work: 'issue', endpoint: 'token', answer: 'issued', passes: [null], peer: 'oidc-issue' };
}
