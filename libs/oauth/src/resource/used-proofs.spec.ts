import { describe, expect, jest, test } from '@jest/globals';
import { SingleUses } from '../single-uses.ts';
import { MemoryUseStore } from '../testing/memory-use-store.ts';
import { UsedProofs } from './used-proofs.ts';

const proofOf = (jti: string, thumbprint = 'key') => ({ jti, thumbprint, until: 1060, nonce: undefined });

describe('DPoP proofs (RFC 9449 section 11.1)', () => {
  test('are taken once by all nodes together', async () => {
    const store = new MemoryUseStore();
    const nodes = [1, 2, 3].map(() => new UsedProofs(new SingleUses(store)));
    const answers = await Promise.all(nodes.flatMap((node) => [1, 2, 3].map(() => node.take('main', proofOf('a'), 1000))));
    expect(answers.filter((taken) => taken)).toHaveLength(1);
  });

  test('of other keys, ids and profiles are others', async () => {
    const store = new MemoryUseStore();
    const [one, two] = [new UsedProofs(new SingleUses(store)), new UsedProofs(new SingleUses(store))];
    expect(await one.take('main', proofOf('a'), 1000)).toBe(true);
    expect(await two.take('main', proofOf('b'), 1000)).toBe(true);
    expect(await two.take('main', proofOf('a', 'other key'), 1000)).toBe(true);
    expect(await one.take('main', proofOf('a'), 1000)).toBe(false);
  });

  test('that this node has seen are refused without asking the store', async () => {
    const store = new MemoryUseStore();
    const once = jest.spyOn(store, 'once');
    const proofs = new UsedProofs(new SingleUses(store));
    await proofs.take('main', proofOf('a'), 1000);
    for (let i = 0; i < 10; i++) expect(await proofs.take('main', proofOf('a'), 1000)).toBe(false);
    expect(once).toHaveBeenCalledTimes(1);
  });
});
