import { createHash } from 'node:crypto';
import type { PolledAuthorization } from '../polled-authorization-store.ts';

/** Kind of the stored grant that an approved request is. */
export const BACKCHANNEL_AUTHENTICATION = 'backchannel_authentication';

/** What a person is asked: kept while the client polls, and never seen by anybody but the service. */
export interface RequestedAuthentication {
  /** Names the request to the person and to who tells the decision. Knowing it opens nothing. */
  readonly id: string;
  /** The account. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** RFC 8707. */
  readonly resources: readonly string[];
  readonly bindingMessage: string | null;
  readonly acrValues: readonly string[];
  /** Seconds since the person last signed in, for an approval on our pages to count; null for any. */
  readonly signInWithin: number | null;
}

/** How the person was authenticated who said yes. */
export interface DecidedAuthentication {
  /** Seconds since 1970. */
  readonly authenticatedAt: number;
  /** Null where nobody says. OpenID Connect Core section 2. */
  readonly acr: string | null;
  readonly amr: readonly string[];
}

/** What the request gives, once it was approved. */
export interface ApprovedAuthentication extends RequestedAuthentication, DecidedAuthentication {}

/** A request that waits for its person. */
export interface PendingRequest {
  readonly profile: string;
  readonly clientId: string;
  readonly asked: RequestedAuthentication;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** What it is stored under. */
  readonly hash: Uint8Array;
}

/** Reads what was stored. */
export function pendingRequest({ profile, clientId, data, createdAt, expiresAt, hash }: PolledAuthorization): PendingRequest {
  return { profile, clientId, createdAt, expiresAt, hash, asked: JSON.parse(data) as RequestedAuthentication };
}

/** What a request is found by. */
export function requestIdHash(id: string): Uint8Array {
  return createHash('sha256').update(`backchannel-authentication\n${id}`).digest();
}
