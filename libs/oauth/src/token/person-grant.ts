import type { StoredGrant } from '../authorize/code-grant.ts';
import type { Claim } from '../stores.ts';
import { parameters } from '../transport/form.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';
import { requestedResources, resourceTarget } from './resource-target.ts';
import { subjectGrant } from './subject-grant.ts';

/**
 * What redeeming gives that a person has allowed while signed in: tokens that end with the session (but for `offline_access`), and an id
 * token where it was asked for. A code, a device code, an authentication request.
 *
 * @throws OAuthError `invalid_target`
 */
export function personGrant(request: TokenRequest, { grant, data }: StoredGrant, held: Claim | null): RedeemedGrant {
  const { client, now, route } = request;
  const { subject, scopes, resources, nonce, authenticatedAt, session, person, contextAttributes } = grant;
  const named = requestedResources(parameters(request.form, 'resource'), client, route.profile, resources);
  const target = resourceTarget(named.length > 0 ? named : resources, scopes, client, route.profile);
  const given = subjectGrant(request, grant, { scopes, resources, target });
  const isOpenId = scopes.includes('openid');
  return {
    ...given,
    idToken: isOpenId ? { nonce, authenticatedAt, session } : null,
    session,
    person,
    presented: { presentedNonce: { data: { ...data } } },
    defaults: {
      ...given.defaults,
      idToken: isOpenId
        ? {
            ...{ iss: route.profile.issuer, sub: subject, aud: client.id, iat: now, exp: now + client.idTokenLifetime, purpose: 'id' },
            ...{ auth_time: authenticatedAt, acr: contextAttributes['acr'], amr: contextAttributes['amr'], sid: session, nonce },
          }
        : null,
    },
    claim: held,
  };
}
