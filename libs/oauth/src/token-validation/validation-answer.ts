import { OAuthError } from '../errors.ts';
import type { CheckedAnswer } from '../introspection/introspection-answer.ts';
import { scopeNames } from '../token/scope.ts';
import { errorResponse, jsonResponse, type OAuthResponse } from '../transport/exchange.ts';

/**
 * The answer of the endpoint: the claims of an active token, else the words of IdentityServer3.
 *
 * @param told null for a token that is not active
 * @param expectedScope must be among the scopes that are told; undefined for no such wish
 */
export function validationAnswer(told: CheckedAnswer | null, expectedScope: string | undefined): OAuthResponse {
  if (told === null) return refusal(invalidToken());
  const scope = told.members['scope'];
  const names = scopeNames(typeof scope === 'string' ? scope : '');
  if (expectedScope !== undefined && !names.set.has(expectedScope))
    return refusal(new OAuthError('insufficient_scope', 'insufficient_scope'));
  return jsonResponse(200, JSON.stringify(flatClaims(told.members, names.list)), told.headers);
}

/** The one refusal of a token, whatever is wrong with it. */
export function invalidToken(): OAuthError {
  return new OAuthError('invalid_token', 'invalid_token');
}

/** An error as the clients of the endpoint know errors. */
export function refusal(error: OAuthError): OAuthResponse {
  return { ...errorResponse(error), body: JSON.stringify({ Message: error.message }) };
}

/**
 * Claims as those clients read them, each a text, a number, a boolean, or a list of such: scopes are a list where there are several,
 * objects are their JSON text as claims of .NET hold them, and what has no value is left out, since null makes the clients fail.
 */
function flatClaims(members: Readonly<Record<string, unknown>>, scopes: readonly string[]): Record<string, unknown> {
  const { active: _active, scope: _scope, ...others } = members;
  const claims = Object.entries({ ...others, scope: scopes.length === 1 ? scopes[0] : scopes });
  return Object.fromEntries(
    claims
      .map(([name, value]) => [name, Array.isArray(value) ? value.filter((one) => one !== null).map(plain) : plain(value)] as const)
      .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
}

function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
