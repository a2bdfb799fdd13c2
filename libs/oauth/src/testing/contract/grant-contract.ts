import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Claim, NewGrant, Stores } from '../../stores.ts';
import { aCommit, aDelegation, aGrant, aToken, making, unique } from '../store-builders.ts';

export function describeGrants(stores: () => Stores): void {
  const grantMade = async (members: Partial<NewGrant> = {}) => {
    const delegation = aDelegation(unique('p'));
    const grant = aGrant(delegation, members);
    await stores().tokens.commit([aCommit(making(delegation, grant))]);
    return { delegation, grant };
  };
  const claim = async ({ profile, hash }: NewGrant, lease = 30) => stores().grants.claim(profile, hash, lease);
  const claimed = async (grant: NewGrant, lease = 30): Promise<Claim> => {
    const outcome = await claim(grant, lease);
    if (outcome.outcome !== 'claimed') throw new Error(outcome.outcome);
    return outcome.claim;
  };

  describe('authorization grants', () => {
    test('a claim gives the grant as it was stored, to one at a time', async () => {
      const { grant } = await grantMade();
      const outcome = await claim(grant);
      expect(outcome).toMatchObject({ outcome: 'claimed', grant: { ...grant, hash: expect.anything() } });
      expect(outcome.outcome === 'claimed' && Buffer.from(outcome.grant.hash)).toEqual(grant.hash);
      expect((await claim(grant)).outcome).toBe('claimed-elsewhere');
      expect((await stores().grants.claim(unique('other'), grant.hash, 30)).outcome).toBe('unknown');
      expect((await stores().grants.claim(grant.profile, randomBytes(32), 30)).outcome).toBe('unknown');
    });

    test('of a hundred simultaneous claims one wins', async () => {
      const { grant } = await grantMade();
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => claim(grant)));
      expect(outcomes.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
      expect(outcomes.filter(({ outcome }) => outcome === 'claimed-elsewhere')).toHaveLength(99);
    });

    test('a released grant can be claimed again, but after the fifth release it is ended', async () => {
      const { grant } = await grantMade();
      for (let release = 0; release < 5; release++) await stores().grants.release(await claimed(grant), { counted: true });
      expect((await claim(grant)).outcome).toBe('ended');
    });

    test('a release that is not counted does not end it, however often', async () => {
      const { grant } = await grantMade();
      for (let release = 0; release < 10; release++) await stores().grants.release(await claimed(grant), { counted: false });
      expect((await claim(grant)).outcome).toBe('claimed');
    });

    test('what remains of a used grant is its delegation, and the reply while its time lasts', async () => {
      const delegation = aDelegation(unique('p'));
      const code = aGrant(delegation, { delegationId: '' });
      await stores().tokens.commit([aCommit([{ effect: 'grant', grant: code }])]);
      const until = Math.floor(Date.now() / 1000) + 60;
      const remains = { delegationId: delegation.id, reply: { sealed: 'sealed', until } };
      const redeeming = aCommit(making(delegation), { claim: await claimed(code), remains });
      expect(await stores().tokens.commit([redeeming])).toEqual(['committed']);
      expect(await claim(code)).toMatchObject({ outcome: 'used', grant: { delegationId: delegation.id }, reply: 'sealed' });

      const other = aGrant(delegation);
      const past = { delegationId: delegation.id, reply: { sealed: 'sealed', until: until - 61 } };
      await stores().tokens.commit([aCommit([{ effect: 'grant', grant: other }], { requires: [delegation] })]);
      await stores().tokens.commit([aCommit([], { requires: [delegation], claim: await claimed(other), remains: past })]);
      expect(await claim(other)).toMatchObject({ outcome: 'used', grant: { delegationId: delegation.id }, reply: null });
    });

    test('replies whose time is over are deleted, a bounded number at a time, and their grants stay used', async () => {
      const delegation = aDelegation(unique('p'));
      const replied = [aGrant(delegation), aGrant(delegation)];
      await stores().tokens.commit([aCommit(making(delegation, ...replied))]);
      for (const grant of replied) {
        const remains = { delegationId: delegation.id, reply: { sealed: 'sealed', until: 100 } };
        await stores().tokens.commit([aCommit([], { requires: [delegation], claim: await claimed(grant), remains })]);
      }
      expect(await stores().grants.deleteReplies(100, 10)).toBe(0);
      const counts = [];
      for (let i = 0; i < 3; i++) counts.push(await stores().grants.deleteReplies(101, 1));
      expect(counts).toEqual([1, 1, 0]);
      for (const grant of replied) expect(await claim(grant)).toMatchObject({ outcome: 'used', reply: null });
    });

    test('those of a kind are deleted once they have ended, a bounded number at a time', async () => {
      const delegation = aDelegation(unique('p'));
      const kind = unique('kind');
      const ended = [1, 2, 3].map((expiresAt) => aGrant(delegation, { kind, expiresAt }));
      const others = [aGrant(delegation, { kind, expiresAt: 10 }), aGrant(delegation, { kind: unique('other'), expiresAt: 1 })];
      await stores().tokens.commit([aCommit(making(delegation, ...ended, ...others))]);
      const counts = [];
      for (let i = 0; i < 3; i++) counts.push(await stores().grants.deleteExpired(kind, 10, 2));
      expect(counts).toEqual([2, 1, 0]);
      for (const grant of others) expect((await claim(grant)).outcome).toBe('ended');
    });

    test('a rotated token ends with the commit that uses its grant up', async () => {
      const delegation = aDelegation(unique('p'));
      const token = aToken(delegation, { purpose: 'refresh_token' });
      await stores().tokens.commit([aCommit(making(delegation, token))]);
      await stores().tokens.commit([aCommit([{ effect: 'rotated-token', key: token.key }], { requires: [delegation] })]);
      expect(await stores().tokens.find([token.key])).toMatchObject([{ revokedAt: expect.any(Number) }]);
    });

    test('a claim whose lease is over can be taken by another, and is then lost', async () => {
      const { delegation, grant } = await grantMade();
      const late = await claimed(grant, 0.02);
      await sleep(40);
      const token = aToken(delegation);
      const redeeming = (by: Claim) => aCommit([{ effect: 'token', token }], { requires: [delegation], claim: by });
      expect(await stores().tokens.commit([redeeming(late)])).toEqual(['lost-claim']);
      const second = await claimed(grant);
      await stores().grants.release(late, { counted: true });
      await stores().grants.end(late);
      expect((await claim(grant)).outcome).toBe('claimed-elsewhere');
      expect(await stores().tokens.find([token.key])).toEqual([null]);
      expect(await stores().tokens.commit([redeeming(second)])).toEqual(['committed']);
    });

    test('a commit uses the claimed grant up, once', async () => {
      const { delegation, grant } = await grantMade();
      const held = await claimed(grant);
      const tokens = [aToken(delegation), aToken(delegation)];
      const commits = tokens.map((token) => aCommit([{ effect: 'token', token }], { requires: [delegation], claim: held }));
      expect(await stores().tokens.commit(commits)).toEqual(['committed', 'lost-claim']);
      const found = await stores().tokens.find(tokens.map((token) => token.key));
      expect(found.map((token) => token !== null)).toEqual([true, false]);
      await stores().grants.release(held, { counted: true });
      const again = await claim(grant);
      expect(again).toMatchObject({ outcome: 'used', grant: { delegationId: delegation.id } });
      expect(again.outcome === 'used' && Math.abs(again.usedAt - Date.now() / 1000)).toBeLessThan(60);
    });

    test('a commit that finds its delegation inactive leaves the claim as it was', async () => {
      const { delegation, grant } = await grantMade();
      const held = await claimed(grant);
      await stores().tokens.revokeDelegation(delegation.profile, delegation.id, 1);
      const commit = aCommit([{ effect: 'token', token: aToken(delegation) }], { requires: [delegation], claim: held });
      expect(await stores().tokens.commit([commit])).toEqual(['inactive']);
      await stores().grants.release(held, { counted: true });
      expect((await claim(grant)).outcome).toBe('claimed');
    });

    test('a grant that is ended is used, without a commit', async () => {
      const { grant } = await grantMade();
      await stores().grants.end(await claimed(grant));
      expect((await claim(grant)).outcome).toBe('used');
    });

    test('an expired grant is ended, by the clock of the database', async () => {
      const { grant } = await grantMade({ expiresAt: Math.floor(Date.now() / 1000) - 1 });
      expect((await claim(grant)).outcome).toBe('ended');
    });
  });
}
