import { describe, expect, test } from '@jest/globals';
import {
  generateSecret,
  hashChosenSecret,
  hashGeneratedSecret,
  isSecretHash,
  isSlowHash,
  verifyGeneratedSecret,
  verifySecret,
} from './client-secret.ts';

describe('secrets that the service generates (PROTOCOL 2)', () => {
  test('have 256 bits in characters that need no escaping', () => {
    const secrets = new Set(Array.from({ length: 200 }, generateSecret));
    expect(secrets.size).toBe(200);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    }
  });

  test('are kept as SHA-256, which is verified at once', async () => {
    const secret = generateSecret();
    const stored = hashGeneratedSecret(secret);
    expect(stored).toMatch(/^sha256\$[A-Za-z0-9_-]{43}$/);
    expect(stored).not.toContain(secret);
    expect(isSlowHash(stored)).toBe(false);
    expect(verifyGeneratedSecret(secret, stored)).toBe(true);
    expect(verifyGeneratedSecret(`${secret} `, stored)).toBe(false);
    expect(verifyGeneratedSecret('', stored)).toBe(false);
    expect(await verifySecret(secret, stored)).toBe(true);
  });

  test('the known SHA-256 of "abc" (FIPS 180-4)', () => {
    expect(hashGeneratedSecret('abc')).toBe(
      `sha256$${Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url')}`,
    );
  });

  test.each(['', 'sha256$', 'sha256$AAAA', 'plain text'])('a damaged hash "%s" matches nothing and does not throw', (stored) => {
    expect(verifyGeneratedSecret('anything', stored)).toBe(false);
    expect(verifyGeneratedSecret('', stored)).toBe(false);
  });
});

describe('secrets that a person chose (PROTOCOL 2)', () => {
  test("are kept as argon2id with OWASP's parameters and a salt of their own", async () => {
    const [one, other] = await Promise.all([hashChosenSecret('Secr3t!'), hashChosenSecret('Secr3t!')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(other).not.toBe(one);
    expect(isSlowHash(one)).toBe(true);
    expect(await verifySecret('Secr3t!', one)).toBe(true);
    expect(await verifySecret('secr3t!', one)).toBe(false);
  });
});

test('only the two forms count as hashes, so that no plain secret is taken for one', async () => {
  expect(isSecretHash(hashGeneratedSecret('x'))).toBe(true);
  expect(isSecretHash(await hashChosenSecret('x'))).toBe(true);
  for (const text of [
    '',
    'Secr3t!',
    'sha256$short',
    `sha256$${'A'.repeat(44)}`,
    '$argon2i$v=19$m=1,t=1,p=1$YWFhYWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYWFhYWE',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])
    expect(isSecretHash(text)).toBe(false);
});

describe('the cost of a hash that is brought along is one that a request may have', () => {
  const hashOf = (
    memory: number | string,
    passes: number | string,
    lanes: number | string,
    salt = 'A'.repeat(22),
    digest = 'B'.repeat(43),
  ) => `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${salt}$${digest}`;

  test.each([
    [19_456, 2, 1],
    [262_144, 10, 4],
    [8, 1, 1],
  ])('m=%d, t=%d, p=%d is bearable', (memory, passes, lanes) => {
    expect(isSecretHash(hashOf(memory, passes, lanes))).toBe(true);
  });

  test.each<[string, string]>([
    ['more than 256 MiB', hashOf(262_145, 2, 1)],
    ['4 GiB', hashOf(4_194_304, 1, 1)],
    ['more than ten passes', hashOf(19_456, 11, 1)],
    ['more than four lanes', hashOf(19_456, 2, 5)],
    ['a two-digit number of lanes', hashOf(19_456, 2, 10)],
    ['a negative cost', hashOf(-1, 2, 1)],
    ['a cost with an exponent', hashOf('1e9', 2, 1)],
    ['no cost', hashOf('', '', '')],
    ['an endless salt', hashOf(19_456, 2, 1, 'A'.repeat(87))],
    ['an endless digest', hashOf(19_456, 2, 1, 'A'.repeat(22), 'B'.repeat(87))],
    ['a line after it', `${hashOf(19_456, 2, 1)}\n`],
  ])('%s is no secret hash', (_what, text) => {
    expect(isSecretHash(text)).toBe(false);
  });
});
