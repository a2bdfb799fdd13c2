import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OAuthError } from '../errors.ts';
import { parameter, parseForm, parseTokenForm } from './form.ts';

function refusal(parse: () => unknown): Pick<OAuthError, 'code' | 'status' | 'message'> {
  try {
    parse();
  } catch (error) {
    if (error instanceof OAuthError) return { code: error.code, status: error.status, message: error.message };
    throw error;
  }
  throw new Error('was not refused');
}

describe('forms are read strictly', () => {
  test('a plus is a space and escapes are UTF-8 (WHATWG URL, application/x-www-form-urlencoded)', () => {
    expect([...parseForm('a+b=c+d&%C3%BC=%e2%82%ac&plus=%2B')]).toEqual([
      ['a b', 'c d'],
      ['ü', '€'],
      ['plus', '+'],
    ]);
  });

  test('a value may hold equals signs, and a name without one has an empty value', () => {
    expect([...parseForm('a=b=c==&bare')]).toEqual([['a', 'b=c==']]);
  });

  test('empty pairs are nothing', () => {
    expect([...parseForm('&&a=1&&')]).toEqual([['a', '1']]);
    expect(parseForm('').size).toBe(0);
  });

  test('a parameter with an empty value is as if absent (PROTOCOL 1; RFC 6749 section 3.2)', () => {
    const form = parseForm('token=t&client_id=&client_secret=');
    expect(parameter(form, 'client_id')).toBeUndefined();
    expect(form.has('client_secret')).toBe(false);
    expect(parameter(form, 'token')).toBe('t');
  });

  test.each(['token=a&token=b', 'token=a&token=a', 'x=1&token=&x=2', 'a=&a=', 't%6Fken=a&token=b', 'resource=a&resource=b'])(
    'any parameter twice is invalid_request (PROTOCOL 1; RFC 6749 section 3.2): %s',
    (text) => {
      expect(refusal(() => parseForm(text))).toEqual({
        code: 'invalid_request',
        status: 400,
        message: 'A parameter is given more than once.',
      });
    },
  );

  test('at the token endpoint all but resource and audience may occur once (RFC 8707 section 2, RFC 8693 section 2.1)', () => {
    const form = parseTokenForm('resource=https://a&audience=x&resource=https://b&audience=y&scope=read');
    expect(form.get('resource')).toEqual(['https://a', 'https://b']);
    expect(form.get('audience')).toEqual(['x', 'y']);
    expect(form.get('scope')).toBe('read');
    expect(refusal(() => parseTokenForm('scope=a&scope=b')).code).toBe('invalid_request');
  });

  test('empty values of a repeated parameter are as if absent, too', () => {
    expect(parseTokenForm('resource=&resource=https://a&resource=').get('resource')).toEqual(['https://a']);
    expect(parameter(parseTokenForm('resource=&resource=https://a'), 'resource')).toBe('https://a');
    expect(parseTokenForm('resource=&resource=').has('resource')).toBe(false);
  });

  test.each(['a=%', 'a=%4', 'a=%zz', '%=a', 'a=b%'])('a broken escape is invalid_request: %s', (text) => {
    expect(refusal(() => parseForm(text))).toMatchObject({ code: 'invalid_request', status: 400 });
  });

  test.each(['a=%ff', 'a=%C0%AF', 'a=%ED%A0%80', 'a=%e2%82', '%80=a', 'a=\ufffd'])(
    'bytes that are not UTF-8 are invalid_request: %s',
    (text) => {
      expect(refusal(() => parseForm(text))).toMatchObject({ code: 'invalid_request', status: 400 });
    },
  );

  test('the refusal repeats nothing of what was sent', () => {
    expect(refusal(() => parseForm('client_secret=hunter2&client_secret=hunter2')).message).not.toContain('hunter2');
  });

  test('names such as __proto__ are names like others', () => {
    const form = parseForm('__proto__=a&constructor=b&toString=c');
    expect(parameter(form, '__proto__')).toBe('a');
    expect(parameter(form, 'constructor')).toBe('b');
    expect(parameter(form, 'hasOwnProperty')).toBeUndefined();
    expect(refusal(() => parseForm('__proto__=a&__proto__=b')).code).toBe('invalid_request');
  });
});

describe('properties', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });

  test('what URLSearchParams writes is read back, empty values aside', () => {
    const forms = fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 8 });
    fc.assert(
      fc.property(forms, (pairs) => {
        const read = parseForm(new URLSearchParams(pairs).toString());
        expect([...read]).toEqual(pairs.filter(([, value]) => value !== ''));
      }),
    );
  });

  test('whatever is sent, the answer is a form or invalid_request', () => {
    const piece = fc.oneof(fc.constantFrom('%', '%4', '&', '=', '+', '%c3', '%a4', '\ufffd', '\0', 'a'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          for (const [, value] of parseTokenForm(pieces.join(''))) expect(value).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect((error as OAuthError).code).toBe('invalid_request');
        }
      }),
      { numRuns: 500 },
    );
  });
});
