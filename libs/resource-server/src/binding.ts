import type { BlockList } from 'node:net';
import { DpopError, SeenProofs, verifyDpopProof } from '#libs/dpop';
import type { TokenClaims } from './auth.ts';
import { certificateThumbprint } from './client-certificate.ts';
import { InvalidToken } from './invalid-token.ts';
import type { PresentedToken } from './presented-token.ts';
import { ServiceError } from './service-error.ts';
import { headerOf, type TokenRequest } from './token-request.ts';

/** The proof that came with a token does not hold. The message is fit for `error_description`. */
export class InvalidProof extends Error {
  override readonly name = 'InvalidProof';
}

export interface BindingSettings {
  /** The URL of a request as its client sees it; null when DPoP is not understood here. */
  readonly publicUrl: ((request: TokenRequest) => string) | null;
  readonly proxies: BlockList | null;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** What tokens are bound to (`cnf`, RFC 7800): a key that proofs show, RFC 9449, or a certificate, RFC 8705. */
export class Binding {
  readonly #seen = new SeenProofs();

  constructor(private readonly settings: BindingSettings) {}

  /**
   * Sees to it that a token comes with what it is bound to, and a proof with a token that is bound to it.
   * @throws InvalidToken, InvalidProof
   */
  async check(request: TokenRequest, { scheme, token }: PresentedToken, { cnf, token_type: type }: TokenClaims): Promise<void> {
    const { jkt, 'x5t#S256': x5t, ...others } = confirmation(cnf);
    const unknown = Object.keys(others);
    // Who does not understand a binding must not take the token for one without. RFC 7800 section 3.1.
    if (unknown.length > 0) throw new InvalidToken(`the token is bound by ${unknown.join(', ')}, which is not understood`);
    if (x5t !== undefined && x5t !== certificateThumbprint(request, this.settings.proxies))
      throw new InvalidToken('the token is bound to another certificate than the one shown, or none was shown');
    // Bound to a key, of which the service says nothing: whose it is cannot be checked.
    if (jkt === undefined && typeof type === 'string' && /^dpop$/i.test(type))
      throw new InvalidToken('the service says that the token is bound to a key, and not to which');
    if (jkt === undefined && scheme === 'DPoP') throw new InvalidToken('the token came with the scheme DPoP, and is bound to no key');
    if (jkt !== undefined && scheme !== 'DPoP') throw new InvalidToken('the token is bound to a key, and came without the scheme DPoP');
    if (jkt !== undefined) await this.#checkProof(request, token, jkt);
  }

  async #checkProof(request: TokenRequest, token: string, jkt: string): Promise<void> {
    const { publicUrl, clock } = this.settings;
    if (publicUrl === null) throw new InvalidToken('the token needs a DPoP proof: set "publicUrl" to accept such tokens');
    const proof = headerOf(request, 'dpop');
    if (typeof proof !== 'string') throw new InvalidProof('Send one DPoP proof.');
    const now = Math.floor(clock() / 1000);
    const { jti, thumbprint } = await proven(proof, { method: request.method, url: publicUrl(request), accessToken: token, now });
    if (thumbprint !== jkt) throw new InvalidToken('the token is bound to another key than that of the DPoP proof');
    if (!this.#take(thumbprint, jti, now)) throw new InvalidProof('The DPoP proof has been used before.');
  }

  #take(thumbprint: string, jti: string, now: number): boolean {
    try {
      return this.#seen.take(thumbprint, jti, now);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new ServiceError(cause.message, { cause });
    }
  }
}

async function proven(...[proof, expectation]: Parameters<typeof verifyDpopProof>): ReturnType<typeof verifyDpopProof> {
  try {
    return await verifyDpopProof(proof, expectation);
  } catch (cause) {
    if (cause instanceof DpopError) throw new InvalidProof(cause.message, { cause });
    throw cause;
  }
}

/** @throws InvalidToken for a `cnf` that says nothing that can be met: it was meant to */
function confirmation(cnf: unknown): Partial<Record<string, string>> {
  if (cnf === undefined) return {};
  const values = typeof cnf === 'object' && cnf !== null && !Array.isArray(cnf) ? Object.values(cnf) : [];
  if (values.length === 0 || !values.every((value) => typeof value === 'string'))
    throw new InvalidToken('the "cnf" of the token is no confirmation');
  return cnf as Record<string, string>;
}
