import type { OAuthError } from '../errors.ts';
import { bindsText } from '../issuance/token-hash.ts';
import type { TokenExecution } from '../token/token-execution.ts';
import type { ResponseType } from './response-type.ts';

type Fault = (message: string) => OAuthError;

/**
 * The members of what the procedure answered, as texts: they become parameters. What opens something is what the response type asks for,
 * all of it and nothing else, was issued in this run, and the id token says what came with it. OpenID Connect Core sections 3.2.2.10 and
 * 3.3.2.11.
 *
 * @throws OAuthError the fault
 */
export function answerMembers(response: string, execution: TokenExecution, type: ResponseType, fault: Fault): Record<string, string> {
  const answer = JSON.parse(response) as Record<string, unknown>;
  const code = issued(answer, 'code', type.code ? [execution.codes, 'a code that authorizationCodeIssuer'] : null, fault);
  const token = issued(answer, 'access_token', type.token ? [execution.accessTokens, 'an access token that an issuer'] : null, fault);
  const idToken = issued(answer, 'id_token', type.idToken ? [execution.idTokens, 'an id token that idTokenIssuer'] : null, fault);
  issued(answer, 'refresh_token', null, fault);
  if (idToken !== null && token !== null && !bindsText(idToken, 'at_hash', token))
    throw fault('the id token must have the at_hash of the access token: idTokenIssuer.atHash gives it');
  if (idToken !== null && code !== null && !bindsText(idToken, 'c_hash', code))
    throw fault('the id token must have the c_hash of the code: idTokenIssuer.cHash gives it');
  const members: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw fault(`the member "${name.slice(0, 100)}" of the answer must be text, a number or a boolean: it becomes a parameter`);
    members[name] = String(value);
  }
  return members;
}

/** @param from what it must be one of, and that in words; null where the response type asks for none */
function issued(
  answer: Readonly<Record<string, unknown>>,
  name: string,
  from: readonly [texts: readonly string[], words: string] | null,
  fault: Fault,
): string | null {
  const value = answer[name];
  if (from === null) {
    if (value === undefined) return null;
    throw fault(`the answer must have no ${name}: the response type asks for none`);
  }
  const [texts, words] = from;
  if (typeof value !== 'string' || !texts.includes(value)) throw fault(`the answer must have ${words} has issued`);
  return value;
}
