import { describe, expect, test } from '@jest/globals';
import { BoundedMemo } from './bounded-memo.ts';

describe('a bounded memo', () => {
  test('keeps what it was given until it is full, then forgets the oldest for each new entry, and only that', () => {
    const memo = new BoundedMemo<number>(3);
    for (const [i, key] of ['a', 'b', 'c', 'd', 'e'].entries()) memo.set(key, i);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => memo.get(key))).toEqual([undefined, undefined, 2, 3, 4]);
  });

  test('replaces an entry in place of adding one, and counts it as new from then on', () => {
    const memo = new BoundedMemo<number>(2);
    memo.set('a', 1);
    memo.set('b', 2);
    memo.set('a', 3);
    expect([memo.get('a'), memo.get('b')]).toEqual([3, 2]);
    memo.set('c', 4);
    expect([memo.get('a'), memo.get('b'), memo.get('c')]).toEqual([3, undefined, 4]);
  });

  test('an entry that was deleted leaves room', () => {
    const memo = new BoundedMemo<number>(2);
    memo.set('a', 1);
    memo.set('b', 2);
    memo.delete('b');
    memo.delete('never there');
    memo.set('c', 3);
    expect([memo.get('a'), memo.get('b'), memo.get('c')]).toEqual([1, undefined, 3]);
  });

  test('any key is a key, and an empty memo knows none of those that every object has', () => {
    const memo = new BoundedMemo<string>(2);
    expect(memo.get('constructor')).toBeUndefined();
    memo.set('__proto__', 'value');
    expect(memo.get('__proto__')).toBe('value');
  });
});
