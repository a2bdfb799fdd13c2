import { errors, jwtVerify } from 'jose';
import type { ReadyKey } from '../issuance/key-ring.ts';
import { tokenIdOfJti } from '../issuance/claims.ts';
import type { TokenKey } from '../stores.ts';
import { opaqueTokenKey, parseTokenId } from './opaque-token.ts';

/** `typ` of a JWT access token, RFC 9068 section 2.1. */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** `typ` of ours that wraps an opaque token: what verifies access tokens by `typ` takes it for none. */
export const WRAPPED_TOKEN_TYPE = 'wrapped-opaque+jwt';

/** Whose JWTs are ours: a profile's. */
export interface JwtIssuer {
  readonly issuer: string;
  readonly keys: { byId(kid: string): Pick<ReadyKey, 'algorithm' | 'publicKey'> | undefined };
}

/** What a presented JWT of our own names. */
export interface PresentedJwt {
  readonly key: TokenKey;
  /** The claims of a JWT access token, without `jti` and `client_id`; null for a wrapped opaque token, whose row has them. */
  readonly claims: Record<string, unknown> | null;
}

/** The opaque token inside of a text that may be a wrapped one: none or one. */
export function wrappedReference(presented: string): readonly string[] {
  const [, payload] = presented.split('.');
  if (payload === undefined) return [];
  const reference = /"ref":"([^"]+)"/.exec(Buffer.from(payload, 'base64url').toString())?.[1];
  return reference === undefined ? [] : [reference];
}

/**
 * Verifies a JWT that this profile signed and names its row; `expired` for one that was ours, null for anything else.
 * Whether the row has ended is left to the caller, who also knows it.
 */
export async function presentedJwt(profile: JwtIssuer, text: string, now: number): Promise<PresentedJwt | 'expired' | null> {
  if (!/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text)) return null;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      text,
      (header) => {
        const key = profile.keys.byId(header.kid ?? '');
        if (key?.algorithm !== header.alg) throw new Error('not a key of this profile');
        return key.publicKey;
      },
      { issuer: profile.issuer, currentDate: new Date(now * 1000), clockTolerance: 5, algorithms: ['ES256', 'RS256', 'EdDSA'] },
    );
    const { jti, client_id: _clientId, ...claims } = payload;
    if (protectedHeader.typ === WRAPPED_TOKEN_TYPE) {
      const key = typeof payload['ref'] === 'string' ? opaqueTokenKey(payload['ref']) : null;
      return key === null ? null : { key, claims: null };
    }
    if (protectedHeader.typ !== ACCESS_TOKEN_TYPE || jti === undefined) return null;
    const key = parseTokenId(tokenIdOfJti(jti));
    return key === null ? null : { key, claims };
  } catch (error) {
    // Its signature was right.
    if (error instanceof errors.JWTExpired) return 'expired';
    // Whatever is wrong with it, it is no token of ours: the answer is the same as for an unknown one.
    return null;
  }
}
