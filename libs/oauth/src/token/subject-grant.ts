import { authenticationClaims } from '../people/authentication-context.ts';
import { parameter, parameters } from '../transport/form.ts';
import { accessTokenDefaults, refreshTokenDefaults } from './default-data.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';
import { requestedResources, resourceTarget, type ResourceTarget } from './resource-target.ts';
import { grantedScopes } from './scope.ts';

/** How far what is issued may go. */
export interface GrantedReach {
  readonly scopes: readonly string[];
  /** APIs that the delegation's tokens may be for. */
  readonly resources: readonly string[];
  /** What the access token of this request is for. */
  readonly target: ResourceTarget | null;
}

/** Whom a grant speaks for, and what is known of it. */
export type GrantedSubject = Pick<RedeemedGrant, 'subject' | 'subjectAttributes' | 'contextAttributes'>;

/**
 * What a token request asks for by itself, within what the client may have.
 *
 * @throws OAuthError `invalid_scope` or `invalid_target`
 */
export function requestedReach({ form, client, route }: TokenRequest): GrantedReach {
  const scopes = grantedScopes(parameter(form, 'scope'), client);
  const resources = requestedResources(parameters(form, 'resource'), client, route.profile);
  return { scopes, resources, target: resourceTarget(resources, scopes, client, route.profile) };
}

/** A grant by which a client acts for somebody else from now on: a delegation of its own, an access token and a refresh token. */
export function subjectGrant(request: TokenRequest, granted: GrantedSubject, { scopes, resources, target }: GrantedReach): RedeemedGrant {
  const { client, now } = request;
  const { subject, subjectAttributes, contextAttributes } = granted;
  const scope = scopes.join(' ');
  return {
    subject,
    scopes,
    delegation: null,
    target,
    resources,
    refreshScopes: scopes,
    idToken: null,
    code: null,
    presented: {},
    defaults: {
      delegation: { clientId: client.id, owner: subject, scope, claims: {} },
      accessToken: {
        ...accessTokenDefaults(request, subject, (target?.scopes ?? scopes).join(' '), Infinity, target),
        ...authenticationClaims(contextAttributes),
      },
      refreshToken: refreshTokenDefaults(request, subject, scope, now + client.delegationLifetime),
      response: {},
    },
    subjectAttributes,
    contextAttributes,
    claim: null,
    rotated: null,
  };
}
