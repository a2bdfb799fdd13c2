import type { MaybePromise } from './stores.ts';

/**
 * An authorization that a client asks after again and again while a person decides: a device code (RFC 8628), or an `auth_req_id` of
 * CIBA in poll mode. It is made by a commit (`Commit.polled`), decided here, and from its approval on an authorization grant of its
 * hash and kind, which is claimed, given back and redeemed as every other: see `GrantStore` and `claiming.ts`.
 *
 * How a grant type uses it:
 *
 * 1. The endpoint mints a value (`mintOneTimeToken`), and commits `{ at, effects: [], requires: [], claim: null, polled }` with
 *    its hash. CIBA leaves `userCode` null and names the `subject` who is asked; a device leaves `subject` null.
 * 2. The person's page finds it by `findByUserCode` or `pendingOf`, and calls `decide`: for an approval with the data that the
 *    token request needs, as `NewGrant.data`.
 * 3. The grant type calls `poll` by the hash, and words its outcome: `authorization_pending`, `slow_down`, `access_denied`,
 *    `expired_token`, `invalid_grant`. Only at `approved` it claims the grant, `claim(grants, profile, hash)`, and goes on as with a code.
 */
export interface NewPolledAuthorization {
  readonly profile: string;
  /** SHA-256 of what the client polls with. */
  readonly hash: Uint8Array;
  /** Of the grant that it becomes. */
  readonly kind: string;
  readonly clientId: string;
  /** Keyed hash of what the person types in; null where nothing is typed. No two of a profile have the same. */
  readonly userCode: Uint8Array | null;
  /** Who is asked; null for whoever has the user code. */
  readonly subject: string | null;
  /** The key that the client must prove to have whenever it asks, see `provenKeys`; null for none. */
  readonly boundTo: string | null;
  /** What was asked for: JSON object text. */
  readonly data: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Seconds that the client waits between two polls. */
  readonly interval: number;
}

export interface PolledAuthorization extends NewPolledAuthorization {
  readonly status: 'pending' | 'approved' | 'denied';
}

/** Who polls. */
export interface Poller {
  readonly clientId: string;
  /** Keys that the request has proved, see `provenKeys`: at most two. */
  readonly keys: readonly string[];
}

export type PollOutcome =
  | 'pending'
  /** Still pending, and asked too early: from now on five seconds more lie between two polls. RFC 8628 section 3.5. */
  | 'slow-down'
  /** Its grant can be claimed, until it is used or over. */
  | 'approved'
  | 'denied'
  | 'expired'
  /** It is bound to a key that the request has not proved. */
  | 'other-key'
  /** There is none of this client. */
  | 'unknown';

/** Longest time between two polls that is asked for, however often a client was too early. Seconds. */
export const LONGEST_POLL_INTERVAL = 60;
/** By how much earlier a poll may come, since clocks are read twice and messages take their time. Milliseconds. */
export const POLL_TOLERANCE = 500;

/** All times are the database's own, so that nodes need not agree on theirs. */
export interface PolledAuthorizationStore {
  /** One conditional update: of polls at the same time, on whatever nodes, one was not too early. */
  poll(profile: string, hash: Uint8Array, by: Poller): MaybePromise<PollOutcome>;
  /** The one that still waits for somebody; null where there is none, or none any more. */
  findByUserCode(profile: string, userCode: Uint8Array): MaybePromise<PolledAuthorization | null>;
  find(profile: string, hash: Uint8Array): MaybePromise<PolledAuthorization | null>;
  /** Those that wait for a person, oldest first; at most 100. */
  pendingOf(profile: string, subject: string): MaybePromise<readonly PolledAuthorization[]>;
  /**
   * One conditional update: of many decisions the first counts, and an approval makes the grant in the same transaction. False where it
   * was decided before, or is over. Durable when it returns.
   */
  decide(profile: string, hash: Uint8Array, decision: PollDecision): MaybePromise<boolean>;
  /** Deletes at most `limit` that ended before a time; answers how many. The grants of approved ones are deleted as grants. */
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}

/** The data of the grant, as JSON object text. */
export type PollDecision = { readonly approved: true; readonly data: string } | { readonly approved: false };
