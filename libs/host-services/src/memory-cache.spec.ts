import { describe, expect, test } from '@jest/globals';
import { MemoryCache } from './memory-cache.ts';

function aCache(limits = { entries: 3, bytes: 1000, longest: 60, owners: 2 }) {
  const time = { now: 1_000_000 };
  return { cache: new MemoryCache(() => time.now, limits), time };
}

describe('the cache of procedures', () => {
  test('keeps a value for as long as it was asked to, and no longer than the limit', () => {
    const { cache, time } = aCache();
    cache.set('a', 'short', '1', 10);
    cache.set('a', 'long', '2', 1e9);
    time.now += 9999;
    expect(cache.get('a', 'short')).toBe('1');
    time.now += 1;
    expect([cache.get('a', 'short'), cache.get('a', 'long')]).toEqual([null, '2']);
    time.now += 50_000;
    expect(cache.get('a', 'long')).toBeNull();
  });

  test('shows nothing of one owner to another', () => {
    const { cache } = aCache();
    cache.set('a', 'key', 'own', 10);
    expect([cache.get('b', 'key'), cache.get('a', 'key')]).toEqual([null, 'own']);
  });

  test('forgets what was used longest ago when there are too many', () => {
    const { cache } = aCache();
    for (const key of ['1', '2', '3']) cache.set('a', key, key, 10);
    cache.get('a', '1');
    cache.set('a', '4', '4', 10);
    expect(['1', '2', '3', '4'].map((key) => cache.get('a', key))).toEqual(['1', null, '3', '4']);
  });

  test('counts the size of what it keeps, and refuses what alone is too large', () => {
    const { cache } = aCache();
    cache.set('a', '1', 'x'.repeat(200), 10);
    cache.set('a', '2', 'x'.repeat(200), 10);
    expect(cache.get('a', '1')).not.toBeNull();
    cache.set('a', '3', 'x'.repeat(200), 10);
    expect(['1', '2', '3'].map((key) => cache.get('a', key) !== null)).toEqual([true, false, true]);
    expect(() => cache.set('a', '4', 'x'.repeat(501), 10)).toThrow(expect.objectContaining({ code: 'too-large' }));
    for (let i = 0; i < 100; i++) cache.set('a', 'same', 'x'.repeat(i), 10);
    expect(cache.get('a', 'same')).toHaveLength(99);
    expect(cache.get('a', '3')).not.toBeNull();
  });

  test('bounds the number of owners, so that there is an end to all of it', () => {
    const { cache } = aCache();
    for (const owner of ['a', 'b', 'c']) cache.set(owner, 'key', owner, 10);
    expect(['a', 'b', 'c'].map((owner) => cache.get(owner, 'key'))).toEqual([null, 'b', 'c']);
  });
});
