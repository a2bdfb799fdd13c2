import type { Counted } from './counts/service-counts.ts';

/**
 * The error codes that OAuth endpoints send.
 * RFC 6749 sections 4.1.2.1 and 5.2, RFC 7009 section 2.2.1, RFC 8628 section 3.5, RFC 8693 section 2.2.2, RFC 8707 section 2.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'access_denied'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'server_error'
  | 'temporarily_unavailable';

/** How an error leaves the service, beyond its code. */
export interface OAuthErrorOptions {
  /** HTTP status; by default what RFC 6749 section 5.2 gives the code. */
  readonly status?: number;
  /** Value of `WWW-Authenticate`, RFC 9110 section 11.6.1. */
  readonly challenge?: string;
  /** Seconds for `Retry-After`. */
  readonly retryAfter?: number;
  /** Methods for `Allow`, with status 405. */
  readonly allow?: string;
  /** Value of `DPoP-Nonce`. RFC 9449 section 8. */
  readonly dpopNonce?: string;
  /** What metrics count it as: never for the answer. */
  readonly counted?: Counted;
  /** What went wrong inside: for logs, never for the answer. */
  readonly cause?: unknown;
}

/**
 * The caller did wrong, or the service cannot serve: everything in it but `cause` and `counted` is fit for the answer.
 * The description is a fixed phrase without secrets that does not tell an unknown client from a wrong secret.
 */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode | (string & {});
  readonly status: number;
  readonly challenge: string | undefined;
  readonly retryAfter: number | undefined;
  readonly allow: string | undefined;
  readonly dpopNonce: string | undefined;
  /** What metrics count it as. Where an error goes through several hands, the last that knows says it. */
  counted: Counted | undefined;

  constructor(code: OAuthErrorCode | (string & {}), description: string, options: OAuthErrorOptions = {}) {
    super(description, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OAuthError';
    this.code = code;
    this.status = options.status ?? statusOf(code);
    this.challenge = options.challenge;
    this.retryAfter = options.retryAfter;
    this.allow = options.allow;
    this.dpopNonce = options.dpopNonce;
    this.counted = options.counted;
  }

  /** The JSON body, RFC 6749 section 5.2. */
  toBody(): string {
    return JSON.stringify({ error: this.code, error_description: this.message });
  }
}

function statusOf(code: string): number {
  switch (code) {
    case 'invalid_client':
      return 401;
    case 'server_error':
      return 500;
    case 'temporarily_unavailable':
      return 503;
    default:
      return 400;
  }
}

/** The one answer for every fault of a procedure or of the service; the operator's log has the rest. */
export function serverError(cause?: unknown): OAuthError {
  return new OAuthError('server_error', 'The server could not complete the request.', { cause });
}
