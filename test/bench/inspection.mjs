import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { ANSWERS } from './candidates.mjs';
import { basic, forwardAuthHeaders } from './load/request.mjs';

/**
 * A close look at one answer of a candidate before it is measured: is it right in every part the cheap check of the load
 * generator cannot see? Signatures are verified, and a made-up token must be inactive, so that a service that merely says yes
 * is not measured.
 *
 * @param {import('./candidates.mjs').Candidate} candidate
 * @param {import('./services/services.mjs').Service} service
 * @param {{ id: string, secret: string }} client who asks
 * @param {{ token: string, issuedTo: string } | null} presented null where nothing is presented
 * @returns {Promise<{ expectation: import('./load/expectation.mjs').Expectation, body: string }>}
 */
export async function inspect(candidate, service, client, presented) {
  const { accept, ...answer } = ANSWERS[candidate.answer];
  const url = `http://127.0.0.1:${service.port}${service.paths[candidate.endpoint]}`;
  const ask = candidate.work === 'forwardAuth' ? askWhetherItMayPass : post;
  const form = presented === null ? { grant_type: 'client_credentials', scope: 'read' } : { token: presented.token };
  const wrong = (why, body) => new Error(`${candidate.id}: ${why}: ${body}`);

  const response = await ask(url, client, accept, form);
  const body = await response.text();
  if (response.status !== 200) throw wrong(`status ${response.status}`, body);
  if (presented !== null && service.paths.keys !== undefined) {
    const keys = await (await fetch(`http://127.0.0.1:${service.port}${service.paths.keys}`)).json();
    const problem = await PROBLEMS[candidate.answer](body, createLocalJWKSet(keys), presented.issuedTo, response.headers);
    if (problem !== null) throw wrong(problem, body);
    const unknown = await ask(url, client, accept, { token: `${presented.token.slice(0, -8)}AAAAAAAA` });
    const inactive = await unknown.text();
    if (!isInactive(candidate.answer, unknown.status, inactive))
      throw wrong(`status ${unknown.status} for a token that does not exist`, inactive);
  }
  return { expectation: { ...answer, status: 200, minimumLength: Math.floor(body.length * 0.9) }, body };
}

/** What is wrong with the body of an active answer, or null. */
const PROBLEMS = {
  async json(body, _, issuedTo) {
    const { active, client_id: client, sub, scope, exp } = JSON.parse(body);
    if (active !== true || scope !== 'read' || !(exp > Date.now() / 1000)) return 'not an active token with scope read';
    return client === issuedTo || sub === issuedTo ? null : 'another client';
  },
  async phantom(body, keys, issuedTo) {
    return (await this.json(body, keys, issuedTo)) ?? (await this.jwt(JSON.parse(body).phantom_token, keys, issuedTo));
  },
  async jwt(body, keys, issuedTo) {
    const { payload } = await jwtVerify(body, keys, { algorithms: ['ES256'] });
    return payload.sub === issuedTo && payload.scope === 'read' ? null : 'another subject or scope';
  },
  async passed(_, keys, issuedTo, headers) {
    if (headers.get('x-token-subject') !== issuedTo) return 'another subject';
    return this.jwt(headers.get('authorization')?.replace('Bearer ', '') ?? '', keys, issuedTo);
  },
  async signed(body, keys, issuedTo) {
    const { payload, protectedHeader } = await jwtVerify(body, keys, { algorithms: ['ES256'] });
    if (protectedHeader.typ !== 'token-introspection+jwt') return `typ ${protectedHeader.typ}`;
    return this.json(JSON.stringify(payload.token_introspection), keys, issuedTo);
  },
};

function isInactive(answer, status, body) {
  if (answer === 'jwt') return status === 204 && body === '';
  if (answer === 'passed') return status === 401;
  if (status !== 200) return false;
  const said = answer === 'signed' ? decodeJwt(body).token_introspection : JSON.parse(body);
  return said.active === false && Object.keys(said).length === 1;
}

function askWhetherItMayPass(url, client, _accept, { token }) {
  return fetch(url, { headers: forwardAuthHeaders({ client, token }) });
}

function post(url, client, accept, form) {
  return fetch(url, { method: 'POST', headers: { authorization: basic(client), accept }, body: new URLSearchParams(form) });
}
