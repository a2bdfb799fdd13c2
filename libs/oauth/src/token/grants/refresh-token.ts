import { OAuthError } from '../../errors.ts';
import { authenticationClaims } from '../../people/authentication-context.ts';
import type { DelegationView } from '../../procedures/host-calls.ts';
import type { AuditStore, ClaimOutcome, FoundToken, GrantStore, TokenStore } from '../../stores.ts';
import { parameter, parameters } from '../../transport/form.ts';
import { claim } from '../claiming.ts';
import { accessTokenDefaults, refreshTokenDefaults } from '../default-data.ts';
import type { GrantType, RedeemedGrant, RepeatedAnswer, RotatedToken, StandingDelegation, TokenRequest } from '../grant-type.ts';
import { openAnswer } from '../kept-answer.ts';
import { opaqueTokenKey } from '../opaque-token.ts';
import { grantedTarget } from '../resource-target.ts';
import { endReused } from '../reused-grant.ts';
import { isSameSender, type Confirmation } from '../sender-binding.ts';
import { narrowedScopes } from '../scope.ts';

/** Kind of the stored grant that a refresh token is. */
export const REFRESH_TOKEN_GRANT = 'refresh_token';

/** New tokens for a client without its person. RFC 6749 section 6; rotation and reuse: RFC 9700 section 4.14.2. */
export class RefreshToken implements GrantType {
  readonly id = REFRESH_TOKEN_GRANT;
  readonly flow = 'oauth-token-refresh';
  readonly capability = 'refresh-token';

  constructor(
    private readonly tokens: Pick<TokenStore, 'find' | 'revokeDelegation'>,
    private readonly grants: GrantStore,
    private readonly audit: AuditStore,
  ) {}

  async redeem(request: TokenRequest): Promise<RedeemedGrant | RepeatedAnswer> {
    const { form, client, now } = request;
    const value = parameter(form, 'refresh_token');
    if (value === undefined) throw new OAuthError('invalid_request', 'The refresh_token parameter is missing.');
    const found = await this.#find(value, request);
    const { delegation } = found;
    if (delegation?.status !== 'active' || delegation.expiresAt <= now || found.expiresAt <= now) throw invalid();
    const data = JSON.parse(found.data) as Record<string, unknown> & { readonly cnf?: Confirmation };
    if (data.cnf !== undefined && !isSameSender(data.cnf, request.confirmation)) throw invalid();
    const grant = refreshed(request, {
      delegation: { id: found.delegationId, view: delegation.view, expiresAt: delegation.expiresAt },
      scopes: narrowedScopes(parameter(form, 'scope'), delegation.view, client),
      data,
      token: { key: found.key, value },
    });
    if (!client.refreshTokens.rotation && found.revokedAt === null) return grant;

    const outcome = await claim(this.grants, request.route.profile.id, found.key.hash);
    if (outcome.outcome === 'used') return this.#again(outcome, value, found, request);
    if (outcome.outcome !== 'claimed') throw invalid();
    if (found.revokedAt !== null) {
      // Not used, and yet it has ended: somebody has revoked it.
      await this.grants.end(outcome.claim);
      throw invalid();
    }
    return { ...grant, claim: outcome.claim };
  }

  /** @throws OAuthError `invalid_grant` for what is no refresh token of this client */
  async #find(value: string, { route, client }: TokenRequest): Promise<FoundToken> {
    const key = opaqueTokenKey(value);
    const [found = null] = key === null ? [] : await this.tokens.find([key]);
    if (found?.profile !== route.profile.id || found.purpose !== 'refresh_token' || found.clientId !== client.id) throw invalid();
    return found;
  }

  /** A client that has lost the answer gets it once more; after that, whoever presents a used token has it from somewhere else. */
  async #again(
    { reply }: Extract<ClaimOutcome, { outcome: 'used' }>,
    value: string,
    found: FoundToken,
    { now }: TokenRequest,
  ): Promise<RepeatedAnswer> {
    if (reply !== null) return { answer: openAnswer(reply, value) };
    await endReused(this.tokens, this.audit, 'refresh-token.reused', found, now);
    throw invalid();
  }
}

/** A refresh token that may be redeemed. */
interface Refreshing {
  readonly delegation: StandingDelegation;
  /** Of the new access token. */
  readonly scopes: readonly string[];
  /** Data of the refresh token. */
  readonly data: Record<string, unknown>;
  readonly token: RotatedToken;
}

/** What redeeming a refresh token gives, before it is claimed. */
export function refreshed(request: TokenRequest, { delegation, scopes, data, token }: Refreshing): RedeemedGrant {
  const { rotation } = request.client.refreshTokens;
  const { client, form, route } = request;
  const view = JSON.parse(delegation.view) as DelegationView;
  const target = grantedTarget(parameters(form, 'resource'), view.resources ?? [], scopes, client, route.profile);
  const { subjectAttributes = { subject: view.owner }, contextAttributes = {} } = (view.authenticationAttributes ?? {}) as {
    readonly subjectAttributes?: Record<string, unknown>;
    readonly contextAttributes?: Record<string, unknown>;
  };
  return {
    subject: view.owner,
    scopes,
    delegation,
    target,
    // A narrower access token does not narrow what comes after it. RFC 6749 section 6.
    refreshScopes: narrowedScopes(undefined, delegation.view, client),
    idToken: null,
    code: null,
    presented: { presentedToken: { active: true, type: 'bearer', value: rotation ? null : token.value, expiredScopes: [], data } },
    defaults: {
      delegation: null,
      accessToken: {
        ...accessTokenDefaults(request, view.owner, (target?.scopes ?? scopes).join(' '), delegation.expiresAt, target),
        // A refresh is no login. RFC 9470 section 6.
        ...authenticationClaims(contextAttributes),
      },
      refreshToken: refreshTokenDefaults(
        request,
        view.owner,
        narrowedScopes(undefined, delegation.view, client).join(' '),
        delegation.expiresAt,
      ),
      response: {},
    },
    subjectAttributes,
    contextAttributes,
    claim: null,
    rotated: rotation ? token : null,
  };
}

/** One answer for all: which of them it is, is nobody's business. */
function invalid(): OAuthError {
  return new OAuthError('invalid_grant', 'The refresh token is invalid, expired or revoked.');
}
