import type { OAuthError } from '../errors.ts';
import { isNestedTooDeeply, keepsActors } from '../issuance/claims.ts';
import type { IntrospectedToken } from './introspected-token.ts';

/** The whole answer for a token that is not active, whatever the reason. RFC 7662 section 2.2. */
export const INACTIVE = '{"active":false}';

/** A response within the ceilings: as text to send, and parsed. */
export interface CheckedResponse {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Checks what a procedure returned for an active token; null when the procedure calls it inactive.
 * A dropped `cnf` or `act` is put back: without them a sender-constrained token would pass for a bearer token, and one
 * that somebody else uses on the subject's behalf for the subject's own. The claims that the service owns are as the token
 * has them, whatever the procedure put there; `sub` and `aud` are the procedure's to word for this caller.
 *
 * @throws the fault when the response widens the token: a later `exp`, a scope it does not have, other actors
 */
export function checkIntrospectionResponse(
  text: string,
  token: IntrospectedToken,
  issuer: string,
  fault: (message: string) => OAuthError,
): CheckedResponse | null {
  if (isNestedTooDeeply(text)) throw fault('the response is nested too deeply');
  const members = JSON.parse(text) as Record<string, unknown>;
  if (members['active'] !== true) return null;

  const { exp, scope } = members;
  if (exp !== undefined && (typeof exp !== 'number' || exp > token.expiresAt))
    throw fault("exp must be a number, not later than the presented token's");
  if (scope !== undefined) {
    if (typeof scope !== 'string') throw fault('scope must be a string of space separated names');
    if (scope !== '')
      for (const name of scope.split(' '))
        if (name !== '' && !token.scopes.has(name)) throw fault(`the scope "${name.slice(0, 100)}" was not granted to the presented token`);
  }
  const hasOwned =
    isLeftOutOr(members['iss'], issuer) &&
    isLeftOutOr(members['client_id'], token.clientId) &&
    isLeftOutOr(members['delegationId'], token.delegationId) &&
    isLeftOutOr(members['purpose'], token.purpose) &&
    isLeftOutOr(members['jti'], token.id);
  if (hasOwned && token.cnf === undefined && token.act === undefined) return { text, members };
  if (members['act'] !== undefined && !keepsActors(members['act'], token.act))
    throw fault('act may name further actors, but must keep those of the presented token');
  const restored = {
    ...members,
    ...(members['iss'] === undefined ? {} : { iss: issuer }),
    ...(members['client_id'] === undefined ? {} : { client_id: token.clientId }),
    ...(members['delegationId'] === undefined ? {} : { delegationId: token.delegationId }),
    ...(members['purpose'] === undefined ? {} : { purpose: token.purpose }),
    ...(members['jti'] === undefined ? {} : { jti: token.id }),
    ...(token.cnf === undefined ? {} : { cnf: token.cnf }),
    ...(members['act'] === undefined && token.act !== undefined ? { act: token.act } : {}),
  };
  return { text: JSON.stringify(restored), members: restored };
}

function isLeftOutOr(given: unknown, owned: string): boolean {
  return given === undefined || given === owned;
}
