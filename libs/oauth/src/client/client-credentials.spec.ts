import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OAuthError } from '../errors.ts';
import { parseForm } from '../transport/form.ts';
import { presentedSecret } from './client-credentials.ts';

const NO_FORM = parseForm('');
const basic = (text: string, encoding: 'base64' | 'base64url' = 'base64') => `Basic ${Buffer.from(text).toString(encoding)}`;
const post = (id: string, secret: string) => parseForm(new URLSearchParams({ client_id: id, client_secret: secret }).toString());

function refusal(read: () => unknown): OAuthError {
  try {
    read();
  } catch (error) {
    return error as OAuthError;
  }
  throw new Error('was not refused');
}

describe('HTTP Basic (RFC 6749 section 2.3.1, RFC 7617)', () => {
  test('id and secret end at the first colon', () => {
    expect(presentedSecret(basic('id:a:b:'), NO_FORM)).toEqual({
      method: 'client_secret_basic',
      readings: [{ id: 'id', secret: 'a:b:' }],
    });
  });

  test('both alphabets are read, with padding and without (PROTOCOL 1)', () => {
    // These bytes have both special characters of each alphabet in their encoding.
    const text = 'i:~~~>>>???ÿü';
    const standard = Buffer.from(text).toString('base64');
    expect(standard).toMatch(/\+/);
    expect(standard).toMatch(/\//);
    for (const encoded of [standard, standard.replace(/=+$/, ''), Buffer.from(text).toString('base64url')]) {
      expect(presentedSecret(`Basic ${encoded}`, NO_FORM)?.readings).toEqual([{ id: 'i', secret: '~~~>>>???ÿü' }]);
    }
    for (const text of ['a:b', 'a:bc', 'a:bcd']) {
      expect(presentedSecret(basic(text, 'base64url'), NO_FORM)?.readings[0]).toEqual({ id: 'a', secret: text.slice(2) });
      expect(presentedSecret(basic(text), NO_FORM)?.readings[0]).toEqual({ id: 'a', secret: text.slice(2) });
    }
  });

  test('the form-encoded reading of the standard comes first, the text as sent second (PROTOCOL 1)', () => {
    expect(presentedSecret(basic('a%3Ab:p%2Bq+r'), NO_FORM)?.readings).toEqual([
      { id: 'a:b', secret: 'p+q r' },
      { id: 'a%3Ab', secret: 'p%2Bq+r' },
    ]);
  });

  test('a secret that is no valid escape is read as sent', () => {
    expect(presentedSecret(basic('id:100%'), NO_FORM)?.readings).toEqual([{ id: 'id', secret: '100%' }]);
    expect(presentedSecret(basic('id:%ff'), NO_FORM)?.readings).toEqual([{ id: 'id', secret: '%ff' }]);
  });

  test('the scheme is case-insensitive (RFC 9110 section 11.1)', () => {
    expect(presentedSecret(basic('a:b').replace('Basic', 'bAsIc'), NO_FORM)?.method).toBe('client_secret_basic');
  });

  test.each([
    ['another scheme', 'Bearer abc'],
    ['no credentials', 'Basic'],
    ['characters of no alphabet', 'Basic a!b'],
    ['two values', 'Basic YTpi YTpi'],
    ['more than the one space before the credentials', basic('a:b').replace(' ', '  ')],
    ['a space after the credentials', `${basic('a:b')} `],
    ['a tab for a space', basic('a:b').replace(' ', '\t')],
    ['no colon', basic('nocolon')],
    ['an empty id', basic(':secret')],
    ['bytes that are not UTF-8', `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`],
  ])('%s is invalid_client with a challenge, since the header was used (RFC 6749 section 5.2)', (_what, authorization) => {
    expect(refusal(() => presentedSecret(authorization, NO_FORM))).toMatchObject({
      code: 'invalid_client',
      status: 401,
      challenge: 'Basic realm="tokenwright"',
    });
  });

  test('any id and secret come back as sent, in either alphabet', () => {
    const id = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[:\ufffd]/.test(text) && text.isWellFormed());
    const secret = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufffd') && text.isWellFormed());
    fc.assert(
      fc.property(id, secret, fc.constantFrom('base64' as const, 'base64url' as const), (id, secret, encoding) => {
        expect(presentedSecret(basic(`${id}:${secret}`, encoding), NO_FORM)?.readings).toContainEqual({ id, secret });
        const escaped = basic(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`, encoding);
        expect(presentedSecret(escaped, NO_FORM)?.readings[0]).toEqual({ id, secret });
      }),
    );
  });
});

describe('credentials in the form (RFC 6749 section 2.3.1)', () => {
  test('client_id with client_secret are credentials', () => {
    expect(presentedSecret(undefined, post('id', 's%'))).toEqual({
      method: 'client_secret_post',
      readings: [{ id: 'id', secret: 's%' }],
    });
  });

  test('either alone is none', () => {
    expect(presentedSecret(undefined, parseForm('client_id=a'))).toBeNull();
    expect(presentedSecret('', parseForm('client_secret=a'))).toBeNull();
  });

  test('empty client_id and client_secret beside Basic are as if absent (PROTOCOL 1, Dovecot)', () => {
    expect(presentedSecret(basic('a:b'), parseForm('client_id=&client_secret='))?.readings).toEqual([{ id: 'a', secret: 'b' }]);
  });
});

describe('one method per request (RFC 6749 section 2.3)', () => {
  test('Basic with a client_secret in the form is invalid_request', () => {
    expect(refusal(() => presentedSecret(basic('a:b'), post('a', 'b')))).toMatchObject({ code: 'invalid_request', status: 400 });
  });

  test('Basic with the same client_id in the form is one method', () => {
    expect(presentedSecret(basic('a%20b:c'), parseForm('client_id=a+b'))?.method).toBe('client_secret_basic');
  });

  test('Basic with another client_id in the form is invalid_request', () => {
    expect(refusal(() => presentedSecret(basic('a:b'), parseForm('client_id=other')))).toMatchObject({
      code: 'invalid_request',
      status: 400,
    });
  });
});
