import { describe, expect, test } from '@jest/globals';
import { usernameKey, usernameOf } from './username.ts';

describe('usernames (RFC 8265 section 3.3)', () => {
  test('are kept as they are written, without space around them and in one form', () => {
    expect(usernameOf('  Ａlice Doe ')).toBe('Alice Doe');
    expect(usernameOf('alice@example.com')).toBe('alice@example.com');
    expect(usernameOf('u\u0308mit')).toBe('\u00fcmit');
  });

  test.each([
    ['nothing', ' '],
    ['a line end', 'a\nb'],
    ['a NUL character', 'a\0b'],
    ['a character without width', 'al\u200bice'],
    ['a change of direction', 'a\u202eb'],
    ['half a surrogate pair', 'a\ud800'],
    ['more than 128 characters', 'x'.repeat(129)],
  ])('are not %s', (_what, text) => {
    expect(usernameOf(text)).toBeNull();
  });

  test('are told apart by neither case nor width', () => {
    expect(new Set(['Ünal', 'ünal', 'ÜNAL', ' Ｕ\u0308nal'].map(usernameKey)).size).toBe(1);
    expect(usernameKey('alice')).not.toBe(usernameKey('a1ice'));
  });
});
