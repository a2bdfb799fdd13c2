import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { endOfPeriod, mintOpaqueToken, opaqueTokenKey, parseTokenId, periodOf, tokenId } from './opaque-token.ts';

const EXPIRY = 1_800_000_000;

describe('opaque tokens (PROTOCOL 2)', () => {
  test('have a recognisable prefix, a period, 256 random bits and a checksum, in characters that need no escaping', () => {
    for (let i = 0; i < 200; i++) {
      const { value } = mintOpaqueToken('access_token', EXPIRY);
      expect(value).toMatch(/^twa_[0-9a-z]{4}[A-Za-z0-9_-]{43}[0-9a-z]{7}$/);
      expect(encodeURIComponent(value)).toBe(value);
      expect(Buffer.from(value.slice(8, 51), 'base64url')).toHaveLength(32);
    }
    expect(mintOpaqueToken('refresh_token', EXPIRY).value).toMatch(/^twr_/);
  });

  test('never repeat, and every bit of them varies', () => {
    const bytes = Array.from({ length: 300 }, () => Buffer.from(mintOpaqueToken('access_token', EXPIRY).value.slice(8, 51), 'base64url'));
    expect(new Set(bytes.map((each) => each.toString('hex'))).size).toBe(300);
    for (let bit = 0; bit < 256; bit++) {
      const ones = bytes.filter((each) => ((each[bit >> 3] ?? 0) >> (bit & 7)) & 1).length;
      // A fair coin is outside once in 10^13 suites.
      expect(ones).toBeGreaterThan(70);
      expect(ones).toBeLessThan(230);
    }
  });

  test('are known by the SHA-256 of their text and the day of their expiry', () => {
    const { value, key } = mintOpaqueToken('access_token', EXPIRY);
    expect(Buffer.from(key.hash)).toEqual(createHash('sha256').update(value).digest());
    expect(key.period).toBe(Math.floor(EXPIRY / 86_400));
    const found = opaqueTokenKey(value);
    expect(found?.period).toBe(key.period);
    expect(Buffer.from(found?.hash ?? [])).toEqual(Buffer.from(key.hash));
  });

  test('name a period that ends no earlier than what they may live until', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), (expiry) => {
        const { value, key } = mintOpaqueToken('access_token', expiry);
        expect(endOfPeriod(key.period)).toBeGreaterThanOrEqual(expiry);
        expect(endOfPeriod(key.period - 1)).toBeLessThan(expiry);
        expect(opaqueTokenKey(value)?.period).toBe(periodOf(expiry));
      }),
    );
  });

  test('a typo anywhere is told without the database', () => {
    const { value } = mintOpaqueToken('access_token', EXPIRY);
    for (let i = 0; i < value.length; i++) {
      for (const other of ['a', 'Z', '7', '.', ' ']) {
        if (other !== value[i]) expect(opaqueTokenKey(value.slice(0, i) + other + value.slice(i + 1))).toBeNull();
      }
    }
    const swapped = value.slice(0, 20) + (value[21] ?? '') + (value[20] ?? '') + value.slice(22);
    if (swapped !== value) expect(opaqueTokenKey(swapped)).toBeNull();
  });

  test('anything else is none, and looking costs nothing that grows with it', () => {
    const { value } = mintOpaqueToken('access_token', EXPIRY);
    for (const text of ['', ' ', value.slice(1), `${value} `, `${value}\n`, value.toUpperCase(), value.repeat(1000), 'a.b.c', '__proto__'])
      expect(opaqueTokenKey(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => expect(opaqueTokenKey(text)).toBeNull()));
  });
});

describe('the public id of a token', () => {
  test('names its row by period and half its hash, and opens nothing', () => {
    const { value, key } = mintOpaqueToken('access_token', EXPIRY);
    const id = tokenId(key);
    expect(id).toMatch(/^[0-9a-z]{4}[A-Za-z0-9_-]{22}$/);
    expect(opaqueTokenKey(id)).toBeNull();
    expect(value).not.toContain(id.slice(4));
    const parsed = parseTokenId(id);
    expect(parsed?.period).toBe(key.period);
    expect(Buffer.from(parsed?.hash ?? [])).toEqual(Buffer.from(key.hash.subarray(0, 16)));
  });

  test.each(['', 'x', '0abc', `0abc${'A'.repeat(21)}`, `0abc${'A'.repeat(23)}`, `0ABC${'A'.repeat(22)}`, `0abc${'.'.repeat(22)}`])(
    '"%s" is none',
    (id) => {
      expect(parseTokenId(id)).toBeNull();
    },
  );
});
