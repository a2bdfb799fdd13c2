import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { NewPolledAuthorization, PollDecision, Poller, PollOutcome } from '../../polled-authorization-store.ts';
import type { CommitOutcome, Stores } from '../../stores.ts';
import { aCommit, aDelegation, aGrant, aPolledAuthorization, AT, making, unique } from '../store-builders.ts';

const APPROVED: PollDecision = { approved: true, data: '{"subject":"ü"}' };
const DENIED: PollDecision = { approved: false };
const PAST = 1_000_000_000;

export function describePolledAuthorizations(stores: () => Stores): void {
  const commit = async (polled: NewPolledAuthorization): Promise<readonly CommitOutcome[]> =>
    stores().tokens.commit([aCommit([], { polled })]);
  const made = async (members: Partial<NewPolledAuthorization> = {}): Promise<NewPolledAuthorization> => {
    const polled = aPolledAuthorization(members);
    expect(await commit(polled)).toEqual(['committed']);
    return polled;
  };
  const poll = async ({ profile, hash, clientId }: NewPolledAuthorization, by: Partial<Poller> = {}): Promise<PollOutcome> =>
    stores().polled.poll(profile, hash, { clientId, keys: [], ...by });
  const decide = async ({ profile, hash }: NewPolledAuthorization, decision: PollDecision) =>
    stores().polled.decide(profile, hash, decision);
  const find = async ({ profile, hash }: NewPolledAuthorization) => stores().polled.find(profile, hash);
  const byUserCode = async ({ profile, userCode }: NewPolledAuthorization) =>
    stores().polled.findByUserCode(profile, userCode ?? new Uint8Array());
  const claim = async ({ profile, hash }: NewPolledAuthorization) => stores().grants.claim(profile, hash, 30);

  describe('authorizations that are polled for', () => {
    test('one is found as it was made, by its hash and by its user code, in its profile alone', async () => {
      const polled = await made({ subject: 'somebody', boundTo: 'jkt:key' });
      for (const found of [await find(polled), await byUserCode(polled)]) {
        const bytes = { hash: expect.anything(), userCode: expect.anything() };
        expect(found).toEqual({ ...polled, ...bytes, status: 'pending' });
        expect(Buffer.from(found?.hash ?? [])).toEqual(polled.hash);
      }
      const other = { ...polled, profile: unique('other') };
      expect([await find(other), await byUserCode(other)]).toEqual([null, null]);
      expect(await poll(other)).toBe('unknown');
    });

    test('a user code belongs to one at a time, and a commit that would give it twice leaves no trace', async () => {
      const polled = await made();
      const second = aPolledAuthorization({ profile: polled.profile, userCode: polled.userCode });
      const delegation = aDelegation(polled.profile);
      expect(await stores().tokens.commit([aCommit(making(delegation), { polled: second })])).toEqual(['taken']);
      expect(await find(second)).toBeNull();
      expect(await stores().tokens.findDelegation(polled.profile, delegation.id)).toBeNull();
      await decide(polled, DENIED);
      expect(await commit(second)).toEqual(['committed']);
      expect(await made({ profile: unique('other'), userCode: polled.userCode })).toBeDefined();
      for (let i = 0; i < 2; i++) await made({ profile: polled.profile, userCode: null });
    });

    test('of those that are made with one user code at the same time one is', async () => {
      const { profile, userCode } = aPolledAuthorization();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => commit(aPolledAuthorization({ profile, userCode }))));
      expect(outcomes.flat().filter((outcome) => outcome === 'committed')).toHaveLength(1);
      expect(outcomes.flat().filter((outcome) => outcome === 'taken')).toHaveLength(9);
    });

    test('a poll is pending, and one that comes too early slows its client down by five seconds (RFC 8628 section 3.5)', async () => {
      const polled = await made();
      expect(await poll(polled)).toBe('pending');
      expect((await find(polled))?.interval).toBe(5);
      expect(await poll(polled)).toBe('slow-down');
      expect((await find(polled))?.interval).toBe(10);
      expect(await poll(polled)).toBe('slow-down');
      expect((await find(polled))?.interval).toBe(15);
    });

    test('a poll that waits for as long as it was told is not too early', async () => {
      const polled = await made({ interval: 1 });
      expect(await poll(polled)).toBe('pending');
      await sleep(1000);
      expect(await poll(polled)).toBe('pending');
      expect((await find(polled))?.interval).toBe(1);
    });

    test('of a hundred polls at the same time one is not too early, and nobody is slowed down without end', async () => {
      const polled = await made();
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => poll(polled)));
      expect(outcomes.filter((outcome) => outcome === 'pending')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'slow-down')).toHaveLength(99);
      expect((await find(polled))?.interval).toBe(60);
    });

    test('only its client may poll, and only with the key that it is bound to; nobody else slows it down', async () => {
      const polled = await made({ boundTo: 'jkt:key' });
      expect(await poll(polled, { clientId: 'other' })).toBe('unknown');
      expect(await poll(polled, { clientId: 'other', keys: ['jkt:key'] })).toBe('unknown');
      expect(await poll(polled)).toBe('other-key');
      expect(await poll(polled, { keys: ['jkt:another', 'x5t#S256:key'] })).toBe('other-key');
      for (const keys of [['jkt:key'], ['x5t#S256:other', 'jkt:key']])
        expect(['pending', 'slow-down']).toContain(await poll(polled, { keys }));
      expect(await poll({ ...polled, hash: randomBytes(32) }, { keys: ['jkt:key'] })).toBe('unknown');
    });

    test('once approved it is a grant of its kind and client, claimed and redeemed as every other', async () => {
      const polled = await made();
      expect((await claim(polled)).outcome).toBe('unknown');
      expect(await decide(polled, APPROVED)).toBe(true);
      expect([await poll(polled), await poll(polled)]).toEqual(['approved', 'approved']);
      const { profile, kind, clientId, expiresAt } = polled;
      const held = await claim(polled);
      const grant = { profile, kind, clientId, expiresAt, delegationId: '', data: APPROVED.approved ? APPROVED.data : '' };
      expect(held).toMatchObject({ outcome: 'claimed', grant });
      if (held.outcome !== 'claimed') throw new Error(held.outcome);
      const delegation = aDelegation(profile);
      const remains = { delegationId: delegation.id, reply: null };
      expect(await stores().tokens.commit([aCommit(making(delegation), { claim: held.claim, remains })])).toEqual(['committed']);
      expect(await claim(polled)).toMatchObject({ outcome: 'used', grant: { delegationId: delegation.id } });
      expect(await poll(polled)).toBe('approved');
    });

    test('once denied it stays so, and gives no grant', async () => {
      const polled = await made();
      expect(await decide(polled, DENIED)).toBe(true);
      expect(await decide(polled, APPROVED)).toBe(false);
      expect([await poll(polled), await poll(polled)]).toEqual(['denied', 'denied']);
      expect((await claim(polled)).outcome).toBe('unknown');
    });

    test('of many who decide at the same time one does', async () => {
      const polled = await made();
      const decisions = Array.from({ length: 20 }, (_, i): PollDecision => (i % 2 === 0 ? { approved: true, data: `{"i":${i}}` } : DENIED));
      const answers = await Promise.all(decisions.map(async (decision) => [await decide(polled, decision), decision] as const));
      const [first, ...more] = answers.filter(([isFirst]) => isFirst).map(([, decision]) => decision);
      expect(more).toEqual([]);
      expect(await poll(polled)).toBe(first?.approved === true ? 'approved' : 'denied');
      expect(await claim(polled)).toMatchObject(first?.approved === true ? { grant: { data: first.data } } : { outcome: 'unknown' });
    });

    test('a user code is good for one decision', async () => {
      const polled = await made();
      await decide(polled, APPROVED);
      expect(await byUserCode(polled)).toBeNull();
      expect((await find(polled))?.status).toBe('approved');
    });

    test('an expired one can be neither polled for nor found nor decided, by the clock of the database', async () => {
      const polled = await made({ subject: 'somebody', expiresAt: Math.floor(Date.now() / 1000) - 1 });
      expect(await poll(polled)).toBe('expired');
      expect(await byUserCode(polled)).toBeNull();
      expect(await stores().polled.pendingOf(polled.profile, 'somebody')).toEqual([]);
      expect(await decide(polled, APPROVED)).toBe(false);
      expect(await poll(polled)).toBe('expired');
    });

    test('those that wait for a person are listed, oldest first', async () => {
      const profile = unique('p');
      const later = await made({ profile, subject: 'somebody', createdAt: 2 });
      const sooner = await made({ profile, subject: 'somebody', createdAt: 1 });
      await made({ profile, subject: 'somebody else' });
      await made({ profile });
      await decide(await made({ profile, subject: 'somebody' }), DENIED);
      const listed = await stores().polled.pendingOf(profile, 'somebody');
      expect(listed.map(({ hash }) => Buffer.from(hash))).toEqual([sooner.hash, later.hash]);
    });

    test('what ended is deleted in small portions, and nothing else', async () => {
      const ended = [await made({ expiresAt: PAST - 1 }), await made({ expiresAt: PAST - 1 }), await made({ expiresAt: PAST - 1 })];
      const other = await made({ expiresAt: PAST });
      const counts = [];
      for (let i = 0; i < 3; i++) counts.push(await stores().polled.deleteExpired(PAST, 2));
      expect(counts).toEqual([2, 1, 0]);
      for (const one of ended) expect(await find(one)).toBeNull();
      expect(await find(other)).not.toBeNull();
    });

    test('a commit that claims a grant makes none: what it claimed could not be given back', async () => {
      const delegation = aDelegation(unique('p'));
      const grant = aGrant(delegation, { expiresAt: AT });
      await stores().tokens.commit([aCommit(making(delegation, grant))]);
      const held = await stores().grants.claim(grant.profile, grant.hash, 30);
      const polled = aPolledAuthorization({ profile: grant.profile });
      const both = aCommit([], { claim: held.outcome === 'claimed' ? held.claim : null, polled });
      await expect((async () => stores().tokens.commit([both]))()).rejects.toThrow('cannot claim a grant and make');
      expect(await find(polled)).toBeNull();
    });
  });
}
