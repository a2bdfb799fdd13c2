import { describe, expect, test } from '@jest/globals';
import { SecretLiterals } from './secret-literals.ts';

const SECRET = 'p@ss "word"/+ü~12345';
const bytes = Buffer.from(SECRET);

function literals(value = SECRET): SecretLiterals {
  const made = new SecretLiterals();
  made.add('api', value);
  return made;
}

const FORMS: [string, string][] = [
  ['plain', SECRET],
  ['within JSON', JSON.stringify({ a: SECRET })],
  ['base64', bytes.toString('base64')],
  ['base64url', bytes.toString('base64url')],
  ['base64 after one byte', Buffer.from(`:${SECRET}:`).toString('base64')],
  ['base64 after two bytes', Buffer.from(`u:${SECRET}!`).toString('base64')],
  ['base64url in a longer text', Buffer.from(`{"password":"${SECRET}"}`).toString('base64url')],
  ['hexadecimal', bytes.toString('hex')],
  ['hexadecimal capitals', bytes.toString('hex').toUpperCase()],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['percent-encoded in small letters', encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase())],
  ['as a form', new URLSearchParams({ a: SECRET }).toString()],
  ['every byte percent-encoded', bytes.toString('hex').replace(/../g, '%$&')],
];

describe('a secret that a run has read (PROCEDURE_API 9)', () => {
  test.each(FORMS)('is found %s', (_form, text) => {
    expect(literals().within('harmless', `before ${text} after`)).toBe('api');
  });

  test.each(FORMS)('is masked %s', (_form, text) => {
    const masked = literals().mask(`before ${text} after`);
    expect(masked).toContain('[secret]');
    expect(literals().within(masked)).toBeNull();
  });

  test('is masked when a message was cut in the middle of it', () => {
    expect(literals().mask(`password ${SECRET.slice(0, 15)}`)).toBe('password [secret]');
  });

  test('is masked where what stands before it looks like its beginning', () => {
    const kept = literals('aaaaaaaaaaaa-rest-of-it');
    expect(kept.mask('aaaaaaaaaaaaa-rest-of-it')).toBe('a[secret]');
  });

  test('is found and masked in JSON text within JSON text, and in what is encoded of it', () => {
    const text = JSON.stringify({ own: JSON.stringify({ deep: JSON.stringify({ s: SECRET }) }) });
    expect(literals().within(text)).toBe('api');
    expect(literals().within(literals().mask(text))).toBeNull();
    expect(literals().within(Buffer.from(JSON.stringify({ password: SECRET })).toString('base64url'))).toBe('api');
    expect(literals().within(Buffer.from(JSON.stringify([SECRET])).toString('hex'))).toBe('api');
  });

  test('is found and masked without the line break that it was stored with', () => {
    const kept = literals('hunter2hunter2\n');
    expect(kept.within('x hunter2hunter2 y')).toBe('api');
    expect(kept.within(Buffer.from('me:hunter2hunter2').toString('base64'))).toBe('api');
    expect(kept.mask('x hunter2hunter2 y')).toBe('x [secret] y');
  });

  test('is found as the body of a key in PEM, without its lines', () => {
    const body = Buffer.from(Array.from({ length: 120 }, (_, i) => (i * 37) % 256)).toString('base64');
    const pem = `-----BEGIN PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
    expect(literals(pem).within(JSON.stringify({ pem }))).toBe('api');
    expect(literals(pem).within(`{"key":"${body}"}`)).toBe('api');
    expect(literals(pem).within('-----BEGIN PRIVATE KEY-----')).toBeNull();
  });

  test('of another run, or not in the text, is not found', () => {
    expect(literals().within('p@ss "word"', 'x'.repeat(1000))).toBeNull();
    expect(new SecretLiterals().within(SECRET)).toBeNull();
  });

  test('that is short is found whole, and one of three characters is not looked for', () => {
    expect([literals('abcd').within('xabcdx'), literals('abcd').within('abc')]).toEqual(['api', null]);
    expect(literals('abc').within('abc')).toBeNull();
    expect(literals('abcd').mask('xabcdx')).toBe('x[secret]x');
  });
});
