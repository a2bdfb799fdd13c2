import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FoundToken, Stores, TokenKey, TokenStore } from '../stores.ts';
import { memoryStores } from '../testing/memory-stores.ts';
import { aCommit, aDelegation, aKey, aToken, making } from '../testing/store-builders.ts';
import { TokenLookup } from './token-lookup.ts';

let stores: Stores;
let batches: number[];
let keys: TokenKey[];

beforeEach(async () => {
  stores = memoryStores();
  batches = [];
  const delegation = aDelegation('p');
  const tokens = Array.from({ length: 5 }, (_, i) => aToken(delegation, { clientId: `client-${i}` }));
  await stores.tokens.commit([aCommit(making(delegation, ...tokens))]);
  keys = tokens.map(({ key }) => key);
});

/** The store with its reads counted, answering at once or later. */
function counting(find: (keys: readonly TokenKey[]) => ReturnType<TokenStore['find']> = (keys) => stores.tokens.find(keys)): TokenLookup {
  const store = { find: (keys: readonly TokenKey[]) => (batches.push(keys.length), find(keys)) };
  return new TokenLookup(store as unknown as TokenStore);
}

const clientsOf = (found: readonly (FoundToken | null)[]) => found.map((token) => token?.clientId ?? null);

describe('looking tokens up', () => {
  test('with little under way goes at once', async () => {
    const lookup = counting();
    lookup.inFlight = 3;
    const found = lookup.find(keys[0] as TokenKey);
    expect(found).not.toBeInstanceOf(Promise);
    expect((await found)?.clientId).toBe('client-0');
    expect(await lookup.find(aKey())).toBeNull();
  });

  test('with much under way joins the lookups of one turn, and each gets its own answer', async () => {
    const lookup = counting();
    lookup.inFlight = 4;
    const found = await Promise.all([...keys, aKey()].map(async (key) => lookup.find(key)));
    expect(clientsOf(found)).toEqual(['client-0', 'client-1', 'client-2', 'client-3', 'client-4', null]);
    expect(batches).toEqual([6]);
    await lookup.find(keys[0] as TokenKey);
    expect(batches).toEqual([6, 1]);
  });

  test('works over a store that answers later, too', async () => {
    const lookup = counting(async (keys) => stores.tokens.find(keys));
    expect((await lookup.find(keys[1] as TokenKey))?.clientId).toBe('client-1');
    lookup.inFlight = 9;
    expect(clientsOf(await Promise.all(keys.map(async (key) => lookup.find(key))))).toEqual([
      'client-0',
      'client-1',
      'client-2',
      'client-3',
      'client-4',
    ]);
    expect(batches).toEqual([1, 5]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
    ['rejects', () => Promise.reject(new Error('away'))],
  ])('a store that %s fails every lookup of the turn, and the next turn is served again', async (_how, fail) => {
    let failing = true;
    const lookup = counting((keys) => (failing ? fail() : stores.tokens.find(keys)));
    lookup.inFlight = 9;
    const outcomes = await Promise.allSettled(keys.map(async (key) => lookup.find(key)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    failing = false;
    expect((await lookup.find(keys[2] as TokenKey))?.clientId).toBe('client-2');
  });
});
