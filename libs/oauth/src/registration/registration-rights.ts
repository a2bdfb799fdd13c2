import type { RegisteredClient } from '../client/registered-client.ts';
import type { RegistrationSettings, RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { InitialAccessToken, DynamicClientStore } from '../registration-stores.ts';
import type { ActiveTokens } from '../resource/active-tokens.ts';
import { denial, inactiveToken, type Challenge } from '../resource/denial.ts';
import { presentedAccessToken } from '../resource/presented-access-token.ts';
import { oneTimeTokenHash } from '../token/one-time-token.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import { invalidMetadata } from './metadata-members.ts';
import type { SoftwareStatement } from './software-statements.ts';

/** By what right a client is registered, and what comes of it. */
export interface RegistrationRight {
  /** As it is kept, and shown to administrators and procedures. */
  readonly by: string;
  /** The token of an administrator, which is used up. */
  readonly token: InitialAccessToken | null;
  /** The client whose access token it was. */
  readonly client: RegisteredClient | null;
  readonly template: string;
  readonly statement: SoftwareStatement | null;
}

/** A token that gives the right; null for the template that the statement or the endpoint names. */
type ShownToken = Pick<RegistrationRight, 'by' | 'token' | 'client'> & { readonly template: string | null };

/** Decides who may register. RFC 7591 section 3. */
export class RegistrationRights {
  constructor(
    private readonly store: Pick<DynamicClientStore, 'findToken'>,
    private readonly tokens: ActiveTokens,
  ) {}

  /**
   * What is shown decides: a token that is not good is refused, also where nobody needs one.
   *
   * @param verify finds out what the software statement says: asked last, since it may have to fetch keys
   * @throws OAuthError
   */
  async of(
    request: OAuthRequest,
    settings: RegistrationSettings,
    verify: () => Promise<SoftwareStatement | null>,
    route: Route,
    now: number,
  ): Promise<RegistrationRight> {
    const token = await this.#shown(request, settings, route, now);
    const statement = await verify();
    if (settings.softwareStatementRequired && statement === null)
      throw invalidMetadata('software_statement is missing: clients are registered here by one alone.');
    const template = token?.template ?? statement?.issuer.template ?? settings.template;
    if (token !== null) return { ...token, template, statement };
    if (statement !== null && settings.access.includes('software-statement'))
      return { by: `software-statement ${statement.issuer.issuer}`, token: null, client: null, template, statement };
    if (!settings.access.includes('anyone')) throw initialAccessTokenWanted(challengeOf(route.profile.issuer), true);
    return { by: 'anyone', token: null, client: null, template, statement };
  }

  async #shown(request: OAuthRequest, settings: RegistrationSettings, route: Route, now: number): Promise<ShownToken | null> {
    const { access } = settings;
    const { profile, endpoint } = route;
    const challenge = challengeOf(profile.issuer);
    const presented = presentedAccessToken(request);
    if (presented === 'malformed') throw denial('invalid_request', 'The Authorization header is malformed.', 'Bearer', challenge);
    if (presented === null) {
      if (access.includes('software-statement') || access.includes('anyone')) return null;
      throw initialAccessTokenWanted(challenge, false);
    }
    const hash = oneTimeTokenHash('initial_access_token', presented.token);
    if (hash !== null) {
      const token = access.includes('initial-access-token') ? await this.store.findToken(profile.id, hash) : null;
      if (token?.endpoint !== endpoint.id || token.expiresAt <= now || token.uses >= token.maximumUses)
        throw denial('invalid_token', 'The initial access token is not good here, has been used, or has expired.', 'Bearer', challenge);
      if (token.template !== null && token.template !== settings.template && !settings.templates.includes(token.template))
        throw denial('invalid_token', 'The initial access token is for a template that this endpoint has not.', 'Bearer', challenge);
      return { by: `initial-access-token ${token.id}`, token, client: null, template: token.template };
    }
    if (!access.includes('access-token') || settings.accessTokenScope === null) throw inactiveToken(presented.scheme, challenge);
    const { token, client } = await this.tokens.require(presented, request, route, challenge, now);
    if (!token.scopes.has(settings.accessTokenScope))
      throw denial('insufficient_scope', 'The access token lacks a scope.', presented.scheme, challenge, [settings.accessTokenScope]);
    return { by: `access-token ${client.id}`, token: null, client, template: null };
  }
}

export function challengeOf(issuer: string): Challenge {
  return { realm: issuer, resourceMetadata: null };
}

/** @throws OAuthError where the template has been removed under the endpoint */
export function requiredTemplate({ profile, endpoint }: Route, id: string): RegistrationTemplate {
  const template = profile.template(id);
  if (template === undefined) throw new Error(`endpoint ${endpoint.id} names the registration template ${id}, which its profile has not`);
  return template;
}

function initialAccessTokenWanted({ realm }: Challenge, orStatement: boolean): OAuthError {
  const what = orStatement ? 'An initial access token or a software_statement is required.' : 'An initial access token is required.';
  return new OAuthError('invalid_token', what, { status: 401, challenge: `Bearer realm="${realm}"` });
}
