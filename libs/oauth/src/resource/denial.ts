import { DPOP_ALGORITHMS } from '#libs/dpop';
import { OAuthError } from '../errors.ts';

/** Why a request may not pass. RFC 6750 section 3.1, RFC 9449 section 7.1, RFC 9470 section 3. */
export type DenialCode =
  'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'invalid_dpop_proof' | 'insufficient_user_authentication';

/** What every challenge of an endpoint says. */
export interface Challenge {
  readonly realm: string;
  /** RFC 9728 section 5.1. */
  readonly resourceMetadata: string | null;
}

/**
 * The answer to a request that may not pass, for the client behind the gateway: 403 when the token lacks a scope, else 401, since
 * gateways that sub-request pass on these two alone.
 */
export function denial(
  code: DenialCode,
  description: string,
  scheme: 'Bearer' | 'DPoP',
  challenge: Challenge,
  scope: readonly string[] = [],
  more: readonly (readonly [name: string, value: string])[] = [],
): OAuthError {
  return new OAuthError(code, description, {
    status: code === 'insufficient_scope' ? 403 : 401,
    challenge: challengeText(scheme, challenge, [
      ['error', code],
      ['error_description', description],
      ...(scope.length === 0 ? [] : [['scope', scope.join(' ')] as const]),
      ...more,
    ]),
  });
}

/** The answer to a request without a token: it names the schemes, and no error. RFC 6750 section 3.1. */
export function tokenWanted(challenge: Challenge, scope: readonly string[]): OAuthError {
  const attributes = scope.length === 0 ? [] : [['scope', scope.join(' ')] as const];
  return new OAuthError('invalid_token', 'An access token is required.', {
    status: 401,
    challenge: `${challengeText('Bearer', challenge, attributes)}, ${challengeText('DPoP', challenge, attributes)}`,
  });
}

/** One answer whatever the reason: revoked, expired, unknown, or none of this gateway's business. */
export function inactiveToken(scheme: 'Bearer' | 'DPoP', challenge: Challenge): OAuthError {
  return denial('invalid_token', 'The access token is not active.', scheme, challenge);
}

function challengeText(
  scheme: 'Bearer' | 'DPoP',
  { realm, resourceMetadata }: Challenge,
  attributes: readonly (readonly [name: string, value: string])[],
): string {
  const all = [
    ['realm', realm],
    ...attributes,
    ...(scheme === 'DPoP' ? [['algs', DPOP_ALGORITHMS.join(' ')]] : []),
    ...(resourceMetadata === null ? [] : [['resource_metadata', resourceMetadata]]),
  ];
  return `${scheme} ${all.map(([name = '', value = '']) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`).join(', ')}`;
}
