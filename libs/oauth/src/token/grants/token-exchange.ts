import { OAuthError } from '../../errors.ts';
import { countActors, MOST_ACTORS, requireMayAct, type Actor } from '../exchange/actors.ts';
import { readExchangeRequest, type ExchangeRequest } from '../exchange/exchange-request.ts';
import { exchangeView, uninitialized } from '../exchange/exchanged-grant.ts';
import type { SecurityToken, SecurityTokens } from '../exchange/security-tokens.ts';
import type { GrantType, RedeemedGrant, TokenRequest } from '../grant-type.ts';

/** A token for somebody who acts for the subject of another one. RFC 8693. */
export class TokenExchange implements GrantType {
  readonly id = 'urn:ietf:params:oauth:grant-type:token-exchange';
  readonly flow = 'oauth-token-oauth-token-exchange';
  readonly capability = 'token-exchange';

  constructor(private readonly tokens: SecurityTokens) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant> {
    const asked = readExchangeRequest(request);
    const subject = await this.tokens.find('subject', asked.subjectToken, request);
    const actor = asked.actorToken === null ? null : await this.tokens.find('actor', asked.actorToken, request);
    return exchanged(request, asked, subject, actor);
  }
}

/**
 * What presented tokens give, as long as the procedure has not decided.
 *
 * @param subject null for a token that only the procedure can judge
 * @param actor null for none, and likewise
 * @throws OAuthError `invalid_request`
 */
export function exchanged(
  request: TokenRequest,
  asked: ExchangeRequest,
  subject: SecurityToken | null,
  actor: SecurityToken | null,
): RedeemedGrant {
  const { client, route } = request;
  requireShortChain(subject);
  const acting = asked.actorToken === null ? clientClaims(client.id, route.profile.issuer) : (actor?.claims ?? null);
  requireMayAct(subject?.claims['may_act'], acting);
  const { scopes, targets } = asked;
  return uninitialized({ request, subject, actor: actorOf(actor, client.id), scopes, targets }, exchangeView(asked, subject, actor));
}

/** What `may_act` may say of a client. */
export function clientClaims(id: string, issuer: string): Readonly<Record<string, unknown>> {
  return { sub: id, client_id: id, iss: issuer };
}

/** An actor of another issuer is named with it: the same `sub` may be somebody else here. */
function actorOf(token: SecurityToken | null, clientId: string): Actor {
  if (token === null) return { sub: clientId };
  const { iss, sub } = token.claims;
  return token.own === null ? { sub: String(sub), iss } : { sub: token.subject };
}

/** @throws OAuthError `invalid_request` */
export function requireShortChain(subject: SecurityToken | null): void {
  if (countActors(subject?.claims['act']) >= MOST_ACTORS)
    throw new OAuthError('invalid_request', `The subject token was passed on too often: it names ${MOST_ACTORS} actors already.`);
}
