import type { Change } from './configuration/configuration.ts';
import type { MaybePromise, NewAuditEvent, Page } from './stores.ts';

/** Seconds for which a proposal waits for a decision. */
export const PROPOSAL_LIFETIME = 30 * 86_400;

/** How a proposal was decided; `open` until somebody does. That it is over or out of date shows by its time and its base. */
export const PROPOSAL_DECISIONS = ['open', 'approved', 'rejected', 'withdrawn'] as const;
export type ProposalDecision = (typeof PROPOSAL_DECISIONS)[number];

/** A change of configuration that another administrator is to approve. */
export interface NewProposal {
  /** A UUID. */
  readonly id: string;
  /** Administrator id. */
  readonly author: string;
  /** Audit action of the change, such as `procedure.activate`; `configuration.apply` for a file. */
  readonly action: string;
  /** What it is about: kind and key of an entity; for a file the kind `configuration` and an empty key. */
  readonly kind: string;
  readonly key: string;
  /** Why, in the author's words. */
  readonly note: string;
  /** What approving it stores, as it is stored: secrets hashed or sealed. */
  readonly changes: readonly ProposedChange[];
  /** The revisions of the entities that the changes were made for. */
  readonly base: readonly BaseRevision[];
  /** What reviewers see: JSON without secrets, hashes and sealed values. */
  readonly review: unknown;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A change with its audit action, when that is more than creating, updating or deleting. */
export type ProposedChange = Change & { readonly action?: string | undefined };

/** An entity as it was: the revision that had changed it last, null for one that was not there. */
export interface BaseRevision {
  readonly kind: Change['kind'];
  readonly key: string;
  readonly revision: number | null;
}

export interface Proposal extends NewProposal {
  readonly decision: ProposalDecision;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  /** Why it was rejected; empty where nobody said. */
  readonly reason: string;
}

/** What somebody decides of an open proposal that is not over yet. */
export interface Decision {
  readonly id: string;
  readonly decision: Exclude<ProposalDecision, 'open'>;
  readonly by: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly reason: string;
}

/** Changes that wait for a second administrator. What approves one is `ConfigurationStore.apply`, in the transaction of the change. */
export interface ProposalStore {
  create(proposal: NewProposal, audit: readonly NewAuditEvent[]): MaybePromise<void>;
  find(id: string): MaybePromise<Proposal | null>;
  /** Newest first. `undecidedAt` leaves out what is decided or was over at that time. */
  list(
    filter: { readonly author?: string; readonly undecidedAt?: number },
    page: { readonly after?: string; readonly limit: number },
  ): MaybePromise<Page<Proposal>>;
  /** Rejects or withdraws. Of simultaneous decisions one wins: false when it is decided or over, or unknown, and nothing is stored then. */
  decide(decision: Decision, audit: readonly NewAuditEvent[]): MaybePromise<boolean>;
  /** Deletes at most `limit` proposals that ended before a time; answers how many. */
  deleteExpired(before: number, limit: number): MaybePromise<number>;
}
