import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { generatePassword, hashPassword, isToBeRenewed, passwordHashProblem, passwordProblem, verifyPassword } from './password.ts';

const passlib = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '').replaceAll('+', '.');
const pbkdf2 = (digest: string, password: string, prefix = '') => {
  const salt = Buffer.from('0123456789abcdef');
  return `$pbkdf2-${digest}$${prefix}1000$${passlib(salt)}$${passlib(pbkdf2Sync(password, salt, 1000, 32, digest))}`;
};

describe('passwords', () => {
  test('are kept as argon2id, and known again', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(passwordHashProblem(hash)).toBeNull();
    expect(isToBeRenewed(hash, 'correct horse')).toBe(false);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct horsf', hash)).toBe(false);
  });

  test('are the same however a keyboard composes their characters (RFC 8265 section 4.2.2)', async () => {
    expect(await verifyPassword('scho\u0308n und gut', await hashPassword('sch\u00f6n und gut'))).toBe(true);
  });

  test.each([
    ['PBKDF2 with SHA-256, as passlib writes it', pbkdf2('sha256', 'secret words')],
    ['PBKDF2 with SHA-512', pbkdf2('sha512', 'secret words')],
    ['PBKDF2 in PHC form', pbkdf2('sha256', 'secret words', 'i=').replace('i=1000', 'i=1000,l=32')],
    // Of the test vectors of crypt_blowfish.
    ['bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['argon2id at another cost', '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$8X9/ACxKgmWCgHQkkGMdJ0AfQcrbpk/dhvsTOfhxdiE'],
  ])('of elsewhere are known: %s', async (_what, hash) => {
    expect(passwordHashProblem(hash)).toBeNull();
    expect(isToBeRenewed(hash, 'secret words')).toBe(true);
    expect(await verifyPassword('other words', hash)).toBe(false);
    if (hash.startsWith('$pbkdf2')) expect(await verifyPassword('secret words', hash)).toBe(true);
  });

  test.each([
    ['plain text', 'secret'],
    ['bcrypt with faults', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['the first bcrypt', '$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['bcrypt that takes an attempt too long', `$2b$15$${'a'.repeat(53)}`],
    ['bcrypt that costs nothing', `$2b$03$${'a'.repeat(53)}`],
    ['argon2i', '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$8X9/ACxKgmWCgHQkkGMdJ0AfQcrbpk/dhvsTOfhxdiE'],
    ['more iterations than an attempt may cost', `$pbkdf2-sha256$9000000$${'a'.repeat(22)}$${'b'.repeat(43)}`],
    ['no iterations', `$pbkdf2-sha256$0$${'a'.repeat(22)}$${'b'.repeat(43)}`],
    ['the hash of a generated secret', `sha256$${'a'.repeat(43)}`],
  ])('are not taken as %s', async (_what, hash) => {
    expect(passwordHashProblem(hash)).toMatch(/^must be /);
    expect(await verifyPassword('secret', hash)).toBe(false);
  });

  test.each(['$2a$', '$2b$', '$2y$'])('of elsewhere are known: bcrypt as %s', async (variant) => {
    const hash = (await bcrypt('sch\u00f6n und gut', 4)).replace('$2b$', variant);
    expect(passwordHashProblem(hash)).toBeNull();
    expect(await verifyPassword('scho\u0308n und gut', hash)).toBe(true);
    expect(await verifyPassword('schon und gut', hash)).toBe(false);
  });

  test('by bcrypt count up to 72 bytes, and are not made anew where nobody knows the rest', async () => {
    const [fits, longer] = ['\u00e4'.repeat(36), `${'\u00e4'.repeat(36)} and more`];
    for (const password of [fits, longer]) expect(await verifyPassword(longer, await bcrypt(password, 4))).toBe(true);
    const hash = await bcrypt(longer, 4);
    expect(await verifyPassword('\u00e4'.repeat(35), hash)).toBe(false);
    expect(isToBeRenewed(hash, longer)).toBe(false);
    expect(isToBeRenewed(hash, fits)).toBe(true);
  });

  test('by bcrypt are not right a second time after NUL, which bcrypt ends them by', async () => {
    const hash = await bcrypt('secret words', 4);
    expect(await verifyPassword('secret words\0secret words', hash)).toBe(false);
    expect(await verifyPassword('secret words', hash)).toBe(true);
  });

  test('may be chosen long and freely, but not short, and not the username (NIST SP 800-63B section 3.1.1.2)', () => {
    expect(passwordProblem('1234567', 'a')).toBe('too-short');
    expect(passwordProblem('😀😀😀😀😀😀😀', 'a')).toBe('too-short');
    expect(passwordProblem('x'.repeat(1025), 'a')).toBe('too-long');
    expect(passwordProblem('Alice-Doe', 'alice-doe')).toBe('is-username');
    for (const good of ['12345678', 'several words in a row', 'ümläute sind gut', 'x'.repeat(1024)])
      expect(passwordProblem(good, 'a')).toBeNull();
  });

  test('that are generated can be read out, may be chosen, and are never the same', () => {
    const made = Array.from({ length: 100 }, generatePassword);
    expect(new Set(made).size).toBe(100);
    for (const password of made) {
      expect(password).toMatch(/^[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}$/);
      expect(passwordProblem(password, '')).toBeNull();
    }
  });
});
