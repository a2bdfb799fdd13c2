import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { KeySealError, KeySealer } from './key-sealing.ts';

const JWK = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'the-private-part' };

describe('private keys are encrypted at rest (RFC 7516, dir with A256GCM)', () => {
  test('come back as they were, and show nothing of themselves', async () => {
    const sealer = new KeySealer(randomBytes(32));
    const sealed = await sealer.seal(JWK);
    expect(await sealer.open(sealed)).toEqual(JWK);
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('private-part');
    expect(decodeProtectedHeader(sealed)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: sealer.id, cty: 'jwk+json' });
    expect(await sealer.seal(JWK)).not.toBe(sealed);
  });

  test('another key encryption key opens nothing, and the error says what to do', async () => {
    const sealed = await new KeySealer(randomBytes(32)).seal(JWK);
    await expect(new KeySealer(randomBytes(32)).open(sealed)).rejects.toThrow(KeySealError);
    await expect(new KeySealer(randomBytes(32)).open(sealed)).rejects.toThrow(/start with the one it was sealed with/);
  });

  test('a changed or cut text is not opened', async () => {
    const sealer = new KeySealer(randomBytes(32));
    const sealed = await sealer.seal(JWK);
    const parts = sealed.split('.');
    const flipped = Buffer.from(parts[3] ?? '', 'base64url');
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    parts[3] = flipped.toString('base64url');
    for (const text of [parts.join('.'), sealed.slice(0, -5), '', 'no jwe', JSON.stringify(JWK)])
      await expect(sealer.open(text)).rejects.toThrow(KeySealError);
  });

  test('texts come back as they were, whatever is in them', async () => {
    const sealer = new KeySealer(randomBytes(32));
    for (const text of ['', 'p ä\u0000\n', '{"kty":"EC"}', 'x'.repeat(65_536)]) {
      const sealed = await sealer.sealText(text);
      expect(await sealer.openText(sealed)).toBe(text);
      expect(decodeProtectedHeader(sealed)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: sealer.id, cty: 'text/plain' });
    }
    await expect(new KeySealer(randomBytes(32)).openText(await sealer.sealText('x'))).rejects.toThrow(
      /start with the one it was sealed with/,
    );
  });

  test('what was sealed can be compared with a text, also where it cannot be opened any more', async () => {
    const sealer = new KeySealer(randomBytes(32));
    const sealed = await sealer.sealText('x');
    expect([await sealer.holdsText(sealed, 'x'), await sealer.holdsText(sealed, 'y')]).toEqual([true, false]);
    expect(await new KeySealer(randomBytes(32)).holdsText(sealed, 'x')).toBe(false);
  });

  test('a sealed signing key does not open as a text that procedures may read, nor a text as a key', async () => {
    const sealer = new KeySealer(randomBytes(32));
    await expect(sealer.openText(await sealer.seal(JWK))).rejects.toThrow(KeySealError);
    await expect(sealer.open(await sealer.sealText(JSON.stringify(JWK)))).rejects.toThrow(KeySealError);
  });

  test('the id of a key encryption key is stable and does not tell it', () => {
    const key = randomBytes(32);
    expect(new KeySealer(key).id).toBe(new KeySealer(key).id);
    expect(new KeySealer(key).id).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(new KeySealer(randomBytes(32)).id).not.toBe(new KeySealer(key).id);
  });

  test('keys for other purposes are the same on every node, and tell neither each other nor this one (RFC 5869)', () => {
    const key = randomBytes(32);
    const derived = Buffer.from(new KeySealer(key).derive('forms'));
    expect(derived).toHaveLength(32);
    expect(Buffer.from(new KeySealer(key).derive('forms'))).toEqual(derived);
    for (const other of [key, new KeySealer(key).derive('interactions'), new KeySealer(randomBytes(32)).derive('forms')])
      expect(Buffer.from(other)).not.toEqual(derived);
  });

  test.each([0, 16, 31, 33, 64])('a key of %i bytes is refused', (length) => {
    expect(() => new KeySealer(randomBytes(length))).toThrow('must have 32 bytes');
  });
});
