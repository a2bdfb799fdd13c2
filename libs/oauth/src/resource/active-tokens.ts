import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { introspectedToken, type IntrospectedToken } from '../introspection/introspected-token.ts';
import type { PresentedTokens } from '../introspection/presented-tokens.ts';
import type { UnknownTokens } from '../token/unknown-tokens.ts';
import { certificateThumbprint } from '../transport/client-certificate.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { inactiveToken, type Challenge } from './denial.ts';
import type { Possession } from './possession.ts';
import type { PresentedAccessToken } from './presented-access-token.ts';

/** An access token that counts, and whose it is. */
export interface ActiveToken {
  readonly token: IntrospectedToken;
  readonly client: RegisteredClient;
}

/** Takes access tokens at the service's own endpoints, bound ones with proof of what they are bound to. RFC 6750, RFC 9449 section 7, RFC 8705 section 3. */
export class ActiveTokens {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly possession: Possession,
    private readonly unknown: UnknownTokens,
  ) {}

  /**
   * @param now seconds since 1970
   * @throws OAuthError for a token that is not active, or whose sender does not show what it is bound to
   */
  async require(
    presented: PresentedAccessToken,
    request: OAuthRequest,
    route: Route,
    challenge: Challenge,
    now: number,
  ): Promise<ActiveToken> {
    const { profile } = route;
    const found = await this.#find(presented, route, request.clientIpAddress, challenge, now);
    const shown = request.clientCertificate?.() ?? null;
    // By the address that the service has, whatever the request says of it.
    const { protocol, host } = new URL(profile.baseUrl);
    const own = { ...request, scheme: protocol === 'https:' ? 'https' : 'http', host } as const;
    const sender = { request: own, certificateThumbprint: shown === null ? null : certificateThumbprint(shown.certificate) };
    await this.possession.require(presented, found.token.cnf, sender, profile.id, challenge, now);
    return found;
  }

  async #find(
    { scheme, token: text }: PresentedAccessToken,
    route: Route,
    address: string | null,
    challenge: Challenge,
    now: number,
  ): Promise<ActiveToken> {
    const { profile } = route;
    const named = await this.tokens.named(text, profile, now);
    if (named === 'expired') throw inactiveToken(scheme, challenge);
    const looked = named === null ? null : await this.tokens.lookUp(named, profile);
    if (looked === null) await this.unknown.presented(route, null, address, named === null ? 'malformed' : 'unknown');
    const client = looked === null ? undefined : await profile.findClient(looked.found.clientId);
    if (looked === null || client === undefined) throw inactiveToken(scheme, challenge);
    // The client sees its own token, and all of it.
    const caller = { id: client.id, policy: 'any', scopes: client.scopes, client: client.client } as const;
    const token = introspectedToken(looked.found, looked.claims, caller, profile, now);
    if (token?.purpose !== 'access_token') throw inactiveToken(scheme, challenge);
    return { token, client };
  }
}
