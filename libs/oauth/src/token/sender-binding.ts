import { createHmac, timingSafeEqual } from 'node:crypto';
import { DpopError, verifyDpopProof } from '#libs/dpop';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { Route } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import type { UsedProofs } from '../resource/used-proofs.ts';
import { certificateThumbprint } from '../transport/client-certificate.ts';
import type { OAuthRequest } from '../transport/exchange.ts';

/** What a token is bound to: `cnf`, RFC 7800. Thumbprints of a key, RFC 9449 section 6.1, or of a certificate, RFC 8705 section 3.1. */
export interface Confirmation {
  readonly jkt?: string;
  readonly 'x5t#S256'?: string;
}

/** Seconds for which a nonce is good; one that is older, but not by more than this, is good too. */
const NONCE_PERIOD = 120;

/** Finds what the tokens of a request are to be bound to. */
export class SenderBinding {
  /** @param key of nonces, the same for all nodes: 32 bytes */
  constructor(
    private readonly proofs: UsedProofs,
    private readonly key: Uint8Array,
  ) {}

  /**
   * By a DPoP proof, or by the certificate of a client that is to be bound to it; null for bearer tokens.
   *
   * @param now seconds since 1970
   * @throws OAuthError when the client is to be bound and shows nothing to bind to, or the proof does not hold
   */
  async of(request: OAuthRequest, { profile }: Route, client: RegisteredClient, now: number): Promise<Confirmation | null> {
    const { boundAccessTokens } = client.client;
    const shown = boundAccessTokens === 'certificate' ? (request.clientCertificate?.() ?? null) : null;
    if (boundAccessTokens === 'certificate' && shown === null)
      throw new OAuthError('invalid_request', 'The client has to show a certificate.');
    const certificate = shown === null ? {} : { 'x5t#S256': certificateThumbprint(shown.certificate) };
    const proof = request.headers['dpop'];
    if (proof !== undefined) return { ...certificate, jkt: await this.#key(proof, request, profile, now) };
    if (boundAccessTokens === 'dpop') throw new OAuthError('invalid_dpop_proof', 'The client has to send a DPoP proof.');
    return shown === null ? null : certificate;
  }

  async #key(proof: string | readonly string[], { method, path }: OAuthRequest, profile: Route['profile'], now: number): Promise<string> {
    if (typeof proof !== 'string') throw new OAuthError('invalid_dpop_proof', 'Exactly one DPoP proof is required.');
    try {
      const verified = await verifyDpopProof(proof, { method, url: profile.baseUrl + path, now });
      if (profile.profile.defaults.dpopNonces && !this.#isOurs(verified.nonce, now))
        throw new OAuthError('use_dpop_nonce', 'The DPoP proof needs the nonce of the DPoP-Nonce header.', { dpopNonce: this.#nonce(now) });
      if (!(await this.proofs.take(profile.id, verified, now))) throw new DpopError('The DPoP proof has been used before.');
      return verified.thumbprint;
    } catch (error) {
      if (error instanceof DpopError) throw new OAuthError('invalid_dpop_proof', error.message);
      throw error;
    }
  }

  /** A nonce tells when it was made, and nothing has to be remembered. RFC 9449 section 8. */
  #nonce(now: number): string {
    return this.#nonceOf(Math.floor(now / NONCE_PERIOD));
  }

  #isOurs(nonce: string | undefined, now: number): boolean {
    if (nonce === undefined) return false;
    const period = Math.floor(now / NONCE_PERIOD);
    const given = Buffer.from(nonce);
    return [period, period - 1].some((each) => {
      const ours = Buffer.from(this.#nonceOf(each));
      return ours.length === given.length && timingSafeEqual(ours, given);
    });
  }

  #nonceOf(period: number): string {
    return createHmac('sha256', this.key).update(`dpop nonce ${period}`).digest('base64url');
  }
}

/** Whether a request shows what a grant is bound to. */
export function isSameSender(bound: Confirmation, shown: Confirmation | null): boolean {
  if (Object.keys(bound).some((name) => name !== 'jkt' && name !== 'x5t#S256')) return false;
  return bound.jkt === shown?.jkt && bound['x5t#S256'] === shown?.['x5t#S256'];
}

/** Keys that a request has proved, as texts to be told apart by: the one to bind to comes first. */
export function provenKeys(shown: Confirmation | null): readonly string[] {
  const { jkt, 'x5t#S256': certificate } = shown ?? {};
  return [...(jkt === undefined ? [] : [`jkt:${jkt}`]), ...(certificate === undefined ? [] : [`x5t#S256:${certificate}`])];
}

/** The answer with the type that tokens bound to a key have. RFC 9449 section 5. */
export function withTokenType(body: string, confirmation: Confirmation | null): string {
  if (confirmation?.jkt === undefined) return body;
  const answer = JSON.parse(body) as Record<string, unknown>;
  return typeof answer['token_type'] === 'string' ? JSON.stringify({ ...answer, token_type: 'DPoP' }) : body;
}
