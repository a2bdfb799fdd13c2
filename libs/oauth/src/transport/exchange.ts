import { OAuthError } from '../errors.ts';
import type { ProgramPlace } from '../procedures/execution-observer.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** An HTTP request as the endpoints see it, free of any framework. */
export interface OAuthRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text of the body, decoded as UTF-8. */
  readonly body: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly clientIpAddress: string | null;
  /** The other end of the connection, whatever headers say. */
  readonly peerAddress?: () => string | null;
  /** Of the certificate that the other end showed in the TLS handshake, as in `x5t#S256`; null for none. RFC 8705 section 3.1. */
  readonly certificateThumbprint?: () => string | null;
  /** The client's own certificate, by the handshake or as a trusted proxy tells it, never both; null for none. */
  readonly clientCertificate?: () => ClientCertificate | null;
  /** What has run for it last; the executor notes it for those who watch. */
  ran?: ProgramPlace | null;
  /** The number of that run, as the observer has given it. */
  execution?: number;
}

/** What is sent: a status, header names and values in turn, and a body of known length, of unknown length, or none. */
export interface OAuthResponse {
  readonly status: number;
  /** Names as RFCs spell them (`Content-Type`): some gateways look for them so. */
  readonly headers: readonly string[];
  /** Null for no body at all. */
  readonly body: string | null;
  /** A body that is no text, instead of `body`. */
  readonly bytes?: Uint8Array;
  /** Writes a body that goes on for as long as the connection does, once status and headers are sent; `body` is null. */
  readonly stream?: (body: OpenBody) => void;
}

/** A body that is being written. */
export interface OpenBody {
  /** False when it waits for the other end to read: `onDrain` says when it has. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  /** Called when the connection is gone, or the body at its end. */
  onClose(listener: () => void): void;
  end(): void;
  /** Drops the connection with what waits to be read. */
  cutOff(): void;
}

/** Header value, the first where there are several; undefined when absent. */
export function header(request: OAuthRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** JSON that nobody may keep. RFC 6749 section 5.1. */
export function jsonResponse(status: number, body: string, headers: readonly string[] = []): OAuthResponse {
  return { status, headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...headers], body };
}

/** The answer for an error, RFC 6749 section 5.2. */
export function errorResponse(error: OAuthError): OAuthResponse {
  const headers: string[] = [];
  if (error.challenge !== undefined) headers.push('WWW-Authenticate', error.challenge);
  if (error.retryAfter !== undefined) headers.push('Retry-After', String(error.retryAfter));
  if (error.allow !== undefined) headers.push('Allow', error.allow);
  if (error.dpopNonce !== undefined) headers.push('DPoP-Nonce', error.dpopNonce);
  return jsonResponse(error.status, error.toBody(), headers);
}

/** Lets only a form by POST through. RFC 6749 section 3.2, RFC 7662 section 2.1, RFC 7009 section 2.1. */
export function requireFormPost(request: OAuthRequest): void {
  if (request.method !== 'POST') throw new OAuthError('invalid_request', 'Use the POST method.', { status: 405, allow: 'POST' });
  const type = header(request, 'content-type');
  if (type !== undefined && /^application\/x-www-form-urlencoded[ \t]*(;|$)/i.test(type)) return;
  throw new OAuthError('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.', { status: 415 });
}
