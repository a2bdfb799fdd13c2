import type { LoginSession } from '../people/people.ts';
import type { PersonRequirement } from '../people-stores.ts';
import type { RedeemedGrant } from '../token/grant-type.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { AUTHORIZATION_CODE, CODE_LIFETIME } from './code-grant.ts';

/** What a procedure may issue for a person who has allowed it: a code, and nothing that opens anything by itself. */
export function codeTerms(
  asked: AuthorizationRequest,
  session: LoginSession,
  person: PersonRequirement | null,
  issuer: string,
  now: number,
): RedeemedGrant {
  const { client, scopes, claims, resources, nonce, dpopJkt, codeChallenge, redirectUri, answerTo } = asked;
  const { subject, acr, amr, authenticatedAt, attributes } = session;
  const subjectAttributes = { ...attributes, subject };
  const contextAttributes = { acr, amr, auth_time: authenticatedAt };
  return {
    subject,
    scopes,
    delegation: null,
    refreshScopes: null,
    idToken: null,
    code: {
      ...{
        subject,
        scopes,
        claims,
        resources,
        redirectUri: redirectUri ?? answerTo.redirectUri,
        codeChallenge,
        nonce,
        dpopJkt,
        session: session.id,
        authenticatedAt,
      },
      ...{ subjectAttributes, contextAttributes, person },
    },
    presented: { providedState: answerTo.state, issuer, sessionState: null },
    defaults: {
      delegation: null,
      accessToken: null,
      authorizationCode: {
        ...{ iss: issuer, sub: subject, aud: client.id, scope: scopes.join(' '), iat: now, nbf: now, exp: now + CODE_LIFETIME },
        ...{ redirect_uri: answerTo.redirectUri, purpose: AUTHORIZATION_CODE },
      },
      response: {},
    },
    subjectAttributes,
    contextAttributes,
    claim: null,
    rotated: null,
  };
}
