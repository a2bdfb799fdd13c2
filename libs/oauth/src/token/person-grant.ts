import { NO_CLAIMS, type ClaimsRequest } from '../authorize/claims-request.ts';
import type { StoredGrant } from '../authorize/code-grant.ts';
import { requestedAttributes } from '../people/scope-claims.ts';
import type { Claim } from '../stores.ts';
import { parameters } from '../transport/form.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';
import { grantedTarget } from './resource-target.ts';
import { subjectGrant } from './subject-grant.ts';

/**
 * What redeeming gives that a person has allowed: tokens that end with the session it was allowed in, if any (but for `offline_access`),
 * and an id token where it was asked for. A code, a device code, an authentication request.
 *
 * @throws OAuthError `invalid_target`
 */
export function personGrant(request: TokenRequest, { grant, data }: StoredGrant, held: Claim | null): RedeemedGrant {
  const { client, now, route } = request;
  const {
    subject,
    scopes,
    claims = NO_CLAIMS,
    resources,
    nonce,
    authenticatedAt,
    session,
    person,
    subjectAttributes,
    contextAttributes,
  } = grant;
  const target = grantedTarget(parameters(request.form, 'resource'), resources, scopes, client, route.profile);
  const given = subjectGrant(request, grant, { scopes, resources, target });
  const isOpenId = scopes.includes('openid');
  return {
    ...given,
    idToken: isOpenId ? { nonce, authenticatedAt, session } : null,
    ...(session === null ? {} : { session }),
    person,
    userinfoClaims: claims.userinfo,
    presented: { presentedNonce: { data: { ...data } } },
    defaults: {
      ...given.defaults,
      delegation: { ...given.defaults.delegation, claims: claimsView(claims) },
      idToken: isOpenId
        ? {
            ...requestedAttributes(subjectAttributes, claims.idToken),
            ...{
              iss: route.profile.issuer,
              sub: route.profile.subjectFor(client, subject),
              aud: client.id,
              iat: now,
              exp: now + client.idTokenLifetime,
              purpose: 'id',
            },
            ...{
              auth_time: authenticatedAt,
              acr: contextAttributes['acr'],
              amr: contextAttributes['amr'],
              sid: session === null ? null : route.profile.sessionFor(client, session),
              nonce,
            },
          }
        : null,
    },
    claim: held,
  };
}

/** What was asked for by name, as procedures see it in the delegation: by the names that the parameter has. */
function claimsView({ idToken, userinfo }: ClaimsRequest): Record<string, unknown> {
  const places = Object.entries({ id_token: idToken, userinfo });
  return Object.fromEntries(places.filter(([, claims]) => Object.keys(claims).length > 0));
}
