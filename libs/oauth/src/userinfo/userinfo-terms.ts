import type { IntrospectedToken } from '../introspection/introspected-token.ts';
import type { PresentedAccessToken } from '../resource/presented-access-token.ts';
import type { RedeemedGrant } from '../token/grant-type.ts';

/** What a procedure may tell about a person: nothing is issued. */
export function userinfoTerms(
  { scheme, token: value }: PresentedAccessToken,
  token: Pick<IntrospectedToken, 'subject' | 'scopes' | 'delegation' | 'delegationId' | 'expiresAt' | 'data' | 'expiredScopes'>,
  attributes: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> & { readonly sub: string },
): RedeemedGrant {
  const { subject, scopes, delegation, delegationId, expiresAt, data, expiredScopes } = token;
  return {
    subject,
    scopes: [...scopes],
    delegation: { id: delegationId, view: delegation, expiresAt },
    refreshScopes: null,
    idToken: null,
    code: null,
    presented: {
      presentedToken: {
        ...{ active: true, type: scheme === 'DPoP' ? 'DPoP' : 'bearer', value, expiredScopes },
        data: JSON.parse(data) as Record<string, unknown>,
      },
      accountAttributes: attributes,
    },
    defaults: { delegation: null, accessToken: null, response: claims },
    subjectAttributes: { ...attributes, subject },
    contextAttributes: {},
    claim: null,
    rotated: null,
  };
}
