import type { LoginSession } from '../people/people.ts';
import { releasedClaims } from '../people/scope-claims.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { RedeemedGrant, TokenRequest } from '../token/grant-type.ts';
import { personGrant } from '../token/person-grant.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { AUTHORIZATION_CODE, CODE_LIFETIME, type CodeGrant, type PersonGrant } from './code-grant.ts';

/**
 * What a procedure may issue for a person who has allowed it: what the response type asks for, and never a refresh token. RFC 6749
 * sections 4.1.2 and 4.2.2, OpenID Connect Core sections 3.2.2.5 and 3.3.2.5.
 *
 * @param person what must still be so of them when tokens are issued, and when a code is redeemed; null where nothing tells
 * @throws OAuthError `invalid_target`
 */
export function authorizationTerms(
  asked: AuthorizationRequest,
  session: LoginSession,
  person: PersonRequirement | null,
  request: TokenRequest,
): RedeemedGrant {
  const { type, scopes } = asked;
  const grant = allowed(asked, session, person);
  const terms = codeTerms(asked, grant, request);
  if (!type.token && !type.idToken) return terms;
  const given = personGrant(request, { grant, data: {} }, null);
  const { delegation, accessToken, idToken } = given.defaults;
  // Without an access token there is no other way to what the scopes release. OpenID Connect Core section 5.4.
  const released = type.name === 'id_token' ? releasedClaims(session.attributes, scopes, request.route.profile.profile) : {};
  return {
    ...given,
    ...{ refreshScopes: null, code: terms.code, presented: terms.presented },
    idToken: type.idToken ? given.idToken : null,
    defaults: {
      ...terms.defaults,
      ...(type.token ? { delegation, accessToken } : {}),
      ...(type.idToken ? { idToken: { ...released, ...idToken } } : {}),
    },
  };
}

function allowed(asked: AuthorizationRequest, session: LoginSession, person: PersonRequirement | null): PersonGrant {
  const { scopes, claims, resources, nonce } = asked;
  const { id, subject, acr, amr, authenticatedAt, attributes } = session;
  return {
    ...{ subject, scopes, claims, resources, nonce, person, session: id, authenticatedAt },
    subjectAttributes: { ...attributes, subject },
    contextAttributes: { acr, amr, auth_time: authenticatedAt },
  };
}

/** A code where one is asked for, and nothing that opens anything by itself. */
function codeTerms(
  { client, codeChallenge, dpopJkt, redirectUri, answerTo }: AuthorizationRequest,
  grant: PersonGrant,
  { route, now }: TokenRequest,
): RedeemedGrant {
  const { subject, scopes, subjectAttributes, contextAttributes } = grant;
  const { issuer } = route.profile;
  const code: CodeGrant | null =
    codeChallenge === null ? null : { ...grant, codeChallenge, dpopJkt, redirectUri: redirectUri ?? answerTo.redirectUri };
  const authorizationCode = {
    ...{ iss: issuer, sub: subject, aud: client.id, scope: scopes.join(' '), iat: now, nbf: now, exp: now + CODE_LIFETIME },
    ...{ redirect_uri: answerTo.redirectUri, purpose: AUTHORIZATION_CODE },
  };
  return {
    ...{ subject, scopes, delegation: null, refreshScopes: null, idToken: null, code },
    presented: { providedState: answerTo.state, issuer, sessionState: null },
    defaults: { delegation: null, accessToken: null, response: {}, ...(code === null ? {} : { authorizationCode }) },
    ...{ subjectAttributes, contextAttributes, claim: null, rotated: null },
  };
}
