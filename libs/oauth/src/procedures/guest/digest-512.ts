/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * SHA-512 over arrays of bytes, which the hashes of an id token signed with EdDSA need. FIPS 180-4 section 6.4.
 * Words of 64 bits are pairs of 32, the high one first, since the realm has neither BigInt nor typed arrays.
 */
export function sha512Digest() {
  // The first 64 bits of the fractional parts of the cube roots of the first 80 primes.
  const K = [
    0x428a2f98, 0xd728ae22, 0x71374491, 0x23ef65cd, 0xb5c0fbcf, 0xec4d3b2f, 0xe9b5dba5, 0x8189dbbc, 0x3956c25b, 0xf348b538, 0x59f111f1,
    0xb605d019, 0x923f82a4, 0xaf194f9b, 0xab1c5ed5, 0xda6d8118, 0xd807aa98, 0xa3030242, 0x12835b01, 0x45706fbe, 0x243185be, 0x4ee4b28c,
    0x550c7dc3, 0xd5ffb4e2, 0x72be5d74, 0xf27b896f, 0x80deb1fe, 0x3b1696b1, 0x9bdc06a7, 0x25c71235, 0xc19bf174, 0xcf692694, 0xe49b69c1,
    0x9ef14ad2, 0xefbe4786, 0x384f25e3, 0x0fc19dc6, 0x8b8cd5b5, 0x240ca1cc, 0x77ac9c65, 0x2de92c6f, 0x592b0275, 0x4a7484aa, 0x6ea6e483,
    0x5cb0a9dc, 0xbd41fbd4, 0x76f988da, 0x831153b5, 0x983e5152, 0xee66dfab, 0xa831c66d, 0x2db43210, 0xb00327c8, 0x98fb213f, 0xbf597fc7,
    0xbeef0ee4, 0xc6e00bf3, 0x3da88fc2, 0xd5a79147, 0x930aa725, 0x06ca6351, 0xe003826f, 0x14292967, 0x0a0e6e70, 0x27b70a85, 0x46d22ffc,
    0x2e1b2138, 0x5c26c926, 0x4d2c6dfc, 0x5ac42aed, 0x53380d13, 0x9d95b3df, 0x650a7354, 0x8baf63de, 0x766a0abb, 0x3c77b2a8, 0x81c2c92e,
    0x47edaee6, 0x92722c85, 0x1482353b, 0xa2bfe8a1, 0x4cf10364, 0xa81a664b, 0xbc423001, 0xc24b8b70, 0xd0f89791, 0xc76c51a3, 0x0654be30,
    0xd192e819, 0xd6ef5218, 0xd6990624, 0x5565a910, 0xf40e3585, 0x5771202a, 0x106aa070, 0x32bbd1b8, 0x19a4c116, 0xb8d2d0c8, 0x1e376c08,
    0x5141ab53, 0x2748774c, 0xdf8eeb99, 0x34b0bcb5, 0xe19b48a8, 0x391c0cb3, 0xc5c95a63, 0x4ed8aa4a, 0xe3418acb, 0x5b9cca4f, 0x7763e373,
    0x682e6ff3, 0xd6b2b8a3, 0x748f82ee, 0x5defb2fc, 0x78a5636f, 0x43172f60, 0x84c87814, 0xa1f0ab72, 0x8cc70208, 0x1a6439ec, 0x90befffa,
    0x23631e28, 0xa4506ceb, 0xde82bde9, 0xbef9a3f7, 0xb2c67915, 0xc67178f2, 0xe372532b, 0xca273ece, 0xea26619c, 0xd186b8c7, 0x21c0c207,
    0xeada7dd6, 0xcde0eb1e, 0xf57d4f7f, 0xee6ed178, 0x06f067aa, 0x72176fba, 0x0a637dc5, 0xa2c898a6, 0x113f9804, 0xbef90dae, 0x1b710b35,
    0x131c471b, 0x28db77f5, 0x23047d84, 0x32caab7b, 0x40c72493, 0x3c9ebe0a, 0x15c9bebc, 0x431d67c4, 0x9c100d4c, 0x4cc5d4be, 0xcb3e42b6,
    0x597f299c, 0xfc657e2a, 0x5fcb6fab, 0x3ad6faec, 0x6c44198c, 0x4a475817,
  ];
  const INITIAL = [
    0x6a09e667, 0xf3bcc908, 0xbb67ae85, 0x84caa73b, 0x3c6ef372, 0xfe94f82b, 0xa54ff53a, 0x5f1d36f1, 0x510e527f, 0xade682d1, 0x9b05688c,
    0x2b3e6c1f, 0x1f83d9ab, 0xfb41bd6b, 0x5be0cd19, 0x137e2179,
  ];
  const TWO_32 = 0x100000000;

  /** The high half of a word turned right; its low half with the halves exchanged. */
  const turned = (high: number, low: number, by: number) =>
    by < 32 ? (high >>> by) | (low << (32 - by)) : (low >>> (by - 32)) | (high << (64 - by));

  /** Adds pairs, modulo 2^64. */
  function sum(...pairs: number[]): [number, number] {
    let high = 0;
    let low = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      high += pairs[i] as number;
      low += (pairs[i + 1] as number) >>> 0;
    }
    return [(high + Math.floor(low / TWO_32)) | 0, low | 0];
  }

  function padded(bytes: readonly number[]): number[] {
    const block = bytes.map((byte) => byte & 0xff);
    block[block.length] = 0x80;
    while (block.length % 128 !== 112) block[block.length] = 0;
    const high = Math.floor(bytes.length / 0x20000000);
    const low = (bytes.length << 3) >>> 0;
    // The length has 128 bits, of which no message needs the upper half.
    for (const word of [0, 0, high, low]) for (let shift = 24; shift >= 0; shift -= 8) block[block.length] = (word >>> shift) & 0xff;
    return block;
  }

  function schedule(message: readonly number[], offset: number): number[] {
    const w: number[] = [];
    for (let i = 0; i < 32; i++) {
      const at = offset + i * 4;
      w[i] =
        ((message[at] as number) << 24) |
        ((message[at + 1] as number) << 16) |
        ((message[at + 2] as number) << 8) |
        (message[at + 3] as number);
    }
    const at = (index: number) => w[index] as number;
    for (let i = 32; i < 160; i += 2) {
      const [eh, el] = [at(i - 30), at(i - 29)];
      const [lh, ll] = [at(i - 4), at(i - 3)];
      const s0h = turned(eh, el, 1) ^ turned(eh, el, 8) ^ (eh >>> 7);
      const s0l = turned(el, eh, 1) ^ turned(el, eh, 8) ^ ((el >>> 7) | (eh << 25));
      const s1h = turned(lh, ll, 19) ^ turned(lh, ll, 61) ^ (lh >>> 6);
      const s1l = turned(ll, lh, 19) ^ turned(ll, lh, 61) ^ ((ll >>> 6) | (lh << 26));
      const [high, low] = sum(at(i - 32), at(i - 31), s0h, s0l, at(i - 14), at(i - 13), s1h, s1l);
      w[i] = high;
      w[i + 1] = low;
    }
    return w;
  }

  /** One round for each word of the schedule; `state` holds eight words. */
  function compress(state: number[], w: readonly number[]): number[] {
    let words = state;
    for (let i = 0; i < 160; i += 2) {
      const [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = words as [
        ...[number, number, number, number, number, number, number, number],
        ...[number, number, number, number, number, number, number, number],
      ];
      const s1h = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(eh, el, 41);
      const s1l = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(el, eh, 41);
      const t1 = sum(
        ...[hh, hl, s1h, s1l, (eh & fh) ^ (~eh & gh), (el & fl) ^ (~el & gl)],
        ...[K[i] as number, K[i + 1] as number, w[i] as number, w[i + 1] as number],
      );
      const s0h = turned(ah, al, 28) ^ turned(ah, al, 34) ^ turned(ah, al, 39);
      const s0l = turned(al, ah, 28) ^ turned(al, ah, 34) ^ turned(al, ah, 39);
      const first = sum(...t1, s0h, s0l, (ah & bh) ^ (ah & ch) ^ (bh & ch), (al & bl) ^ (al & cl) ^ (bl & cl));
      words = [...first, ah, al, bh, bl, ch, cl, ...sum(dh, dl, ...t1), eh, el, fh, fl, gh, gl];
    }
    return words;
  }

  /** 64 unsigned bytes. */
  return function sha512(bytes: readonly number[]): number[] {
    const message = padded(bytes);
    let hash = INITIAL;
    for (let offset = 0; offset < message.length; offset += 128) {
      const round = compress(hash, schedule(message, offset));
      const next: number[] = [];
      for (let i = 0; i < 16; i += 2) {
        const [high, low] = sum(hash[i] as number, hash[i + 1] as number, round[i] as number, round[i + 1] as number);
        next[i] = high;
        next[i + 1] = low;
      }
      hash = next;
    }
    const digest: number[] = [];
    for (const word of hash) for (let shift = 24; shift >= 0; shift -= 8) digest[digest.length] = (word >>> shift) & 0xff;
    return digest;
  };
}

/** What `sha512Digest` makes. */
export type Sha512 = ReturnType<typeof sha512Digest>;
