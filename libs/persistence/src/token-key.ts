const HASH_BYTES = 32;

/** The hashes that a key names, lowest and highest: one for a whole hash, all that begin with it for half of one. */
export function hashRange(hash: Uint8Array): readonly [low: Uint8Array, high: Uint8Array] {
  if (hash.length >= HASH_BYTES) return [hash, hash];
  const high = Buffer.alloc(HASH_BYTES, 0xff);
  high.set(hash);
  return [hash, high];
}
