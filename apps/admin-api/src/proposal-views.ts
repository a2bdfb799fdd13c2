import { z } from 'zod';
import { PROPOSAL_DECISIONS, type Proposal } from '#libs/oauth';
import type { ChangeView } from './entity-changes.ts';

/** What a check advises of a change. */
export interface Finding {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** The entity it is about, where that is another one than the proposal's. */
  readonly kind?: string;
  readonly key?: string;
}

/** `stale`: what it changes was changed since. Of the last two only the author's proposing it anew helps. */
export const PROPOSAL_STATES = [...PROPOSAL_DECISIONS, 'stale', 'expired'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

const seconds = z.int().describe('Seconds since 1970.');

const difference = z.strictObject({
  pointer: z.string().describe('JSON pointer into the entity; empty for all of it.'),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  secret: z.literal(true).optional().describe('It is secret: that it changes is all that is shown.'),
});

export const changeAnswer = z
  .strictObject({
    action: z.enum(['create', 'update', 'delete']),
    kind: z.string(),
    key: z.string(),
    differences: z.array(difference),
    source: z.string().optional().describe('Unified diff of the texts that decide before and after.'),
  })
  .meta({ id: 'Change' });

export const findingAnswer = z.looseObject({
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
  kind: z.string().optional(),
  key: z.string().optional(),
});

const summary = {
  id: z.string(),
  state: z
    .enum(PROPOSAL_STATES)
    .describe('`stale`: what it changes was changed since; `expired`: nobody decided in time. Either has to be proposed again.'),
  action: z.string().describe('As the audit trail names the change, such as `procedure.activate`; `configuration.apply` for a file.'),
  kind: z.string(),
  key: z.string(),
  author: z.string(),
  note: z.string(),
  createdAt: seconds,
  expiresAt: seconds,
  decidedBy: z.string().nullable(),
  decidedAt: seconds.nullable(),
  reason: z.string().describe('Why it was rejected; empty where nobody said.'),
};

export const proposalSummaryAnswer = z.strictObject(summary).meta({ id: 'ProposalSummary' });

export const proposalAnswer = z
  .strictObject({
    ...summary,
    changes: z.array(changeAnswer).describe('What approving it changes, as it was when it was proposed.'),
    findings: z.array(findingAnswer).describe('What checks advise.'),
    revealed: z
      .record(z.string(), z.string())
      .optional()
      .describe('Secrets that were generated for the author: in the answer that makes the proposal, and never again.'),
  })
  .meta({ id: 'Proposal' });

export type ProposalSummary = z.output<typeof proposalSummaryAnswer>;

/** A proposal as answers show it. */
export interface ProposalView extends ProposalSummary {
  readonly changes: readonly ChangeView[];
  readonly findings: readonly Finding[];
}

export function stateOf({ decision, expiresAt }: Proposal, now: number, isAsItWas: boolean): ProposalState {
  if (decision !== 'open') return decision;
  if (expiresAt <= now) return 'expired';
  return isAsItWas ? 'open' : 'stale';
}

/** A proposal in a list. */
export function proposalSummary(proposal: Proposal, state: ProposalState): ProposalSummary {
  const { id, action, kind, key, author, note, createdAt, expiresAt, decidedBy, decidedAt, reason } = proposal;
  return { id, state, action, kind, key, author, note, createdAt, expiresAt, decidedBy, decidedAt, reason };
}

export function proposalView(proposal: Proposal, state: ProposalState): ProposalView {
  const { changes, findings } = proposal.review as Pick<ProposalView, 'changes' | 'findings'>;
  return { ...proposalSummary(proposal, state), changes, findings };
}
