import type { Decision, NewProposal, Proposal, ProposalStore } from '../proposal-store.ts';
import type { NewAuditEvent, Page } from '../stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import { pageOf } from './memory-page.ts';

export class MemoryProposalStore implements ProposalStore {
  readonly #proposals = new Map<string, Proposal>();

  constructor(private readonly audit: MemoryAuditStore) {}

  create(proposal: NewProposal, audit: readonly NewAuditEvent[]): void {
    this.#proposals.set(proposal.id, structuredClone({ ...proposal, decision: 'open', decidedBy: null, decidedAt: null, reason: '' }));
    this.audit.record(audit, null);
  }

  find(id: string): Proposal | null {
    return structuredClone(this.#proposals.get(id) ?? null);
  }

  list(
    { author, undecidedAt }: { readonly author?: string; readonly undecidedAt?: number },
    page: { readonly after?: string; readonly limit: number },
  ): Page<Proposal> {
    const isUndecided = ({ decision, expiresAt }: Proposal) =>
      undecidedAt === undefined || (decision === 'open' && expiresAt > undecidedAt);
    const found = pageOf(
      this.#proposals.values(),
      (proposal) => isUndecided(proposal) && (author === undefined || proposal.author === author),
      page,
    );
    return structuredClone(found);
  }

  decide({ id, decision, by, at, reason }: Decision, audit: readonly NewAuditEvent[]): boolean {
    const proposal = this.#proposals.get(id);
    if (proposal?.decision !== 'open' || proposal.expiresAt <= at) return false;
    this.#proposals.set(id, { ...proposal, decision, decidedBy: by, decidedAt: at, reason });
    this.audit.record(audit, null);
    return true;
  }

  deleteExpired(before: number, limit: number): number {
    const expired = [...this.#proposals.values()].filter(({ expiresAt }) => expiresAt < before).slice(0, limit);
    for (const { id } of expired) this.#proposals.delete(id);
    return expired.length;
  }
}
