import { parameter } from '../../transport/form.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { grantedScopes } from '../scope.ts';

/** The client acts for itself: its credentials are the grant. RFC 6749 section 4.4. */
export const clientCredentials: GrantType = {
  id: 'client_credentials',
  flow: 'oauth-token-client-credentials',
  capability: 'client-credentials',

  redeem({ form, route, client, now }: TokenRequest): RedeemedGrant {
    const scopes = grantedScopes(parameter(form, 'scope'), client);
    const scope = scopes.join(' ');
    return {
      subject: client.id,
      scopes,
      defaults: {
        delegation: { clientId: client.id, owner: client.id, scope, claims: {} },
        accessToken: {
          iss: route.profile.issuer,
          sub: client.id,
          aud: client.audience,
          scope,
          iat: now,
          nbf: now,
          exp: now + client.accessTokenLifetime,
          purpose: 'access_token',
        },
        response: {},
      },
      subjectAttributes: { subject: client.id },
      contextAttributes: {},
      claim: null,
    };
  },
};
