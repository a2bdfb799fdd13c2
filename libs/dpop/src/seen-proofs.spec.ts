import { describe, expect, test } from '@jest/globals';
import { SeenProofs } from './seen-proofs.ts';

describe('Seen proofs (RFC 9449 section 11.1)', () => {
  test('take each proof once, by key and id', () => {
    const seen = new SeenProofs();
    expect([seen.take('a', '1', 0), seen.take('a', '1', 1), seen.take('b', '1', 1), seen.take('a', '2', 1)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test('remember a proof for at least as long as it is young, whenever in a generation it comes', () => {
    for (let start = 0; start < 30; start++) {
      const seen = new SeenProofs(10);
      seen.take('z', 'first', 0);
      expect(seen.take('a', '1', start)).toBe(true);
      for (let age = 0; age < 10; age++) expect(seen.take('a', '1', start + age)).toBe(false);
    }
  });

  test('forget it afterwards', () => {
    const seen = new SeenProofs(10);
    seen.take('a', '1', 0);
    seen.take('b', '1', 12);
    expect(seen.take('a', '1', 24)).toBe(true);
  });
});
