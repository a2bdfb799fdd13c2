import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { put } from '../../configuration/configuration.ts';
import type { Decision, NewProposal } from '../../proposal-store.ts';
import type { Stores } from '../../stores.ts';
import { anEvent, AT, unique } from '../store-builders.ts';

function aProposal(members: Partial<NewProposal> = {}): NewProposal {
  const id = unique('procedure');
  const procedure = put('procedure', { id, flow: 'oauth-introspect', description: 'Ä', activeVersion: null, samples: [], origin: 'api' });
  return {
    ...{ id: randomUUID(), author: unique('author'), action: 'procedure.create', kind: 'procedure', key: id, note: 'for the new API' },
    ...{ changes: [procedure], base: [{ kind: 'procedure', key: id, revision: null }], review: { changes: ['ö'] } },
    ...{ createdAt: AT, expiresAt: AT + 3600 },
    ...members,
  };
}

const by = (proposal: NewProposal, members: Partial<Decision> = {}): Decision => ({
  ...{ id: proposal.id, decision: 'approved', by: 'second', at: AT + 1, reason: '' },
  ...members,
});

export function describeProposals(stores: () => Stores): void {
  const proposals = () => stores().proposals;
  /** Applies the changes of a proposal to whatever the configuration is now. */
  const approve = async (proposal: NewProposal, decision = by(proposal)) => {
    for (;;) {
      const base = await stores().configuration.revision();
      const applied = await stores().configuration.apply(base, proposal.changes, [anEvent({ kind: proposal.id })], decision);
      if (applied.outcome !== 'conflict') return applied;
    }
  };
  const stored = async ({ key }: NewProposal) => (await stores().configuration.load()).entities.filter((entity) => entity.key === key);

  describe('proposals', () => {
    test('a proposal is found as it was made, open, with its audit event', async () => {
      const [proposal, event] = [aProposal(), anEvent({ kind: unique('kind') })];
      await proposals().create(proposal, [event]);
      expect(await proposals().find(proposal.id)).toEqual({
        ...proposal,
        ...{ decision: 'open', decidedBy: null, decidedAt: null, reason: '' },
      });
      expect(await proposals().find(randomUUID())).toBeNull();
      expect(await stores().audit.list({ kind: event.kind, limit: 10 })).toHaveLength(1);
      expect(await stored(proposal)).toEqual([]);
    });

    test('an approval stores the changes, their audit events and who approved, all at once', async () => {
      const proposal = aProposal();
      await proposals().create(proposal, []);
      expect(await approve(proposal)).toMatchObject({ outcome: 'applied' });
      expect(await stored(proposal)).toHaveLength(1);
      expect(await proposals().find(proposal.id)).toMatchObject({ decision: 'approved', decidedBy: 'second', decidedAt: AT + 1 });
      expect(await stores().audit.list({ kind: proposal.id, limit: 10 })).toHaveLength(1);
    });

    test('what is decided is decided: nothing is stored by a second approval, and the revision stays', async () => {
      for (const decision of ['rejected', 'withdrawn'] as const) {
        const proposal = aProposal();
        await proposals().create(proposal, []);
        expect(await proposals().decide(by(proposal, { decision, reason: 'no' }), [])).toBe(true);
        const revision = await stores().configuration.revision();
        expect(await approve(proposal)).toEqual({ outcome: 'decided' });
        expect(await stores().configuration.revision()).toBe(revision);
        expect(await stored(proposal)).toEqual([]);
        expect(await stores().audit.list({ kind: proposal.id, limit: 10 })).toEqual([]);
        expect(await proposals().find(proposal.id)).toMatchObject({ decision, reason: 'no' });
      }
    });

    test('one whose time is over is neither approved nor rejected', async () => {
      const proposal = aProposal();
      await proposals().create(proposal, []);
      const late = { at: proposal.expiresAt };
      expect(await approve(proposal, by(proposal, late))).toEqual({ outcome: 'decided' });
      expect(await proposals().decide(by(proposal, { ...late, decision: 'rejected' }), [])).toBe(false);
      expect(await proposals().find(proposal.id)).toMatchObject({ decision: 'open' });
    });

    test('of simultaneous approvals and rejections one wins', async () => {
      const proposal = aProposal();
      await proposals().create(proposal, []);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, async (_, i) =>
          i % 2 === 0
            ? (await approve(proposal, by(proposal, { by: `a${i}` }))).outcome === 'applied'
            : proposals().decide(by(proposal, { decision: 'rejected', by: `a${i}` }), []),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const winner = outcomes.indexOf(true);
      expect(await proposals().find(proposal.id)).toMatchObject({
        decidedBy: `a${winner}`,
        decision: winner % 2 === 0 ? 'approved' : 'rejected',
      });
      expect(await stored(proposal)).toHaveLength(winner % 2 === 0 ? 1 : 0);
    });

    test('they are listed newest first, page by page, by author and by what waits', async () => {
      const author = unique('author');
      const made = [aProposal({ author }), aProposal({ author }), aProposal({ author, expiresAt: AT + 1 })];
      for (const proposal of made) await proposals().create(proposal, []);
      await proposals().decide(by(made[0] as NewProposal, { decision: 'withdrawn' }), []);
      const first = await proposals().list({ author }, { limit: 2 });
      const second = await proposals().list({ author }, { limit: 2, ...(first.next === null ? {} : { after: first.next }) });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id).toReversed());
      expect(second.next).toBeNull();
      const waiting = await proposals().list({ author, undecidedAt: AT + 1 }, { limit: 10 });
      expect(waiting.items.map(({ id }) => id)).toEqual([made[1]?.id]);
    });

    test('those that ended before a time are deleted, as many as wanted', async () => {
      const author = unique('author');
      for (let i = 0; i < 3; i++) await proposals().create(aProposal({ author, createdAt: 1, expiresAt: 2 + i }), []);
      expect(await proposals().deleteExpired(4, 1)).toBe(1);
      expect(await proposals().deleteExpired(4, 10)).toBe(1);
      expect((await proposals().list({ author }, { limit: 10 })).items).toHaveLength(1);
      await proposals().deleteExpired(5, 10);
    });
  });
}
