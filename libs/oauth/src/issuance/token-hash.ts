import { hash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';

/** Whether an id token of ours says by a hash which text has come with it. OpenID Connect Core sections 3.2.2.9 and 3.3.2.10. */
export function bindsText(idToken: string, claim: 'at_hash' | 'c_hash', text: string): boolean {
  return decodeJwt(idToken)[claim] === leftHalf(decodeProtectedHeader(idToken).alg ?? '', text);
}

/** The left half of the hash that belongs to a signature algorithm, in base64url. OpenID Connect Core section 3.1.3.6. */
export function leftHalf(algorithm: string, text: string): string {
  const bits = algorithm === 'EdDSA' ? '512' : algorithm.slice(-3);
  const digest = hash(`sha${bits}`, text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
