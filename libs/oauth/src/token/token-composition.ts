import type { TokenIssuer } from '../configuration/entities.ts';
import { CeilingError, composeTokenData, type Ceilings, type TokenData } from '../issuance/claims.ts';
import type { NewToken, TokenPurpose } from '../stores.ts';
import type { RedeemedGrant, TokenRequest } from './grant-type.ts';
import type { Confirmation } from './sender-binding.ts';
import { endOfPeriod, mintOpaqueToken, type MintedToken } from './opaque-token.ts';

/** Names the one issuer of refresh tokens in contexts and effects. */
export const REFRESH_TOKEN_ISSUER = 'refresh-token';

/** How far the tokens of one run may go, and their rows. */
export class TokenComposition {
  /** Seconds since 1970. */
  readonly delegationEnd: number;
  readonly #latestExpiry: Readonly<Record<TokenPurpose, number>>;
  readonly #expirySource: Readonly<Record<TokenPurpose, string>>;

  constructor(
    private readonly token: TokenRequest,
    private readonly grant: RedeemedGrant,
  ) {
    const { route, now, client } = token;
    const { delegation } = grant;
    const maximum = now + route.profile.profile.defaults.maximumTokenLifetime;
    this.delegationEnd = delegation?.expiresAt ?? now + client.delegationLifetime;
    // A delegation that a run makes lives as long as its tokens; only where they can be refreshed has it an end of its own.
    const bounds: readonly (readonly [end: number, source: string])[] = [
      [maximum, "the profile's maximumTokenLifetime"],
      ...(delegation !== null || grant.refreshScopes !== null ? [[this.delegationEnd, 'the delegation'] as const] : []),
      ...(grant.exchanged === undefined ? [] : [[grant.exchanged.expiresAt, 'the subject token'] as const]),
    ];
    const [end, source] = bounds.reduce((nearest, bound) => (bound[0] < nearest[0] ? bound : nearest));
    this.#latestExpiry = { access_token: end, refresh_token: this.delegationEnd };
    this.#expirySource = { access_token: source, refresh_token: 'the delegation' };
  }

  mint(purpose: TokenPurpose): MintedToken {
    return mintOpaqueToken(purpose, this.#latestExpiry[purpose]);
  }

  /** @throws CeilingError when the profile has none that is enabled */
  issuer(id: string): TokenIssuer {
    const issuer = this.token.route.profile.tokenIssuer(id);
    if (issuer?.enabled !== true) throw new CeilingError(`the profile has no enabled token issuer "${id}"`);
    return issuer;
  }

  /**
   * The data of an access token.
   * @throws CeilingError
   */
  accessToken(issuer: TokenIssuer, delegationId: string, data: string): TokenData {
    const { now, client } = this.token;
    const { exchanged } = this.grant;
    return this.#compose('access_token', delegationId, data, now + (issuer.lifetime ?? client.accessTokenLifetime), {
      scopes: new Set(this.grant.scopes),
      // A token outlives its shorter-lived scopes: introspection takes them out. A JWT cannot lose them later.
      // A new token would give a scope that came with another one a new life.
      scopeExpiry: (scope) => exchanged?.scopeExpiry(scope) ?? (issuer.kind === 'jwt' ? this.#scopeExpiry(scope) : undefined),
      audiences: this.token.route.profile.profile.allowedAudiences,
      clientAudiences: exchanged?.audiences ?? null,
      subject: issuer.allowSubjectChange ? null : this.grant.subject,
    });
  }

  /**
   * The data of a refresh token.
   * @throws CeilingError
   */
  refreshToken(delegationId: string, data: string): TokenData {
    const { now, client } = this.token;
    if (this.grant.refreshScopes === null) throw new CeilingError('the flow issues no refresh tokens');
    return this.#compose('refresh_token', delegationId, data, now + client.refreshTokens.lifetime, {
      scopes: new Set(this.grant.refreshScopes),
      scopeExpiry: () => undefined,
      audiences: null,
      clientAudiences: null,
      subject: this.grant.subject,
    });
  }

  row(purpose: TokenPurpose, form: NewToken['form'], delegationId: string, minted: MintedToken, data: TokenData): NewToken {
    const { route, client, now } = this.token;
    return {
      key: minted.key,
      profile: route.profile.id,
      purpose,
      form,
      clientId: client.id,
      subject: data.sub,
      delegationId,
      data: JSON.stringify(data),
      issuedAt: now,
      expiresAt: data.exp,
    };
  }

  #compose(
    purpose: TokenPurpose,
    delegationId: string,
    data: string,
    exp: number,
    ceilings: Omit<Ceilings, 'latestExpiry' | 'expirySource'>,
  ): TokenData {
    const { route, now } = this.token;
    const latest = this.#latestExpiry[purpose];
    const { cnf, act } = this.grant.exchanged ?? {};
    return composeTokenData(
      data,
      { ...ceilings, latestExpiry: Math.min(latest, endOfPeriod(Math.floor(latest / 86_400))), expirySource: this.#expirySource[purpose] },
      { iss: route.profile.issuer, purpose, delegationId, cnf, act, ...this.#confirmation(purpose) },
      { iat: now, nbf: now, exp: Math.min(exp, latest) },
    );
  }

  /** A refresh token is bound where nothing else tells whose it is. RFC 9449 section 5. */
  #confirmation(purpose: TokenPurpose): { readonly cnf?: Confirmation } {
    const { confirmation, client } = this.token;
    if (confirmation === null || (purpose === 'refresh_token' && !client.methods.has('none'))) return {};
    return { cnf: confirmation };
  }

  #scopeExpiry(scope: string): number | undefined {
    const { scopes } = this.token.route.profile.profile;
    const lifetime = Object.hasOwn(scopes, scope) ? scopes[scope]?.lifetime : undefined;
    return lifetime === undefined ? undefined : this.token.now + lifetime;
  }
}
