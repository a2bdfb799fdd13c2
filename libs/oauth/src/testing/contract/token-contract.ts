import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Stores } from '../../stores.ts';
import { parseTokenId, tokenId } from '../../token/opaque-token.ts';
import { aCommit, aDelegation, aGrant, aKey, AT, aToken, making, unique } from '../store-builders.ts';

export function describeTokens(stores: () => Stores): void {
  describe('tokens', () => {
    test('a token is found with its delegation, in the order of the keys, its texts as they were stored', async () => {
      const delegation = aDelegation(unique('p'));
      const [one, two] = [aToken(delegation), aToken(delegation, { form: 'jwt', purpose: 'refresh_token', subject: null })];
      expect(await stores().tokens.commit([aCommit(making(delegation, one, two))])).toEqual(['committed']);
      const found = await stores().tokens.find([two.key, aKey(), one.key, { ...one.key, period: one.key.period + 1 }, one.key]);
      expect(found.map((token) => token?.data ?? null)).toEqual([two.data, null, one.data, null, one.data]);
      const { profile, purpose, form, clientId, delegationId, data, expiresAt } = two;
      const expected = { profile, purpose, form, clientId, delegationId, data, expiresAt, revokedAt: null };
      expect(found[0]).toMatchObject({
        ...expected,
        delegation: { status: 'active', view: delegation.view, expiresAt: delegation.expiresAt },
      });
      expect(Buffer.from(found[0]!.key.hash)).toEqual(two.key.hash);
      expect(await stores().tokens.find([])).toEqual([]);
    });

    test('a token is found, and revoked, by its public id', async () => {
      const delegation = aDelegation(unique('p'));
      // Hashes at the ends of the range that the id leaves open.
      const lowest = Buffer.concat([randomBytes(16), Buffer.alloc(16)]);
      const highest = Buffer.concat([randomBytes(15), Buffer.alloc(17, 0xff)]);
      const tokens = [lowest, highest, randomBytes(32)].map((hash) => aToken(delegation, { key: { period: 20_000, hash } }));
      await stores().tokens.commit([aCommit(making(delegation, ...tokens))]);
      const keys = tokens.map((token) => parseTokenId(tokenId(token.key))!);
      const found = await stores().tokens.find([...keys, { period: 20_000, hash: randomBytes(16) }]);
      expect(found.map((token) => token && Buffer.from(token.key.hash))).toEqual([...tokens.map((token) => token.key.hash), null]);
      for (const key of keys) expect(await stores().tokens.revokeToken(delegation.profile, key, AT)).toBe(true);
      for (const token of await stores().tokens.find(keys)) expect(token?.revokedAt).toBe(AT);
    });

    test('a token is revoked once, and only in its own profile', async () => {
      const delegation = aDelegation(unique('p'));
      const token = aToken(delegation);
      await stores().tokens.commit([aCommit(making(delegation, token))]);
      expect(await stores().tokens.revokeToken(unique('other'), token.key, AT)).toBe(false);
      expect(await stores().tokens.revokeToken(delegation.profile, aKey(), AT)).toBe(false);
      expect((await stores().tokens.find([token.key]))[0]?.revokedAt).toBeNull();
      expect(await stores().tokens.revokeToken(delegation.profile, token.key, AT + 1)).toBe(true);
      expect(await stores().tokens.revokeToken(delegation.profile, token.key, AT + 2)).toBe(false);
      expect((await stores().tokens.find([token.key]))[0]?.revokedAt).toBe(AT + 1);
    });

    test('revoking a delegation shows in every token that hangs from it, and lets no more hang from it', async () => {
      const delegation = aDelegation(unique('p'));
      const token = aToken(delegation);
      await stores().tokens.commit([aCommit(making(delegation, token))]);
      expect(await stores().tokens.revokeDelegation(unique('other'), delegation.id, AT)).toBe(false);
      expect(await stores().tokens.revokeDelegation(delegation.profile, delegation.id, AT)).toBe(true);
      expect(await stores().tokens.revokeDelegation(delegation.profile, delegation.id, AT + 1)).toBe(false);
      expect((await stores().tokens.find([token.key]))[0]?.delegation?.status).toBe('revoked');
      expect(await stores().tokens.findDelegation(delegation.profile, delegation.id)).toEqual({
        ...delegation,
        status: 'revoked',
        revokedAt: AT,
      });
      const more = aCommit([{ effect: 'token', token: aToken(delegation) }], { requires: [delegation] });
      expect(await stores().tokens.commit([more])).toEqual(['inactive']);
    });

    test('all delegations of an owner, of a client or of both are revoked at once, and those of nobody else', async () => {
      const [profile, elsewhere] = [unique('p'), unique('p')];
      const made = [
        aDelegation(profile, { owner: 'anna', clientId: 'web' }),
        aDelegation(profile, { owner: 'anna', clientId: 'app' }),
        aDelegation(profile, { owner: 'bert', clientId: 'app' }),
        aDelegation(profile, { owner: 'bert', clientId: 'web' }),
        aDelegation(elsewhere, { owner: 'anna', clientId: 'app' }),
      ];
      const tokens = made.map((delegation) => aToken(delegation));
      await stores().tokens.commit(made.map((delegation, i) => aCommit(making(delegation, tokens[i]!))));
      const statuses = async () => {
        const found = await stores().tokens.find(tokens.map(({ key }) => key));
        return found.map((token) => token?.delegation?.status === 'active');
      };
      expect(await stores().tokens.revokeDelegations(profile, { owner: 'anna', clientId: 'app' }, AT - 3)).toBe(1);
      expect(await statuses()).toEqual([true, false, true, true, true]);
      expect(await stores().tokens.revokeDelegations(profile, { owner: 'anna' }, AT - 2)).toBe(1);
      expect(await statuses()).toEqual([false, false, true, true, true]);
      expect(await stores().tokens.revokeDelegations(profile, { clientId: 'app' }, AT - 1)).toBe(1);
      expect(await statuses()).toEqual([false, false, false, true, true]);
      for (const whose of [{ owner: 'anna' }, { owner: 'nobody' }, { owner: 'bert', clientId: 'app' }])
        expect(await stores().tokens.revokeDelegations(profile, whose, AT)).toBe(0);
      // What was revoked before keeps its time.
      const records = await Promise.all(made.map(async ({ profile: of, id }) => stores().tokens.findDelegation(of, id)));
      expect(records.map((record) => record?.revokedAt)).toEqual([AT - 2, AT - 3, AT - 1, null, null]);
    });

    test('the delegations of a login session are those that end with it, and no others', async () => {
      const profile = unique('p');
      const [ending, lasting, another] = [aDelegation(profile), aDelegation(profile), aDelegation(profile)];
      const within = (delegation: typeof ending, session: string) =>
        ({ effect: 'session-delegation', profile, session, delegationId: delegation.id, expiresAt: delegation.expiresAt }) as const;
      await stores().tokens.commit([
        aCommit([...making(ending), ...making(lasting), ...making(another), within(ending, 'one'), within(another, 'two')]),
      ]);
      expect(await stores().tokens.revokeDelegations(profile, { session: 'none' }, AT)).toBe(0);
      expect(await stores().tokens.revokeDelegations(profile, { session: 'one' }, AT)).toBe(1);
      expect(await stores().tokens.revokeDelegations(profile, { session: 'one' }, AT)).toBe(0);
      const records = await Promise.all([ending, lasting, another].map(async ({ id }) => stores().tokens.findDelegation(profile, id)));
      expect(records.map((record) => record?.status)).toEqual(['revoked', 'active', 'active']);
      expect(await stores().tokens.revokeDelegations(profile, { session: 'two', owner: 'somebody else' }, AT)).toBe(0);
    });

    test('a delegation is renewed while it is active: its scope and view change, its end is never moved nearer, its tokens stay', async () => {
      const profile = unique('p');
      const before = aDelegation(profile, { expiresAt: AT + 100 });
      const [early, late] = [aToken(before), aToken(before)];
      const within = (expiresAt: number) =>
        ({ effect: 'session-delegation', profile, session: 'one', delegationId: before.id, expiresAt }) as const;
      await stores().tokens.commit([aCommit([...making(before, early), within(AT + 100)])]);
      const view = JSON.stringify({ id: before.id, clientId: 'client', owner: 'owner', scope: 'read write', claims: { tenant: 'ü' } });
      const renewed = { ...before, scope: 'read write', view, expiresAt: AT + 900 };
      const renewal = { effect: 'renewed-delegation', delegation: renewed } as const;
      const commit = aCommit([renewal, { effect: 'token', token: late }, within(AT + 900)], { requires: [before] });
      expect(await stores().tokens.commit([commit])).toEqual(['committed']);
      expect(await stores().tokens.findDelegation(profile, before.id)).toEqual({ ...renewed, status: 'active', revokedAt: null });
      expect((await stores().tokens.find([early.key, late.key])).map((token) => token?.delegation?.view)).toEqual([view, view]);
      const nearer = { effect: 'renewed-delegation', delegation: { ...renewed, expiresAt: AT + 1 } } as const;
      expect(await stores().tokens.commit([aCommit([nearer, within(AT + 1)], { requires: [before] })])).toEqual(['committed']);
      expect((await stores().tokens.findDelegation(profile, before.id))?.expiresAt).toBe(AT + 900);
      expect(await stores().tokens.revokeDelegations(profile, { session: 'one' }, AT)).toBe(1);
      expect(await stores().tokens.commit([aCommit([renewal], { requires: [before] })])).toEqual(['inactive']);
      const careless = aCommit([{ effect: 'renewed-delegation', delegation: aDelegation(profile) }]);
      await expect((async () => stores().tokens.commit([careless]))()).rejects.toMatchObject({ name: 'StoreError', code: 'dangling' });
    });

    test('of a renewal and a revocation at the same time the revocation stays', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 10 }, () => aDelegation(profile));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      const renewing = delegations.map(async (delegation) =>
        stores().tokens.commit([aCommit([{ effect: 'renewed-delegation', delegation }], { requires: [delegation] })]),
      );
      const revoking = delegations.map(async ({ id }) => stores().tokens.revokeDelegation(profile, id, AT));
      await Promise.all([...renewing, ...revoking]);
      expect((await stores().tokens.listDelegations({ profile, status: 'active' }, { limit: 50 })).items).toEqual([]);
    });

    test('delegations are revoked in portions where a limit says so, until none is left', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 5 }, () => aDelegation(profile, { owner: 'anna' }));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      const counts: number[] = [];
      for (let n = 0; n < 4; n++) counts.push(await stores().tokens.revokeDelegations(profile, { owner: 'anna' }, AT, 2));
      expect(counts).toEqual([2, 2, 1, 0]);
      expect((await stores().tokens.listDelegations({ profile, status: 'active' }, { limit: 10 })).items).toEqual([]);
    });

    test('a revocation that says of nobody whose delegations it means is refused: it would be everybody', async () => {
      const delegation = aDelegation(unique('p'));
      await stores().tokens.commit([aCommit(making(delegation))]);
      const ofNobody = {} as { owner: string };
      await expect((async () => stores().tokens.revokeDelegations(delegation.profile, ofNobody, AT))()).rejects.toMatchObject({
        name: 'StoreError',
      });
      expect((await stores().tokens.findDelegation(delegation.profile, delegation.id))?.status).toBe('active');
    });

    test('revoking all of an owner while tokens are issued on them leaves none active, and none hanging from a revoked one unseen', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 20 }, () => aDelegation(profile, { owner: 'anna' }));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      const issuing = delegations.map(async (delegation) =>
        stores().tokens.commit([aCommit([{ effect: 'token', token: aToken(delegation) }], { requires: [delegation] })]),
      );
      const revoking = [1, 2].map(async (n) => stores().tokens.revokeDelegations(profile, { owner: 'anna' }, AT - n));
      const [, counts] = await Promise.all([Promise.all(issuing), Promise.all(revoking)]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20);
      expect((await stores().tokens.listTokens({ profile, activeAt: AT }, { limit: 50 })).items).toEqual([]);
      expect((await stores().tokens.listDelegations({ profile, status: 'active' }, { limit: 50 })).items).toEqual([]);
    });

    test('each commit of a group has its own outcome, and one that fails leaves no trace', async () => {
      const profile = unique('p');
      const [active, expired, made] = [aDelegation(profile), aDelegation(profile, { expiresAt: AT }), aDelegation(profile)];
      await stores().tokens.commit([aCommit([...making(active), ...making(expired)])]);
      const tokens = [aToken(active), aToken(expired), aToken(aDelegation(profile)), aToken(made), aToken(active)];
      const [onActive, onExpired, onUnknown, onMade, onBoth] = tokens;
      const requiring = (token: typeof onActive, ...requires: { profile: string; id: string }[]) =>
        aCommit([{ effect: 'token', token: token! }], { requires });
      const outcomes = await stores().tokens.commit([
        requiring(onActive, active),
        requiring(onExpired, expired),
        requiring(onUnknown, { profile, id: onUnknown!.delegationId }),
        aCommit(making(made, onMade!)),
        requiring(onBoth, active, expired),
      ]);
      expect(outcomes).toEqual(['committed', 'inactive', 'inactive', 'committed', 'inactive']);
      const found = await stores().tokens.find(tokens.map((token) => token.key));
      expect(found.map((token) => token !== null)).toEqual([true, false, false, true, false]);
    });

    test('commits of a group see those before them', async () => {
      const delegation = aDelegation(unique('p'));
      const [before, after] = [aToken(delegation), aToken(delegation)];
      const { profile, id } = delegation;
      const outcomes = await stores().tokens.commit([
        aCommit(making(delegation)),
        aCommit([{ effect: 'token', token: before }], { requires: [delegation] }),
        aCommit([{ effect: 'revoke-delegation', profile, id }]),
        aCommit([{ effect: 'token', token: after }], { requires: [delegation] }),
      ]);
      expect(outcomes).toEqual(['committed', 'committed', 'committed', 'inactive']);
      const found = await stores().tokens.find([before.key, after.key]);
      expect(found.map((token) => token?.delegation?.status)).toEqual(['revoked', undefined]);
    });

    test('when a group throws, none of it is stored', async () => {
      const delegation = aDelegation(unique('p'));
      const token = aToken(delegation);
      await stores().tokens.commit([aCommit(making(delegation, token))]);
      const innocent = aDelegation(delegation.profile);
      const group = [aCommit(making(innocent, aToken(innocent))), aCommit([{ effect: 'token', token }], { requires: [delegation] })];
      await expect((async () => stores().tokens.commit(group))()).rejects.toMatchObject({ name: 'StoreError' });
      expect(await stores().tokens.findDelegation(innocent.profile, innocent.id)).toBeNull();
      const orphan = aCommit([{ effect: 'token', token: aToken(aDelegation(delegation.profile)) }]);
      await expect((async () => stores().tokens.commit([orphan]))()).rejects.toMatchObject({ name: 'StoreError', code: 'dangling' });
    });

    test('overlapping groups do not disturb one another', async () => {
      const profile = unique('p');
      const groups = Array.from({ length: 40 }, (_, i) => {
        const delegation = aDelegation(profile);
        const token = aToken(delegation);
        const failing = i % 4 === 0 ? [aCommit([{ effect: 'token', token: aToken(aDelegation(profile)) }])] : [];
        return { token, commits: [aCommit(making(delegation, token)), ...failing] };
      });
      const outcomes = await Promise.allSettled(groups.map(async ({ commits }) => stores().tokens.commit(commits)));
      const found = await stores().tokens.find(groups.map(({ token }) => token.key));
      expect(found.map((token) => token !== null)).toEqual(groups.map((_, i) => i % 4 !== 0));
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(groups.map((_, i) => i % 4 !== 0));
    });

    test('simultaneous commits that revoke the same delegations in opposite orders all succeed', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 6 }, () => aDelegation(profile));
      await stores().tokens.commit([aCommit(delegations.flatMap((delegation) => making(delegation)))]);
      const revoking = (order: readonly { id: string }[]) => aCommit(order.map(({ id }) => ({ effect: 'revoke-delegation', profile, id })));
      const groups = Array.from({ length: 10 }, (_, i) => [revoking(i % 2 === 0 ? delegations : [...delegations].reverse())]);
      const outcomes = await Promise.all(groups.map(async (group) => stores().tokens.commit(group)));
      expect(outcomes).toEqual(groups.map(() => ['committed']));
      expect((await stores().tokens.listDelegations({ profile, status: 'active' }, { limit: 10 })).items).toEqual([]);
    });

    test('a subject may be any text: it fails no commit, and its data is kept', async () => {
      const profile = unique('p');
      for (const subject of ['nul\0l', '\ud800 alone', 'x'.repeat(20_000), '', '🦊'.repeat(300)]) {
        const delegation = aDelegation(profile, { owner: subject });
        const token = aToken(delegation, { data: JSON.stringify({ sub: subject }) });
        expect(await stores().tokens.commit([aCommit(making(delegation, token))])).toEqual(['committed']);
        expect((await stores().tokens.find([token.key]))[0]?.data).toBe(token.data);
        const listed = await stores().tokens.listTokens({ profile, subject }, { limit: 10 });
        expect(listed.items.map((item) => item.id)).toEqual([tokenId(token.key)]);
      }
      expect(await stores().tokens.findDelegation(profile, 'nul\0l')).toBeNull();
      expect(await stores().tokens.revokeDelegation(profile, 'nul\0l', AT)).toBe(false);
    });

    test('what ended is deleted up to a limit, and a delegation stays while a token hangs from it', async () => {
      const [profile, past] = [unique('p'), 1_000_000];
      const old = aDelegation(profile, { expiresAt: past });
      const needed = aDelegation(profile, { expiresAt: past });
      const tokens = [aToken(old, { expiresAt: past }), aToken(old, { expiresAt: past + 1 }), aToken(needed, { expiresAt: AT })];
      const grant = aGrant(old, { expiresAt: past });
      await stores().tokens.commit([aCommit(making(old, tokens[0]!, tokens[1]!, grant)), aCommit(making(needed, tokens[2]!))]);
      expect(await stores().tokens.deleteExpired(past, 100)).toBe(0);
      expect(await stores().tokens.deleteExpired(past + 2, 1)).toBe(1);
      expect(await stores().tokens.deleteExpired(past + 2, 100)).toBe(3);
      const found = await stores().tokens.find(tokens.map((token) => token.key));
      expect(found.map((token) => token !== null)).toEqual([false, false, true]);
      expect(await stores().tokens.findDelegation(profile, old.id)).toBeNull();
      expect(await stores().tokens.findDelegation(profile, needed.id)).not.toBeNull();
      expect((await stores().grants.claim(profile, grant.hash, 1)).outcome).toBe('unknown');
    });
  });
}
