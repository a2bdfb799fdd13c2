import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { unpublishedKey } from './key-ring.ts';
import { SignatureMemo } from './signature-memo.ts';

const key = unpublishedKey('k1', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const other = unpublishedKey('k2', generateKeyPairSync('ec', { namedCurve: 'P-256' }));

/** A payload whose text begins with a name of its own. */
const of = (text: string) => [text.slice(0, 20), () => text] as const;

describe('a signature is made once per identical payload and key (STACK 4)', () => {
  test('a repeat gives the same bytes; ES256 would not by itself', () => {
    const memo = new SignatureMemo();
    const first = memo.sign(...of('{"a":1}'), 'at+jwt', key);
    expect(memo.sign(...of('{"a":1}'), 'at+jwt', key)).toBe(first);
    expect(memo.counts).toEqual({ hits: 1, misses: 1, entries: 1 });
    expect(new SignatureMemo().sign(...of('{"a":1}'), 'at+jwt', key)).not.toBe(first);
  });

  test('another payload, type or key is signed afresh', () => {
    const memo = new SignatureMemo();
    const texts = [
      memo.sign(...of('{"a":1}'), 'at+jwt', key),
      memo.sign(...of('{"a":2}'), 'at+jwt', key),
      memo.sign(...of('{"a":1}'), 'jwt', key),
      memo.sign(...of('{"a":1}'), 'at+jwt', other),
    ];
    expect(new Set(texts).size).toBe(4);
    expect(memo.counts).toMatchObject({ hits: 0, misses: 4 });
  });
});

describe('the memo is bounded', () => {
  /** About 1 MB each, with the signed text. */
  const payload = (i: number) => of(`{"i":${i},"x":"${'x'.repeat(750_000)}"}`);

  test('what was not asked for during a whole generation is dropped, what is in use stays', () => {
    const memo = new SignatureMemo();
    const kept = memo.sign(...of('{"in":"use"}'), 'at+jwt', key);
    memo.sign(...of('{"never":"again"}'), 'at+jwt', key);
    let most = 0;
    for (let i = 0; i < 120; i++) {
      memo.sign(...payload(i), 'at+jwt', key);
      expect(memo.sign(...of('{"in":"use"}'), 'at+jwt', key)).toBe(kept);
      most = Math.max(most, memo.counts.entries);
    }
    // Two generations of 24 million characters.
    expect(most).toBeLessThan(60);
    const { misses } = memo.counts;
    memo.sign(...of('{"never":"again"}'), 'at+jwt', key);
    memo.sign(...payload(0), 'at+jwt', key);
    expect(memo.counts.misses).toBe(misses + 2);
  });
});
