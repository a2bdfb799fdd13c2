import { randomBytes } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { SingleUses } from './single-uses.ts';
import type { Use, UseStore } from './single-use-store.ts';
import { MemoryUseStore } from './testing/memory-use-store.ts';

const aUse = (): Use => ({ profile: 'p', kind: 'dpop-proof', hash: randomBytes(32), expiresAt: 1000 });

describe('single uses', () => {
  test('of one turn of the event loop are asked for together, and each is answered for itself', async () => {
    const store = new MemoryUseStore();
    const once = jest.spyOn(store, 'once');
    const uses = new SingleUses(store);
    const [a, b] = [aUse(), aUse()];
    expect(await Promise.all([a, b, a, b].map((use) => uses.isFirst(use)))).toEqual([true, true, false, false]);
    expect(once).toHaveBeenCalledTimes(1);
    expect(await uses.isFirst(a)).toBe(false);
    expect(once).toHaveBeenCalledTimes(2);
  });

  test.each<[string, UseStore['once']]>([
    [
      'at once',
      () => {
        throw new Error('down');
      },
    ],
    ['later', () => Promise.reject(new Error('down'))],
  ])('of a store that fails %s fail, all of them, and the next ask anew', async (_when, fail) => {
    const store = new MemoryUseStore();
    jest.spyOn(store, 'once').mockImplementationOnce(fail as never);
    const uses = new SingleUses(store);
    const use = aUse();
    const outcomes = await Promise.allSettled([uses.isFirst(use), uses.isFirst(aUse())]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await uses.isFirst(use)).toBe(true);
  });

  test('of which the store says nothing are not the first', async () => {
    const uses = new SingleUses({ once: () => Promise.resolve([]), deleteExpired: () => 0 });
    expect(await uses.isFirst(aUse())).toBe(false);
  });
});
