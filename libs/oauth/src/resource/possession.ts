import { DpopError, verifyDpopProof } from '#libs/dpop';
import type { OAuthRequest } from '../transport/exchange.ts';
import { denial, type Challenge } from './denial.ts';
import type { PresentedAccessToken } from './presented-access-token.ts';
import type { UsedProofs } from './used-proofs.ts';

/** What the request that a token came with shows of its sender. */
export interface Sender {
  /** The request as the client made it: the proof names its method and URL. */
  readonly request: Pick<OAuthRequest, 'method' | 'scheme' | 'host' | 'path' | 'headers'>;
  /** Of the certificate that the client showed, as in `x5t#S256`; null for none. */
  readonly certificateThumbprint: string | null;
}

/** Lets bound tokens pass with a proof of what they are bound to alone, and no other token for one. */
export class Possession {
  constructor(private readonly proofs: UsedProofs) {}

  /**
   * RFC 8705 section 3, RFC 9449 section 7.1.
   *
   * @param cnf of the token
   * @param now seconds since 1970
   * @throws OAuthError
   */
  async require(
    { scheme, token }: PresentedAccessToken,
    cnf: unknown,
    { request, certificateThumbprint }: Sender,
    profile: string,
    challenge: Challenge,
    now: number,
  ): Promise<void> {
    const { jkt, 'x5t#S256': certificate } = { ...(cnf as Readonly<Record<string, unknown>> | undefined) };
    // Bound to something that nobody here can tell.
    if (cnf !== undefined && jkt === undefined && certificate === undefined)
      throw denial('invalid_token', 'The access token is bound in a way that is not known here.', scheme, challenge);
    if (certificate !== undefined && certificateThumbprint !== certificate)
      throw denial('invalid_token', 'The access token is bound to another certificate.', scheme, challenge);
    if (scheme === 'Bearer' && jkt === undefined) return;
    if (scheme === 'Bearer')
      throw denial('invalid_token', 'The access token is bound to a key: send it with a DPoP proof.', 'DPoP', challenge);
    if (jkt === undefined) throw denial('invalid_token', 'The access token is not bound to a key.', scheme, challenge);
    const proof = request.headers['dpop'];
    if (typeof proof !== 'string') throw denial('invalid_dpop_proof', 'Exactly one DPoP proof is required.', scheme, challenge);
    const url = `${request.scheme}://${request.host}${request.path}`;
    try {
      const verified = await verifyDpopProof(proof, { method: request.method, url, accessToken: token, now });
      if (verified.thumbprint !== jkt) throw new DpopError('The access token is bound to another key.');
      if (!(await this.proofs.take(profile, verified, now))) throw new DpopError('The DPoP proof has been used before.');
    } catch (error) {
      if (error instanceof DpopError) throw denial('invalid_dpop_proof', error.message, scheme, challenge);
      throw error;
    }
  }
}
