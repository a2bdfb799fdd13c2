import { expect, test } from '@jest/globals';
import { HeldEntries, type Entry } from './held-entries.ts';

const entry = (key: string, size = 1): Entry => ({ key, size, gap: { because: 'slow', missed: 1 } });
const keys = (entries: readonly Entry[]) => entries.map(({ key }) => key);

test('the last ones are held, in the order in which they came', () => {
  const held = new HeldEntries({ entries: 3, characters: 1000 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) held.add(entry(key));
  expect(keys(held.all)).toEqual(['c', 'd', 'e']);
});

test('long texts push others out sooner, and one that is longer than everything may be is held all the same', () => {
  const held = new HeldEntries({ entries: 10, characters: 100 });
  for (const key of ['a', 'b', 'c']) held.add(entry(key, 40));
  expect(keys(held.all)).toEqual(['b', 'c']);
  held.add(entry('long', 500));
  expect(keys(held.all)).toEqual(['long']);
  held.add(entry('d', 40));
  held.add(entry('e', 40));
  expect(keys(held.all)).toEqual(['d', 'e']);
});

test('what was taken is not held any more, and counts no more', () => {
  const held = new HeldEntries({ entries: 10, characters: 100 });
  held.add(entry('a', 90));
  expect(keys(held.take())).toEqual(['a']);
  for (const key of ['b', 'c']) held.add(entry(key, 50));
  expect(keys(held.all)).toEqual(['b', 'c']);
});
