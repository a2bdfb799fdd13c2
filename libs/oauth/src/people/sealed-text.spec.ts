import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SealedText } from './sealed-text.ts';

const TEXT = 'what goes along: ü';

describe('a sealed text', () => {
  const key = randomBytes(32);
  const sealer = new SealedText(key);

  test('is opened by whoever has the key, on whatever node, and by nobody else', () => {
    const sealed = sealer.seal(TEXT);
    expect(new SealedText(Buffer.from(key)).open(sealed)).toBe(TEXT);
    expect(new SealedText(randomBytes(32)).open(sealed)).toBeNull();
    expect(Buffer.from(sealed, 'base64url').includes('goes along')).toBe(false);
  });

  test('is nothing once any byte of it is changed, or is missing', () => {
    const sealed = Buffer.from(sealer.seal(TEXT), 'base64url');
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(sealer.open(changed.toString('base64url'))).toBeNull();
      expect(sealer.open(sealed.subarray(0, at).toString('base64url'))).toBeNull();
    }
  });

  test('has a key and a nonce of its own, so that no number of them wears out the one key (NIST SP 800-38D section 8.3)', () => {
    const [one, two] = [sealer.seal(TEXT), sealer.seal(TEXT)].map((sealed) => Buffer.from(sealed, 'base64url'));
    const [salt, rest] = [(sealed?: Buffer) => sealed?.subarray(0, 24), (sealed?: Buffer) => sealed?.subarray(24) ?? Buffer.alloc(0)];
    expect(salt(one)).not.toEqual(salt(two));
    // With the other's salt it is not even readable: both the key and the nonce depend on it.
    expect(sealer.open(Buffer.concat([salt(two) ?? Buffer.alloc(0), rest(one)]).toString('base64url'))).toBeNull();
    expect(rest(one).subarray(16)).not.toEqual(rest(two).subarray(16));
  });
});
