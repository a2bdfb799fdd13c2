import { OAuthError } from '../../errors.ts';
import { parameter, parameters, type Form } from '../../transport/form.ts';
import type { TokenRequest } from '../grant-type.ts';
import { isResourceUri } from '../resource-target.ts';
import { requestedScopes } from '../scope.ts';

/** A security token as a request names it. RFC 8693 section 2.1. */
export interface NamedSecurityToken {
  readonly value: string;
  /** Identifier of its type. */
  readonly type: string;
}

/** What a request of a token exchange asks for. RFC 8693 section 2.1. */
export interface ExchangeRequest {
  readonly subjectToken: NamedSecurityToken;
  readonly actorToken: NamedSecurityToken | null;
  readonly requestedTokenType: string | null;
  /** Empty when the client leaves it to the service. */
  readonly scopes: readonly string[];
  /** For whom the token is to be: `audience` and what `resource` stands for, each once. */
  readonly targets: readonly string[];
}

/** More of a token than any that is passed on. */
const MOST_TOKEN_CHARACTERS = 16_384;
const MOST_TARGETS = 32;
const MOST_TARGET_CHARACTERS = 2048;

/** @throws OAuthError for what RFC 8693 section 2.1 does not allow */
export function readExchangeRequest(request: TokenRequest): ExchangeRequest {
  const { form } = request;
  const subjectToken = securityToken(form, 'subject_token');
  if (subjectToken === null) throw new OAuthError('invalid_request', 'The subject_token parameter is missing.');
  const requestedTokenType = parameter(form, 'requested_token_type') ?? null;
  if (requestedTokenType !== null) requireTokenType(requestedTokenType, 'requested_token_type');
  return {
    subjectToken,
    actorToken: securityToken(form, 'actor_token'),
    requestedTokenType,
    scopes: requestedScopes(parameter(form, 'scope')),
    targets: requestedTargets(request),
  };
}

/**
 * For whom the token is to be: an API that the profile knows as a resource, by the audience that it goes by there. RFC 8707.
 *
 * @throws OAuthError `invalid_target`
 */
export function requestedTargets({ form, client, route }: TokenRequest): readonly string[] {
  const { resources: known } = route.profile.profile;
  const resources = parameters(form, 'resource').map((uri) => {
    if (!isResourceUri(uri)) throw new OAuthError('invalid_target', 'A resource must be an absolute URI without a fragment.');
    if (client.client.resources?.includes(uri) === false)
      throw new OAuthError('invalid_target', 'The client may not have tokens for a requested resource.');
    return (Object.hasOwn(known, uri) ? known[uri]?.audience : null) ?? uri;
  });
  const targets = [...new Set([...parameters(form, 'audience'), ...resources])];
  if (targets.length > MOST_TARGETS)
    throw new OAuthError('invalid_target', `At most ${MOST_TARGETS} audiences and resources can be asked for.`);
  if (targets.some((target) => target.length > MOST_TARGET_CHARACTERS))
    throw new OAuthError('invalid_target', 'An audience or resource is too long.');
  return targets;
}

/** A token with its type: both or none. */
function securityToken(form: Form, name: 'subject_token' | 'actor_token'): NamedSecurityToken | null {
  const value = parameter(form, name);
  const type = parameter(form, `${name}_type`);
  if (value === undefined && type === undefined) return null;
  if (value === undefined) throw new OAuthError('invalid_request', `The ${name} parameter is missing.`);
  if (type === undefined) throw new OAuthError('invalid_request', `The ${name}_type parameter is missing.`);
  if (value.length > MOST_TOKEN_CHARACTERS) throw new OAuthError('invalid_request', `The ${name} is too long.`);
  requireTokenType(type, `${name}_type`);
  return { value, type };
}

/** Identifiers of token types are URIs. RFC 8693 section 3. */
function requireTokenType(type: string, name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]{1,500}$/.test(type)) throw new OAuthError('invalid_request', `The ${name} must be a URI.`);
}
