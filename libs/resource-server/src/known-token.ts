import { decodeJwt } from 'jose';
import type { TokenClaims } from './auth.ts';
import { isCompactJws } from './jwt-access-token.ts';
import { digestOf } from './token-digest.ts';

/** A token as memory knows it. */
export interface KnownToken {
  readonly digest: string;
  /** What the service says of it. */
  readonly claims: TokenClaims;
  readonly names: TokenNames;
}

/** What a token itself says of who it is, whatever the service's answer leaves out. */
export interface TokenNames {
  /** Of the opaque token that it stands for, where it is not one itself. */
  readonly hash: string | undefined;
  readonly jti: string | undefined;
  readonly delegationId: string | undefined;
}

/** Of a token of which they do not matter. */
export const NO_NAMES: TokenNames = { hash: undefined, jti: undefined, delegationId: undefined };

/** Nothing of it is verified here: what is remembered under these names is what the service has said of the very token. */
export function namesIn(token: string): TokenNames {
  if (!isCompactJws(token)) return NO_NAMES;
  try {
    const { ref, jti, delegationId } = decodeJwt(token);
    return {
      hash: typeof ref === 'string' ? digestOf(ref) : undefined,
      jti: typeof jti === 'string' ? jti : undefined,
      delegationId: typeof delegationId === 'string' ? delegationId : undefined,
    };
  } catch {
    // An opaque token may have the form of a JWT.
    return NO_NAMES;
  }
}
