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
