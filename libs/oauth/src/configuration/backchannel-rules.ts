import type { Client } from './entities.ts';

/** What does not go together in how a client has people authenticated, by pointer within the entity and message. OpenID Connect CIBA. */
export function* backchannelProblems({
  capabilities,
  scopes,
  authentication,
  backchannelAuthentication: settings,
}: Client): Generator<readonly [pointer: string, message: string]> {
  const mayAsk = capabilities.includes('backchannel-authentication');
  if (mayAsk && !scopes.includes('openid'))
    yield [
      '/scopes',
      'a client with the capability "backchannel-authentication" needs the scope "openid". OpenID Connect CIBA section 7.1',
    ];
  if (mayAsk && capabilities.includes('backchannel-decision'))
    yield [
      `/capabilities/${capabilities.indexOf('backchannel-decision')}`,
      'a client with the capability "backchannel-authentication" may not answer for the people that it has asked: use another client for it',
    ];
  if (settings === null) return;
  if (!mayAsk) yield ['/backchannelAuthentication', 'goes with the capability "backchannel-authentication" only'];
  const { jwks = null, jwksUri = null } = authentication ?? {};
  if (settings.signedRequestsOnly && jwks === null && jwksUri === null)
    yield ['/backchannelAuthentication/signedRequestsOnly', 'needs keys: give the client authentication/jwks or authentication/jwksUri'];
}
