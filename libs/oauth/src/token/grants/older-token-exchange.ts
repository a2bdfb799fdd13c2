import { OAuthError } from '../../errors.ts';
import { isObject } from '../../procedures/service-arguments.ts';
import { parameter } from '../../transport/form.ts';
import { requireMayAct } from '../exchange/actors.ts';
import { requestedTargets } from '../exchange/exchange-request.ts';
import { allowedScopes, exchangedGrant } from '../exchange/exchanged-grant.ts';
import type { SecurityToken, SecurityTokens } from '../exchange/security-tokens.ts';
import { TOKEN_TYPE } from '../exchange/token-types.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';
import { requestedScopes } from '../scope.ts';
import { clientClaims, requireShortChain } from './token-exchange.ts';

/** The exchange of access tokens from before RFC 8693, as the Curity Identity Server has it: one parameter, `token`. */
export class OlderTokenExchange implements GrantType {
  readonly id = 'https://curity.se/grant/accesstoken';
  readonly flow = 'oauth-token-token-exchange';
  readonly capability = 'token-exchange';

  constructor(private readonly tokens: SecurityTokens) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const value = parameter(request.form, 'token');
    if (value === undefined) throw new OAuthError('invalid_request', 'The token parameter is missing.');
    const subject = await this.tokens.find('subject', { value, type: TOKEN_TYPE.accessToken }, request);
    // A token of another service has no place in a flow that shows what the token hangs from.
    if (subject?.own == null) throw new OAuthError('invalid_request', 'The token is not one of this service.');
    requireShortChain(subject);
    requireMayAct(subject.claims['may_act'], clientClaims(request.client.id, request.route.profile.issuer));
    return exchangedToken(request, subject, value);
  }
}

/** What exchanging a token gives: as much of what was asked for as there is. */
export function exchangedToken(request: TokenRequest, subject: SecurityToken, value: string): RedeemedGrant {
  const { client, form } = request;
  const asked = requestedScopes(parameter(form, 'scope'));
  const allowed = allowedScopes({ request, subject });
  const scopes = asked.length === 0 ? [...allowed] : asked.filter((name) => allowed.has(name));
  if (scopes.length === 0 && asked.length > 0)
    throw new OAuthError('invalid_scope', 'The token and the client have none of the requested scopes.');
  const exchange = { request, subject, actor: { sub: client.id }, scopes, targets: requestedTargets(request) };
  const grant = exchangedGrant(exchange, { subjectAttributes: null, contextAttributes: null, audiences: null, scopes });
  const { claims } = subject;
  const type = isObject(claims['cnf']) && 'jkt' in claims['cnf'] ? 'DPoP' : 'bearer';
  return { ...grant, presented: { presentedToken: { active: true, type, value, expiredScopes: [], data: { ...claims } } } };
}
