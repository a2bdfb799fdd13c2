import type { OpenedHttpClient } from '../../configuration/opened-secrets.ts';
import type { UpstreamProvider } from '../../configuration/upstream-settings.ts';

/** An upstream provider of a profile, made ready. Never log it. */
export interface OpenedUpstream {
  readonly profile: string;
  readonly name: string;
  /** The same object for as long as the configuration has it. */
  readonly settings: UpstreamProvider;
  /** The client secret, or the private key as the text of a JWK; null where there is none. */
  readonly secret: string | null;
  /** By which the provider may be reached: the first that may go to its issuer, without its credentials. */
  readonly httpClients: readonly OpenedHttpClient[];
}

/** What both ends of a sign-in must know; the verifier and the nonce are of one browser and one attempt. */
export interface UpstreamAttempt {
  /** Of one provider alone, so that no other's answer is taken for its own. RFC 9700 section 4.4.2.2. */
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 section 4.1. */
  readonly codeVerifier: string;
}

/** What the provider is asked. OpenID Connect Core section 3.1.2.1. */
export interface UpstreamRequest extends UpstreamAttempt {
  readonly prompt: string | null;
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
  readonly loginHint: string | null;
  readonly uiLocales: string | null;
}

type Claims = Readonly<Record<string, unknown>>;

/** What a provider says of who has signed in there. */
export interface UpstreamClaims {
  /** Signed by it, and verified. */
  readonly idToken: Claims;
  /** Of its UserInfo endpoint, of the same subject; empty where that was not asked. */
  readonly userInfo: Claims;
}

/**
 * Why nobody has signed in by a provider. `unavailable`: it cannot be reached, or does not answer in time or in sense. `denied`: it says
 * that the person did not sign in. `invalid`: what it answers does not verify, or it does not take us for a client.
 */
export type UpstreamFailure = 'unavailable' | 'denied' | 'invalid';

/** The message is for the operator: what is wrong and where, without codes, tokens, secrets, and what people or providers wrote. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly failure: UpstreamFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Asks upstream providers: the port that `libs/host-services` fits. */
export interface UpstreamClient {
  /**
   * Where the browser is to go.
   *
   * @throws UpstreamError
   */
  authorizationUrl(upstream: OpenedUpstream, request: UpstreamRequest): Promise<string>;
  /**
   * Who has signed in, by the answer that the browser has brought: redeems the code and verifies the id token, its signature, issuer,
   * audience, times and nonce. OpenID Connect Core sections 3.1.2.7 and 3.1.3.7, RFC 9207 section 2.4.
   *
   * @param parameters of the answer, as a query
   * @throws UpstreamError
   */
  claims(upstream: OpenedUpstream, attempt: UpstreamAttempt, parameters: string): Promise<UpstreamClaims>;
}
