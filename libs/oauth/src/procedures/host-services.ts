import type { OpenedHttpClient } from '../configuration/opened-secrets.ts';

/**
 * What went wrong with a service that a procedure called.
 * `refused`: a rule of this service or of its configuration is against it; nothing was sent.
 * `unreachable`: no connection, name, or TLS session. `timeout`: no complete answer in time. `too-large`: the answer is.
 * `busy`: too many calls wait. `broken`: the answer is not what its headers say, or the redirects do not end.
 * `invalid`: the JWT does not verify. `no-key`: there is no key for it.
 */
export type HostServiceErrorCode = 'refused' | 'unreachable' | 'timeout' | 'too-large' | 'busy' | 'broken' | 'invalid' | 'no-key';

/**
 * A service did not deliver. The message goes to the procedure and to its operator: it says what to do, and holds no
 * credentials, keys or bodies.
 */
export class HostServiceError extends Error {
  constructor(
    readonly code: HostServiceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HostServiceError';
  }
}

/** One HTTP request of a procedure, by a client of its profile. */
export interface OutgoingRequest {
  /** GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole call, in milliseconds; the client's own timeout bounds it. */
  readonly timeout: number;
  /** Which procedure asks: one caller may take but a part of what its client can carry. */
  readonly caller: string;
}

export interface OutgoingResponse {
  readonly statusCode: number;
  /** Names in lower case; values of a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text, decompressed. */
  readonly body: string;
}

/** What anybody may read, at places that clients name. */
export interface PublicDocuments {
  /**
   * Fetches a document by the rules of an HTTP client, without its credentials and certificate. Redirects are followed within the origin
   * alone: what is fetched is what the host of the URL says.
   * @throws HostServiceError
   */
  get(client: OpenedHttpClient, url: string): Promise<OutgoingResponse>;
}

/** What a procedure wants verified of a JWT. Exactly one of `keySet`, `jwksUri` and `issuer` says where the keys come from: the first that is there. */
export interface JwtVerification {
  readonly token: string;
  /** A JWK set as an object: no network is used. */
  readonly keySet?: unknown;
  readonly jwksUri?: string;
  /** Expected `iss`; without the two above also where the key set is found. RFC 8414, OpenID Connect Discovery. */
  readonly issuer?: string;
  readonly audience?: readonly string[];
  /** By default every asymmetric one that is supported. */
  readonly algorithms?: readonly string[];
  /** Seconds. */
  readonly clockTolerance?: number;
  /** Expected `typ` of the header. */
  readonly typ?: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** By which key sets may be fetched: the first that may reach the host does, without its credentials. */
  readonly clients: readonly OpenedHttpClient[];
  /** Milliseconds. */
  readonly timeout: number;
}

/** Text kept in memory for a while, apart for each owner; bounded, and not shared between nodes. */
export interface ProcedureCache {
  /** Null when it is not there, or no longer. */
  get(owner: string, key: string): string | null;
  /** @throws HostServiceError when the value alone is larger than an owner's share */
  set(owner: string, key: string, value: string, seconds: number): void;
}

/** The world outside, as procedures may reach it: the port that `libs/host-services` fits. */
export interface HostServices {
  /** @throws HostServiceError */
  request(client: OpenedHttpClient, request: OutgoingRequest): Promise<OutgoingResponse>;
  /**
   * The payload as JSON text, once everything asked for holds.
   * @throws HostServiceError
   */
  verify(verification: JwtVerification): Promise<string>;
  readonly cache: ProcedureCache;
  /** Ends what is under way. */
  close(): Promise<void>;
}
