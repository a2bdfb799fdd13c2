import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What is redeemed once and is no token: its prefix tells them apart, and secret scanners what they have found. */
const PREFIXES = {
  authorization_code: 'twc_',
  device_code: 'twd_',
  request_uri: 'twu_',
  auth_req_id: 'twb_',
  initial_access_token: 'twi_',
  registration_access_token: 'twm_',
} as const;
export type OneTimeKind = keyof typeof PREFIXES;

/** 256 bits of the system's generator; only the hash is stored. */
export interface OneTimeToken {
  readonly value: string;
  readonly hash: Uint8Array;
}

export function mintOneTimeToken(kind: OneTimeKind): OneTimeToken {
  const body = PREFIXES[kind] + randomBytes(32).toString('base64url');
  const value = body + checksum(body);
  return { value, hash: hash('sha256', value, 'buffer') };
}

/** The hash of a presented text; null when it cannot be one of ours. */
export function oneTimeTokenHash(kind: OneTimeKind, value: string): Uint8Array | null {
  if (!value.startsWith(PREFIXES[kind]) || !/^[A-Za-z0-9_-]{54}$/.test(value)) return null;
  return checksum(value.slice(0, -7)) === value.slice(-7) ? hash('sha256', value, 'buffer') : null;
}

function checksum(text: string): string {
  return crc32(text).toString(36).padStart(7, '0');
}
