/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * SHA-256 over arrays of bytes, for fingerprints and hashed identifiers in procedures. FIPS 180-4 section 6.2.
 */
export function sha256Digest() {
  // The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  const K = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ];
  const INITIAL = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const rotate = (x: number, by: number) => (x >>> by) | (x << (32 - by));

  function padded(bytes: readonly number[]): number[] {
    const block = bytes.map((byte) => byte & 0xff);
    block[block.length] = 0x80;
    while (block.length % 64 !== 56) block[block.length] = 0;
    const high = Math.floor(bytes.length / 0x20000000);
    const low = (bytes.length << 3) >>> 0;
    for (const word of [high, low]) for (let shift = 24; shift >= 0; shift -= 8) block[block.length] = (word >>> shift) & 0xff;
    return block;
  }

  function schedule(message: readonly number[], offset: number): number[] {
    const w: number[] = [];
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        const at = offset + i * 4;
        w[i] =
          ((message[at] as number) << 24) |
          ((message[at + 1] as number) << 16) |
          ((message[at + 2] as number) << 8) |
          (message[at + 3] as number);
      } else {
        const early = w[i - 15] as number;
        const late = w[i - 2] as number;
        const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
        const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
        w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
      }
    }
    return w;
  }

  /** 32 unsigned bytes. */
  return function sha256(bytes: readonly number[]): number[] {
    const message = padded(bytes);
    const hash = INITIAL.slice();
    for (let offset = 0; offset < message.length; offset += 64) {
      const w = schedule(message, offset);
      let a = hash[0] as number;
      let b = hash[1] as number;
      let c = hash[2] as number;
      let d = hash[3] as number;
      let e = hash[4] as number;
      let f = hash[5] as number;
      let g = hash[6] as number;
      let h = hash[7] as number;
      for (let i = 0; i < 64; i++) {
        const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
        const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + t1) | 0;
        d = c;
        c = b;
        b = a;
        a = (t1 + t2) | 0;
      }
      const round = [a, b, c, d, e, f, g, h];
      for (let i = 0; i < 8; i++) hash[i] = ((hash[i] as number) + (round[i] as number)) | 0;
    }
    const digest: number[] = [];
    for (const word of hash) for (let shift = 24; shift >= 0; shift -= 8) digest[digest.length] = (word >>> shift) & 0xff;
    return digest;
  };
}

/** What `sha256Digest` makes. */
export type Sha256 = ReturnType<typeof sha256Digest>;
