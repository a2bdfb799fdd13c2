import { sign } from 'node:crypto';
import type { ReadyKey } from './key-ring.ts';

/**
 * Signs a compact JWS (RFC 7515). node:crypto directly, since it signs every fresh phantom token: for ES256 the DER
 * signature is turned into r and s by hand, which takes half the time of asking node:crypto or jose for that form.
 *
 * @param payload JSON text of the claims
 */
export function signCompact(payload: string, type: string, key: ReadyKey): string {
  const signingInput = `${protectedHeader(type, key)}.${Buffer.from(payload).toString('base64url')}`;
  return `${signingInput}.${signatureOf(Buffer.from(signingInput, 'latin1'), key).toString('base64url')}`;
}

const headers = new WeakMap<ReadyKey, Map<string, string>>();

function protectedHeader(type: string, key: ReadyKey): string {
  let ofKey = headers.get(key);
  if (ofKey === undefined) headers.set(key, (ofKey = new Map<string, string>()));
  let text = ofKey.get(type);
  if (text === undefined) {
    text = Buffer.from(JSON.stringify({ alg: key.algorithm, typ: type, kid: key.kid })).toString('base64url');
    ofKey.set(type, text);
  }
  return text;
}

function signatureOf(input: Buffer, key: ReadyKey): Buffer {
  if (key.privateKey === null) throw new Error(`signing key ${key.kid} is retired`);
  switch (key.algorithm) {
    case 'ES256':
      return derToConcatenated(sign('sha256', input, key.privateKey));
    case 'RS256':
      return sign('sha256', input, key.privateKey);
    case 'EdDSA':
      return sign(null, input, key.privateKey);
  }
}

/** An ECDSA signature of P-256 from DER (two INTEGERs) to r and s of 32 bytes each. RFC 7518 section 3.4. */
function derToConcatenated(der: Buffer): Buffer {
  const out = Buffer.alloc(64);
  let at = 3;
  for (const end of [32, 64]) {
    let length = der[at++] ?? 0;
    // A leading zero keeps the INTEGER positive; a short one has lost leading zeros.
    if (length > 32) {
      at += length - 32;
      length = 32;
    }
    der.copy(out, end - length, at, at + length);
    at += length + 1;
  }
  return out;
}
