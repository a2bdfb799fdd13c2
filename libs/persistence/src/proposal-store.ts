import type { Decision, MaybePromise, NewAuditEvent, NewProposal, Page, Proposal, ProposalDecision, ProposalStore } from '#libs/oauth';
import { auditInsertion } from './audit-store.ts';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script } from './database.ts';
import { isStorable, label } from './label.ts';
import { listPage, Where } from './listing.ts';
import { insertable, PROPOSAL } from './tables.ts';

const PROPOSALS: InsertionTarget = { table: PROPOSAL.name, columns: insertable(PROPOSAL) };

/** Changes that wait for a second administrator. */
export class SqlProposalStore implements ProposalStore {
  constructor(private readonly database: Database) {}

  create(proposal: NewProposal, audit: readonly NewAuditEvent[]): MaybePromise<void> {
    return this.database.write(() => create(proposal, audit), 'durable');
  }

  find(id: string): MaybePromise<Proposal | null> {
    if (!isStorable(id)) return null;
    const rows = this.database.query({ text: 'select * from proposal where id = $1', values: [id] });
    return then(rows, ([row]) => (row === undefined ? null : proposalOf(row)));
  }

  list(
    { author, undecidedAt }: { readonly author?: string; readonly undecidedAt?: number },
    page: { readonly after?: string; readonly limit: number },
  ): MaybePromise<Page<Proposal>> {
    const where = new Where();
    where.equal('t.author', author);
    if (undecidedAt !== undefined) {
      where.equal('t.decision', 'open');
      where.add((at) => `t.expires_at > ${at}`, undecidedAt);
    }
    return listPage(this.database, PROPOSAL.name, where, page, proposalOf);
  }

  decide(decision: Decision, audit: readonly NewAuditEvent[]): MaybePromise<boolean> {
    return this.database.write(() => decideAlone(decision, audit), 'durable');
  }

  deleteExpired(before: number, limit: number): MaybePromise<number> {
    const { skipLocked } = this.database.dialect;
    const deletion: Query = {
      text: `delete from proposal where id in (
        select id from proposal where expires_at < $1 order by expires_at limit $2 ${skipLocked}) returning id`,
      values: [before, limit],
    };
    return this.database.write(() => counted(deletion), 'fast');
  }
}

function* create(proposal: NewProposal, audit: readonly NewAuditEvent[]): Script<void> {
  const { id, author, action, kind, key, note, changes, base, review, createdAt, expiresAt } = proposal;
  yield {
    into: PROPOSALS,
    rows: [
      [
        ...[id, label(author), label(action), label(kind), key, note],
        ...[JSON.stringify(changes), JSON.stringify(base), JSON.stringify(review), createdAt, expiresAt],
        ...['open', null, null, ''],
      ],
    ],
  };
  yield auditInsertion(audit, null);
}

/** Decides an open proposal as part of a larger transaction; false when there is none that is not over. */
export function* decideProposal({ id, decision, by, at, reason }: Decision): Script<boolean> {
  const decided = yield {
    text: `update proposal set decision = $2, decided_by = $3, decided_at = $4, reason = $5
      where id = $1 and decision = 'open' and expires_at > $4 returning id`,
    values: [id, decision, label(by), at, reason],
  };
  return decided.length > 0;
}

function* decideAlone(decision: Decision, audit: readonly NewAuditEvent[]): Script<boolean> {
  if (!(yield* decideProposal(decision))) return false;
  yield auditInsertion(audit, null);
  return true;
}

function* counted(query: Query): Script<number> {
  return (yield query).length;
}

function proposalOf(row: Row): Proposal {
  return {
    id: row['id'] as string,
    author: row['author'] as string,
    action: row['action'] as string,
    kind: row['kind'] as string,
    key: row['key'] as string,
    note: row['note'] as string,
    changes: JSON.parse(row['changes'] as string) as Proposal['changes'],
    base: JSON.parse(row['base'] as string) as Proposal['base'],
    review: JSON.parse(row['review'] as string) as unknown,
    createdAt: row['created_at'] as number,
    expiresAt: row['expires_at'] as number,
    decision: row['decision'] as ProposalDecision,
    decidedBy: row['decided_by'] as string | null,
    decidedAt: row['decided_at'] as number | null,
    reason: row['reason'] as string,
  };
}
