import { describe, expect, test } from '@jest/globals';
import type { Use } from '../../single-use-store.ts';
import type { Stores } from '../../stores.ts';
import { AT, aUse, unique } from '../store-builders.ts';

export function describeUses(stores: () => Stores): void {
  const once = async (...uses: readonly Use[]) => stores().uses.once(uses);

  describe('what may be used once', () => {
    test.each(['client-assertion', 'assertion', 'authentication-request', 'dpop-proof', 'upstream-answer'] as const)(
      'a %s is used for the first time once',
      async (kind) => {
        const use = aUse({ kind });
        expect(await once(use)).toEqual([true]);
        expect(await once(use)).toEqual([false]);
        expect(await once({ ...use, hash: new Uint8Array(use.hash) })).toEqual([false]);
      },
    );

    test('another profile, kind or hash is another thing', async () => {
      const use = aUse();
      expect(await once(use)).toEqual([true]);
      expect(await once({ ...use, profile: unique('p') }, { ...use, kind: 'dpop-proof' }, aUse({ profile: use.profile }))).toEqual([
        true,
        true,
        true,
      ]);
    });

    test('a batch is answered in its order, and holds of two that are the same one first', async () => {
      const [a, b, c] = [aUse(), aUse({ kind: 'dpop-proof' }), aUse()];
      await once(b);
      expect(await once(a, b, c, a, c)).toEqual([true, false, true, false, false]);
      expect(await once()).toEqual([]);
    });

    test('of a hundred simultaneous uses one is the first', async () => {
      for (const kind of ['client-assertion', 'assertion', 'dpop-proof', 'upstream-answer'] as const) {
        const [use, other] = [aUse({ kind }), aUse({ kind })];
        const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? once(use, other) : once(other, use))));
        expect(answers.flat().filter((isFirst) => isFirst)).toHaveLength(2);
      }
    });

    test('ended ones are forgotten in small portions, and no others', async () => {
      const past = AT - 900_000_000;
      const ended = Array.from({ length: 3 }, () => aUse({ expiresAt: past }));
      const other = aUse({ expiresAt: past + 3600 });
      await once(...ended, other);
      expect(await stores().uses.deleteExpired(past, 100)).toBe(0);
      expect(await once(...ended)).toEqual([false, false, false]);
      expect(await stores().uses.deleteExpired(past + 60, 2)).toBe(2);
      expect(await stores().uses.deleteExpired(past + 60, 100)).toBe(1);
      expect(await stores().uses.deleteExpired(past + 60, 100)).toBe(0);
      expect(await once(other)).toEqual([false]);
    });
  });
}
