import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, errors, jwtVerify, type JWK } from 'jose';

/** Signature algorithms of proofs: asymmetric ones only. RFC 9449 section 4.3, step 5. */
export const DPOP_ALGORITHMS: readonly string[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256'];

/** Seconds after which a proof is too old, and by which the sender's clock may be ahead. */
const MOST_AGE = 60;
const CLOCK_TOLERANCE = 5;
const MOST_CHARACTERS = 8192;
const MOST_JTI = 256;

/** What the request says that a proof comes with. */
export interface DpopExpectation {
  readonly method: string;
  /** As the client sees it; query and fragment do not count. */
  readonly url: string;
  /** The access token it is sent with; none at the token endpoint. */
  readonly accessToken?: string;
  /** Seconds since 1970. */
  readonly now: number;
}

/** A proof that holds for its request. */
export interface DpopProof {
  /** The proof's id: not to be taken twice while the proof is young enough. */
  readonly jti: string;
  /** From this time on the proof is too old for any request. Seconds since 1970. */
  readonly until: number;
  /** SHA-256 thumbprint of the key, as in `cnf.jkt`. RFC 7638. */
  readonly thumbprint: string;
  /** A nonce that the server had given, if there is one: it is for the caller to check. */
  readonly nonce: string | undefined;
}

/** The proof does not hold. The message is fit for `error_description`. */
export class DpopError extends Error {
  override readonly name = 'DpopError';
}

/**
 * Verifies a DPoP proof but for what needs memory or a token: whether its `jti` is new (see `SeenProofs`), and whether its key is
 * the one that the access token is bound to. RFC 9449 section 4.3.
 *
 * @throws DpopError
 */
export async function verifyDpopProof(proof: string, { method, url, accessToken, now }: DpopExpectation): Promise<DpopProof> {
  if (proof.length > MOST_CHARACTERS) throw new DpopError('The DPoP proof is too long.');
  const { payload, key } = await verified(proof, now);
  const { jti, iat, htm, htu, ath, nonce } = payload;
  if (typeof jti !== 'string' || jti === '' || jti.length > MOST_JTI) throw new DpopError('The DPoP proof needs a jti.');
  if (typeof iat !== 'number' || iat > now + CLOCK_TOLERANCE) throw new DpopError('The DPoP proof is not valid yet.');
  if (iat <= now - MOST_AGE) throw new DpopError('The DPoP proof is too old.');
  if (htm !== method) throw new DpopError('The DPoP proof is for another method.');
  const wanted = target(url);
  if (typeof htu !== 'string' || wanted === null || target(htu) !== wanted) throw new DpopError('The DPoP proof is for another URI.');
  if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url'))
    throw new DpopError('The DPoP proof is for another access token.');
  if (nonce !== undefined && typeof nonce !== 'string') throw new DpopError('The nonce of the DPoP proof must be a string.');
  return { jti, until: iat + MOST_AGE, thumbprint: await calculateJwkThumbprint(key), nonce };
}

async function verified(proof: string, now: number): Promise<{ readonly payload: Readonly<Record<string, unknown>>; readonly key: JWK }> {
  try {
    const { jwk } = decodeProtectedHeader(proof);
    const { payload } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: [...DPOP_ALGORITHMS],
      currentDate: new Date(now * 1000),
      clockTolerance: CLOCK_TOLERANCE,
    });
    if (jwk === undefined) throw new DpopError('The DPoP proof needs a jwk in its header.');
    return { payload, key: jwk };
  } catch (error) {
    if (error instanceof DpopError) throw error;
    if (error instanceof errors.JWTExpired) throw new DpopError('The DPoP proof is too old.');
    throw new DpopError('The DPoP proof is malformed or its signature is wrong.');
  }
}

/** Scheme, host, port and path in one spelling, RFC 3986 section 6.2; null for what is no absolute URI. */
function target(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
