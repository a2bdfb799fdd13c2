import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { claimHeaders } from './claim-headers.ts';

const text = (value: unknown): string | undefined => claimHeaders({ 'X-Claim': 'c' }, { c: value })[1];

test.each<[unknown, string]>([
  ['alice', 'alice'],
  ['with space', 'with space'],
  [7, '7'],
  [true, 'true'],
  [null, ''],
  [undefined, ''],
  [['a', 'b'], 'a b'],
  [['a b', 'c'], '["a b","c"]'],
  [[1, 2], '[1,2]'],
  [{ a: 1 }, '{"a":1}'],
  ['Zoë', 'Zo%C3%AB'],
  ['100%', '100%25'],
  ['a\r\nSet-Cookie: x', 'a%0D%0ASet-Cookie: x'],
  ['\ud800', '%EF%BF%BD'],
  ['x'.repeat(2049), ''],
])('the claim %j is told as %j', (value, told) => {
  expect(text(value)).toBe(told);
});

test('no claim whatever makes more than one printable line', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(text(value)).toMatch(/^[\x20-\x7e]{0,2048}$/);
    }),
  );
});

test('only claims are told, not what objects have by themselves', () => {
  expect(claimHeaders({ A: 'toString', B: '__proto__' }, {})).toEqual(['A', '', 'B', '']);
});
