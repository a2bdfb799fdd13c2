import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { put, remove } from '../../configuration/configuration.ts';
import { keyOf } from '../../configuration/entities.ts';
import type { EventPlace, RevocationEvent, Stores } from '../../stores.ts';
import { tokenId } from '../../token/opaque-token.ts';
import { aCommit, aDelegation, aKey, aProfile, aSigningKey, AT, aToken, making, unique } from '../store-builders.ts';

export function describeRevocationEvents(stores: () => Stores): void {
  const newest = async () => (await stores().revocationEvents.newest(unique('p'))).place;
  /** All that follows a place, read in pages. */
  async function allAfter(start: EventPlace, limit = 2): Promise<readonly RevocationEvent[]> {
    const events: RevocationEvent[] = [];
    for (let place = start; ;) {
      const page = await stores().revocationEvents.after(place, limit);
      if (page === null) throw new Error(`nobody knows what followed ${place.position}`);
      events.push(...page);
      place = page.at(-1)?.place ?? place;
      if (page.length < limit) return events;
    }
  }
  const told = (events: readonly RevocationEvent[]) =>
    events.map(({ profile, kind, data }) => ({ profile, kind, ...(JSON.parse(data) as object) }));

  describe('revocation events', () => {
    test('each revocation is told once, in the order made, by what others know the token by', async () => {
      const delegation = aDelegation(unique('p'));
      const [one, two] = [aToken(delegation), aToken(delegation)];
      await stores().tokens.commit([aCommit(making(delegation, one, two))]);
      const start = await newest();
      const { profile, id } = delegation;
      await stores().tokens.revokeToken(profile, one.key, AT);
      await stores().tokens.revokeToken(profile, { ...two.key, hash: Buffer.from(two.key.hash).subarray(0, 16) }, AT);
      await stores().tokens.revokeDelegation(profile, id, AT);
      const hash = (token: typeof one) => Buffer.from(token.key.hash).toString('base64url');
      expect(told(await allAfter(start))).toEqual([
        ...[one, two].map((token) => ({ profile, kind: 'token', id: tokenId(token.key), hash: hash(token) })),
        { profile, kind: 'delegation', id },
      ]);
    });

    test('what ends nothing is not told', async () => {
      const delegation = aDelegation(unique('p'));
      const token = aToken(delegation);
      await stores().tokens.commit([aCommit(making(delegation, token))]);
      await stores().tokens.revokeToken(delegation.profile, token.key, AT);
      await stores().tokens.revokeDelegation(delegation.profile, delegation.id, AT);
      const start = await newest();
      await stores().tokens.revokeToken(delegation.profile, token.key, AT);
      await stores().tokens.revokeToken(delegation.profile, aKey(), AT);
      await stores().tokens.revokeToken(unique('other'), token.key, AT);
      await stores().tokens.revokeDelegation(delegation.profile, delegation.id, AT);
      await stores().tokens.commit([aCommit([{ effect: 'revoke-delegation', profile: delegation.profile, id: delegation.id }])]);
      expect(await stores().revocationEvents.after(start, 10)).toEqual([]);
      expect(await newest()).toEqual(start);
    });

    test('delegations that a commit ends are told, those of a commit that fails are not', async () => {
      const profile = unique('p');
      const [one, two, kept] = [aDelegation(profile), aDelegation(profile), aDelegation(profile)];
      await stores().tokens.commit([aCommit([...making(one), ...making(two), ...making(kept)])]);
      const start = await newest();
      const ending = (...ended: (typeof one)[]) => ended.map(({ id }) => ({ effect: 'revoke-delegation' as const, profile, id }));
      const outcomes = await stores().tokens.commit([
        aCommit(ending(one, two)),
        aCommit(ending(kept), { requires: [{ profile, id: unique('gone') }] }),
      ]);
      expect(outcomes).toEqual(['committed', 'inactive']);
      expect(told(await allAfter(start))).toEqual([one, two].map(({ id }) => ({ profile, kind: 'delegation', id })));
    });

    test('of many delegations that are ended at once each is told', async () => {
      const profile = unique('p');
      const [one, two] = [aDelegation(profile, { owner: 'alice' }), aDelegation(profile, { owner: 'alice' })];
      await stores().tokens.commit([aCommit([...making(one), ...making(two), ...making(aDelegation(profile, { owner: 'bob' }))])]);
      const start = await newest();
      expect(await stores().tokens.revokeDelegations(profile, { owner: 'alice' }, AT)).toBe(2);
      const ids = told(await allAfter(start)).map((event) => ('id' in event ? event.id : null));
      expect([...ids].sort()).toEqual([one.id, two.id].sort());
    });

    test('a change of signing keys is told with all that count from then on', async () => {
      const profile = unique('p');
      const [first, second] = [aSigningKey(profile, unique('a')), aSigningKey(profile, unique('b'))];
      const start = await newest();
      const change = async (...changes: Parameters<Stores['configuration']['apply']>[1]) =>
        stores().configuration.apply(await stores().configuration.revision(), changes, []);
      await change(put('profile', aProfile({ id: profile })), put('signing-key', first), put('signing-key', second));
      await change(put('profile', aProfile({ id: profile })));
      await change(remove('signing-key', keyOf('signing-key', first)));
      expect(told(await allAfter(start))).toEqual([
        { profile, kind: 'keys', kids: [first.kid, second.kid] },
        { profile, kind: 'keys', kids: [second.kid] },
      ]);
      expect((await stores().revocationEvents.newest(profile)).kids).toEqual([second.kid]);
    });

    test('positions have no gaps, and each event names the place that the next one follows', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 7 }, () => aDelegation(profile));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      const start = await newest();
      for (const { id } of delegations) await stores().tokens.revokeDelegation(profile, id, AT);
      const events = await allAfter(start, 3);
      expect(events.map(({ place }) => place.position - start.position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      for (const [i, { place }] of events.entries()) expect(await stores().revocationEvents.after(place, 100)).toEqual(events.slice(i + 1));
      expect(await newest()).toEqual(events.at(-1)?.place);
      // Of another database, or from before a backup was restored: other events follow it.
      expect(await stores().revocationEvents.after({ ...events[2]!.place, mark: 'AAAAAAAA' }, 100)).toBeNull();
    });

    test('after a place that never was, is not yet, or held something else, nothing is known', async () => {
      const place = await newest();
      const mark = randomBytes(6).toString('base64url');
      const { position } = place;
      for (const wrong of [
        { position, mark },
        { ...place, position: position + 1 },
        { ...place, position: position + 9 },
        { position: -1, mark },
      ])
        expect(await stores().revocationEvents.after(wrong, 10)).toBeNull();
      expect(await stores().revocationEvents.after(place, 10)).toEqual([]);
    });

    test('old events go, and who would miss one of them is told so', async () => {
      const begin = AT + 10_000;
      const profile = unique('p');
      const [old, young] = [[1, 2, 3], [4]].map((list) => list.map(() => aDelegation(profile)));
      await stores().tokens.commit([aCommit([...old!, ...young!].flatMap((delegation) => making(delegation)))]);
      while ((await stores().revocationEvents.deleteBefore(begin, 100)) > 0);
      const start = await newest();
      for (const { id } of old!) await stores().tokens.revokeDelegation(profile, id, begin);
      const between = await newest();
      for (const { id } of young!) await stores().tokens.revokeDelegation(profile, id, begin + 100);
      const events = await allAfter(start);
      expect(await stores().revocationEvents.deleteBefore(begin + 50, 2)).toBe(2);
      expect(await stores().revocationEvents.after(start, 10)).toBeNull();
      expect(await stores().revocationEvents.after(events[1]!.place, 10)).toEqual(events.slice(2));
      expect(await stores().revocationEvents.deleteBefore(begin + 50, 2)).toBe(1);
      expect(await stores().revocationEvents.after(between, 10)).toEqual(events.slice(3));
      expect(await stores().revocationEvents.deleteBefore(begin + 101, 100)).toBe(1);
      expect(await stores().revocationEvents.after(between, 10)).toBeNull();
      expect(await stores().revocationEvents.after(events[3]!.place, 10)).toEqual([]);
      // What comes next follows what is gone.
      const next = aDelegation(profile);
      await stores().tokens.commit([aCommit(making(next))]);
      await stores().tokens.revokeDelegation(profile, next.id, begin + 200);
      expect(told(await allAfter(events[3]!.place))).toEqual([{ profile, kind: 'delegation', id: next.id }]);
    });

    test('one that writes is heard of once it has committed', async () => {
      const delegation = aDelegation(unique('p'));
      await stores().tokens.commit([aCommit(making(delegation))]);
      const start = await newest();
      const seen = new Promise<readonly RevocationEvent[] | null>((resolve) => {
        const stop = stores().revocationEvents.onWritten(() => {
          stop();
          resolve(stores().revocationEvents.after(start, 10));
        });
      });
      await stores().tokens.revokeDelegation(delegation.profile, delegation.id, AT);
      expect(told((await seen) ?? [])).toEqual([{ profile: delegation.profile, kind: 'delegation', id: delegation.id }]);
    });

    test('of many revocations at once a reader misses none and sees none twice', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 40 }, () => aDelegation(profile));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      let place = await newest();
      const seen: RevocationEvent[] = [];
      const read = async () => {
        const page = await stores().revocationEvents.after(place, 5);
        if (page === null) throw new Error('lost its place');
        seen.push(...page);
        place = page.at(-1)?.place ?? place;
      };
      const writing = { isOver: false };
      const all = Promise.all(
        delegations.map(async ({ id }, i) =>
          i % 2 === 0
            ? stores().tokens.revokeDelegation(profile, id, AT)
            : stores().tokens.commit([aCommit([{ effect: 'revoke-delegation', profile, id }])]),
        ),
      ).finally(() => (writing.isOver = true));
      while (!writing.isOver) {
        await read();
        await new Promise(setImmediate);
      }
      await all;
      for (let before = -1; before !== seen.length;) {
        before = seen.length;
        await read();
      }
      const ids = seen.map(({ data }) => (JSON.parse(data) as { id: string }).id);
      expect([...ids].sort()).toEqual(delegations.map(({ id }) => id).sort());
      expect(new Set(ids).size).toBe(ids.length);
    });
  });
}
