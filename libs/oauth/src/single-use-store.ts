import type { MaybePromise } from './stores.ts';

/** Whose ids they are. */
export type UseKind = 'client-assertion' | 'assertion' | 'authentication-request' | 'dpop-proof' | 'upstream-answer' | 'admin-login';

/** Something that is good for one use by anybody: by its end it must be refused for being over. */
export interface Use {
  readonly profile: string;
  readonly kind: UseKind;
  /** SHA-256 of what names it, and who made it. */
  readonly hash: Uint8Array;
  /** Seconds since 1970; the same for every use of the same thing. */
  readonly expiresAt: number;
}

export interface UseStore {
  /**
   * For each in order, whether this is its first use: of any number of callers on any number of nodes one hears `true`.
   * Survives the end of the process; an assertion is on the disk when it returns.
   */
  once(uses: readonly Use[]): MaybePromise<readonly boolean[]>;
  /** Forgets at most `limit` that ended before a time; answers how many. */
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}
