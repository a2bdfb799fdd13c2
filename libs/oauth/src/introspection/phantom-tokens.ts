import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { CeilingError, composeTokenData, jwtPayload } from '../issuance/claims.ts';
import type { ReadyKey } from '../issuance/key-ring.ts';
import type { SignatureMemo } from '../issuance/signature-memo.ts';
import { ACCESS_TOKEN_TYPE } from '../token/presented-jwt.ts';
import type { IntrospectedToken } from './introspected-token.ts';
import { LikelyTokens } from './likely-tokens.ts';

/** A phantom token with the time at which it ends, in seconds since 1970. */
export interface PhantomToken {
  readonly jwt: string;
  readonly exp: number;
}

/** Mints phantom tokens: JWT access tokens (RFC 9068) with the content of an opaque one, within its limits. */
export class PhantomTokens {
  readonly likely = new LikelyTokens();

  /** @param dryRunKey signs in place of the profile's keys */
  constructor(
    readonly signatures: SignatureMemo,
    private readonly dryRunKey: ReadyKey | null = null,
  ) {}

  /**
   * @param data JSON text of what the procedure gave to `issue`
   * @throws CeilingError
   */
  issue(
    profile: ProfileSnapshot,
    token: IntrospectedToken | null,
    issuerId: string,
    delegationId: string,
    data: string,
    now: number,
  ): PhantomToken {
    if (token === null) throw new CeilingError('no token may be issued for an inactive one');
    if (delegationId !== '' && delegationId !== token.delegationId) throw new CeilingError("the delegation is not the presented token's");
    const issuer = profile.tokenIssuer(issuerId);
    if (issuer?.kind !== 'jwt') throw new CeilingError('only JWT issuers may issue in an introspection');
    if (!issuer.enabled) throw new CeilingError(`the profile has no enabled token issuer "${issuerId}"`);
    const key = this.dryRunKey ?? profile.keys.active(issuer.algorithm ?? 'ES256');
    if (key === undefined) throw new Error(`profile ${profile.id} has no active ${issuer.algorithm ?? 'ES256'} key`);

    // What most procedures ask for: the stored data as it is, which was held to every limit when it was stored.
    if (data === token.data && isWithinLimits(token, profile) && issuer.lifetime === null)
      return {
        // A row never changes, so its id stands for what it holds. No jti begins like this.
        jwt: this.signatures.sign(`=${token.id}`, () => jwtPayload(data, token.clientId, token.id).text, ACCESS_TOKEN_TYPE, key),
        exp: token.expiresAt,
      };

    const latest = issuer.lifetime === null ? token.expiresAt : Math.min(token.expiresAt, steppedExpiry(now, issuer.lifetime));
    const composed = composeTokenData(
      data,
      {
        latestExpiry: token.expiresAt,
        expirySource: 'the presented token',
        scopes: token.scopes,
        scopeExpiry: (scope) => token.scopeExpiry(scope),
        audiences: profile.profile.allowedAudiences,
        subject: issuer.allowSubjectChange ? null : token.subject,
      },
      { iss: profile.issuer, purpose: 'access_token', delegationId: token.delegationId, cnf: token.cnf, act: token.act },
      { iat: token.iat, nbf: token.nbf, exp: token.expiresAt },
    );
    const capped = composed.exp > latest ? { ...composed, exp: latest } : composed;
    const { jti, text } = jwtPayload(JSON.stringify(capped), token.clientId, token.id);
    return { jwt: this.signatures.sign(jti, () => text, ACCESS_TOKEN_TYPE, key), exp: capped.exp };
  }
}

/** Whether the data of a token needs no second look: the limits are still those it was stored under. */
function isWithinLimits(token: IntrospectedToken, profile: ProfileSnapshot): boolean {
  return (
    token.isStored &&
    token.purpose === 'access_token' &&
    token.issuer === profile.issuer &&
    !profile.hasScopeLifetimes &&
    profile.profile.allowedAudiences === null
  );
}

/** An expiry that stands still for a tenth of the lifetime, so that one signature serves for as long. */
function steppedExpiry(now: number, lifetime: number): number {
  const step = Math.max(1, Math.floor(lifetime / 10));
  return Math.floor(now / step) * step + lifetime;
}
