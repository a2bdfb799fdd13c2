import type { AdministratorRole } from './configuration/administrator.ts';
import type { MaybePromise, NewAuditEvent } from './stores.ts';

/** An administrator who is signed in to the pages of the admin API, in one browser. */
export interface NewAdminSession {
  /** SHA-256 of what the browser holds. */
  readonly hash: Uint8Array;
  /** Names it to people; good for nothing else. */
  readonly id: string;
  /** Id of the administrator; `oidc:<name>/<sub>` for somebody who came by OpenID Connect. */
  readonly administrator: string;
  /** As people read it. */
  readonly name: string;
  /** At the sign-in. */
  readonly role: AdministratorRole;
  /** The `tokenHash` of the administrator at the sign-in: with another one the session is over. Null for OpenID Connect. */
  readonly tokenHash: string | null;
  /** Of whoever signed in. */
  readonly address: string;
  readonly createdAt: number;
  /** When it ends unless it is used, and when it ends anyway. Seconds since 1970. */
  readonly endsAt: number;
  readonly expiresAt: number;
}

export interface AdminSession extends NewAdminSession {
  readonly lastSeen: number;
}

/** Which sessions end. */
export interface EndingAdminSessions {
  readonly administrator: string;
  /** One of them alone. */
  readonly id?: string;
}

/** Who is signed in to the pages of the admin API. What ends is deleted, so that no node takes it any more. */
export interface AdminSessionStore {
  /** Begins a session and ends the one that the browser had, with the audit event, all of it or nothing. */
  begin(session: NewAdminSession, replaces: Uint8Array | null, audit: NewAuditEvent): MaybePromise<void>;
  find(hash: Uint8Array, at: number): MaybePromise<AdminSession | null>;
  /** Notes that a session is used, unless that was noted since `unless` or it has ended. */
  seen(hash: Uint8Array, at: number, endsAt: number, unless: number): MaybePromise<void>;
  /** Newest first, at most 100; of one administrator or of all. */
  list(administrator: string | null, at: number): MaybePromise<readonly AdminSession[]>;
  /** Of any number of callers one is told that it has ended the session, and one event is written. Durable when it returns. */
  end(hash: Uint8Array, audit: NewAuditEvent): MaybePromise<boolean>;
  /** Ends what there is of an administrator, and answers how many; the event is written where there was one. Durable when it returns. */
  endOf(which: EndingAdminSessions, audit: (ended: number) => NewAuditEvent): MaybePromise<number>;
  /** Deletes at most `limit` sessions that ended before a time; answers how many. */
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}
