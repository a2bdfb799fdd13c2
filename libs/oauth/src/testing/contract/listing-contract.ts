import { describe, expect, test } from '@jest/globals';
import type { Page, Stores } from '../../stores.ts';
import { parseTokenId, tokenId } from '../../token/opaque-token.ts';
import { aCommit, aDelegation, AT, aToken, making, unique } from '../store-builders.ts';

export function describeListing(stores: () => Stores): void {
  const walk = async <T>(list: (page: { after?: string; limit: number }) => Page<T> | Promise<Page<T>>, limit: number): Promise<T[]> => {
    const items: T[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page: Page<T> = await list(after === undefined ? { limit } : { after, limit });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      after = page.next;
    }
    return items;
  };

  describe('lists', () => {
    test('tokens are listed newest first, each once over all pages, without value or hash', async () => {
      const delegation = aDelegation(unique('p'));
      const tokens = Array.from({ length: 7 }, () => aToken(delegation));
      await stores().tokens.commit([aCommit(making(delegation, ...tokens))]);
      for (const limit of [1, 3, 7, 100]) {
        const listed = await walk((page) => stores().tokens.listTokens({ profile: delegation.profile }, page), limit);
        expect(listed.map((item) => item.id)).toEqual(tokens.map((token) => tokenId(token.key)).reverse());
      }
      const { items } = await stores().tokens.listTokens({ profile: delegation.profile }, { limit: 1 });
      const { key, ...rest } = tokens[6]!;
      expect(items).toEqual([{ ...rest, id: tokenId(key), revokedAt: null }]);
      expect(parseTokenId(items[0]!.id)).not.toBeNull();
    });

    test('tokens are found by client, subject and delegation, alone and together', async () => {
      const profile = unique('p');
      const [mine, other] = [aDelegation(profile), aDelegation(profile)];
      const tokens = {
        a: aToken(mine, { clientId: unique('c'), subject: unique('s') }),
        b: aToken(other, { clientId: unique('c'), subject: null }),
      };
      await stores().tokens.commit([aCommit([...making(mine, tokens.a), ...making(other, tokens.b)])]);
      const list = async (filter: Parameters<Stores['tokens']['listTokens']>[0]) =>
        (await stores().tokens.listTokens(filter, { limit: 10 })).items.map((item) => item.id);
      const [a, b] = [tokenId(tokens.a.key), tokenId(tokens.b.key)];
      expect(await list({ clientId: tokens.a.clientId })).toEqual([a]);
      expect(await list({ subject: tokens.a.subject! })).toEqual([a]);
      expect(await list({ delegationId: other.id })).toEqual([b]);
      expect(await list({ profile, clientId: tokens.b.clientId, delegationId: other.id })).toEqual([b]);
      expect(await list({ profile: unique('other'), clientId: tokens.b.clientId })).toEqual([]);
    });

    test('active tokens are those that are neither expired nor revoked, nor is their delegation', async () => {
      const profile = unique('p');
      const [active, revoked, expired] = [aDelegation(profile), aDelegation(profile), aDelegation(profile, { expiresAt: AT + 10 })];
      const tokens = [aToken(active), aToken(active, { expiresAt: AT + 10 }), aToken(active), aToken(revoked), aToken(expired)];
      const effects = [...making(active, ...tokens.slice(0, 3)), ...making(revoked, tokens[3]!), ...making(expired, tokens[4]!)];
      await stores().tokens.commit([aCommit(effects)]);
      await stores().tokens.revokeToken(profile, tokens[2]!.key, AT);
      await stores().tokens.revokeDelegation(profile, revoked.id, AT);
      const { items } = await stores().tokens.listTokens({ profile, activeAt: AT + 10 }, { limit: 10 });
      expect(items.map((item) => item.id)).toEqual([tokenId(tokens[0]!.key)]);
    });

    test('delegations are listed newest first by client, owner and status', async () => {
      const profile = unique('p');
      const delegations = Array.from({ length: 5 }, (_, i) =>
        aDelegation(profile, { clientId: `c${String(i % 2)}`, owner: `o${String(i % 3)}` }),
      );
      await stores().tokens.commit(delegations.map((delegation) => aCommit(making(delegation))));
      await stores().tokens.revokeDelegation(profile, delegations[0]!.id, AT);
      const ids = (indexes: readonly number[]) => indexes.map((index) => delegations[index]!.id);
      const list = async (filter: Parameters<Stores['tokens']['listDelegations']>[0]) =>
        (await walk((page) => stores().tokens.listDelegations({ profile, ...filter }, page), 2)).map((item) => item.id);
      expect(await list({})).toEqual(ids([4, 3, 2, 1, 0]));
      expect(await list({ clientId: 'c0' })).toEqual(ids([4, 2, 0]));
      expect(await list({ owner: 'o0' })).toEqual(ids([3, 0]));
      expect(await list({ clientId: 'c0', status: 'active' })).toEqual(ids([4, 2]));
      expect(await list({ status: 'revoked' })).toEqual(ids([0]));
    });

    test('a cursor that was never given is refused', async () => {
      for (const after of ['', '-1', "1' or 1=1", 'zzzzzzzzzzzzzzzzzzzzzzzzzz', '\0']) {
        await expect((async () => stores().tokens.listTokens({}, { after, limit: 1 }))()).rejects.toMatchObject({
          name: 'StoreError',
          code: 'bad-cursor',
        });
      }
    });

    test('a page has at least one row and at most a thousand, whatever is asked for', async () => {
      const delegation = aDelegation(unique('p'));
      await stores().tokens.commit([aCommit(making(delegation, aToken(delegation), aToken(delegation)))]);
      for (const limit of [0, -5, Number.NaN]) {
        expect((await stores().tokens.listTokens({ profile: delegation.profile }, { limit })).items).toHaveLength(1);
      }
      expect((await stores().tokens.listTokens({ profile: delegation.profile }, { limit: Infinity })).items.length).toBeGreaterThan(0);
    });
  });
}
