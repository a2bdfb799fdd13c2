import { parameter, parameters } from '../../transport/form.ts';
import { accessTokenDefaults } from '../default-data.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { requestedResources, resourceTarget } from '../resource-target.ts';
import { grantedScopes } from '../scope.ts';

/** The client acts for itself: its credentials are the grant. RFC 6749 section 4.4. */
export const clientCredentials: GrantType = {
  id: 'client_credentials',
  flow: 'oauth-token-client-credentials',
  capability: 'client-credentials',

  redeem(request: TokenRequest): RedeemedGrant {
    const { form, client } = request;
    const { profile } = request.route;
    const granted = grantedScopes(parameter(form, 'scope'), client);
    const resources = requestedResources(parameters(form, 'resource'), client, profile);
    const target = resourceTarget(resources, granted, client, profile);
    const scopes = target?.scopes ?? granted;
    const scope = scopes.join(' ');
    return {
      subject: client.id,
      scopes,
      delegation: null,
      target,
      // The client can ask again with what it has. RFC 6749 section 4.4.3.
      refreshScopes: null,
      idToken: null,
      code: null,
      presented: {},
      defaults: {
        delegation: { clientId: client.id, owner: client.id, scope, claims: {} },
        accessToken: accessTokenDefaults(request, client.id, scope, Infinity, target),
        response: {},
      },
      subjectAttributes: { subject: client.id },
      contextAttributes: {},
      claim: null,
      rotated: null,
    };
  },
};
