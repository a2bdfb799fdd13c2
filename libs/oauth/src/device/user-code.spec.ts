import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { UserCodes } from './user-code.ts';

const codes = new UserCodes(randomBytes(32));

describe('user codes (RFC 8628 section 6.1)', () => {
  test('are eight consonants without look-alikes, in two groups, each as likely as the others', () => {
    const minted = Array.from({ length: 2000 }, () => codes.mint('p').text);
    for (const text of minted) expect(text).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(new Set(minted).size).toBe(minted.length);
    expect(new Set(minted.join('').replaceAll('-', ''))).toEqual(new Set('BCDFGHJKLMNPQRSTVWXZ'));
  });

  test.each([
    'WDJB-MJHT',
    'wdjbmjht',
    ' wdjb mjht ',
    'W D J B M J H T',
    'wdjb.mjht',
    'Wdjb–Mjht',
    'WDJB—MJHT',
    'wdjb_mjht',
    'ＷＤＪＢ－ＭＪＨＴ',
  ])('typed as %j are the same as they stand on the device', (typed) => {
    expect(codes.typed('p', typed)).toEqual(codes.typed('p', 'WDJB-MJHT'));
    expect(codes.typed('p', typed)?.text).toBe('WDJB-MJHT');
  });

  test.each(['', 'WDJB-MJH', 'WDJB-MJHTT', 'WDJB-MJH0', 'WDJA-MJHT', 'WDJB-MJHß', 'WDJB/MJHT', 'WDJB-MJHT\0', '-', 'W'.repeat(65)])(
    'are not what is typed as %j',
    (typed) => {
      expect(codes.typed('p', typed)).toBeNull();
    },
  );

  test('of any length that somebody sends are refused at once', () => {
    expect(codes.typed('p', '-'.repeat(1_000_000))).toBeNull();
  });

  test('are found by a hash under a key, which is another in another profile', () => {
    const minted = codes.mint('p');
    expect(codes.typed('p', minted.text)?.hash).toEqual(minted.hash);
    expect(codes.typed('q', minted.text)?.hash).not.toEqual(minted.hash);
    expect(new UserCodes(randomBytes(32)).typed('p', minted.text)?.hash).not.toEqual(minted.hash);
  });
});
