import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TokenKey, TokenPurpose } from '../stores.ts';

/**
 * Opaque tokens: `twa_` (access) or `twr_` (refresh), four characters of expiry period, 43 of randomness (256 bits,
 * base64url), seven of checksum. All of it is in `[A-Za-z0-9_-]`, since gateways send tokens unescaped.
 *
 * The prefix and the checksum let secret scanners and a typo check tell a token without the database; the period names
 * the partition that holds it. None of the three is secret and none is trusted.
 */
const PREFIXES: Readonly<Record<TokenPurpose, string>> = { access_token: 'twa_', refresh_token: 'twr_' };
const SHAPE = /^tw[ar]_[0-9a-z]{4}[A-Za-z0-9_-]{43}[0-9a-z]{7}$/;
const LENGTH = 58;

const SECONDS_PER_PERIOD = 86_400;

/** A value of the system's generator that becomes a token when it is committed. */
export interface MintedToken {
  readonly value: string;
  readonly key: TokenKey;
}

/** The period (day since 1970) whose partition keeps what expires then. Seconds in. */
export function periodOf(expiresAt: number): number {
  return Math.floor(expiresAt / SECONDS_PER_PERIOD);
}

/** The last second of a period: a token minted for it may not outlive it. */
export function endOfPeriod(period: number): number {
  return (period + 1) * SECONDS_PER_PERIOD - 1;
}

/** Mints a token that may live until `latestExpiry` (seconds since 1970). */
export function mintOpaqueToken(purpose: TokenPurpose, latestExpiry: number): MintedToken {
  const period = periodOf(latestExpiry);
  const body = PREFIXES[purpose] + periodText(period) + randomBytes(32).toString('base64url');
  const value = body + checksum(body);
  return { value, key: { period, hash: hash('sha256', value, 'buffer') } };
}

/** The row that a presented text names, or null when it cannot be one of our opaque tokens. */
export function opaqueTokenKey(value: string): TokenKey | null {
  if (value.length !== LENGTH || !SHAPE.test(value)) return null;
  if (checksum(value.slice(0, -7)) !== value.slice(-7)) return null;
  return { period: parseInt(value.slice(4, 8), 36), hash: hash('sha256', value, 'buffer') };
}

/** The public id of a token: its period and the first half of its hash. It is no secret and opens nothing. */
export function tokenId(key: TokenKey): string {
  const { hash: digest } = key;
  const bytes = digest instanceof Buffer ? digest : Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength);
  return periodText(key.period) + bytes.toString('base64url', 0, 16);
}

/** The key, with half a hash, that a public id names; null when the text is not one. */
export function parseTokenId(id: string): TokenKey | null {
  if (!/^[0-9a-z]{4}[A-Za-z0-9_-]{22}$/.test(id)) return null;
  return { period: parseInt(id.slice(0, 4), 36), hash: Buffer.from(id.slice(4), 'base64url') };
}

function periodText(period: number): string {
  return period.toString(36).padStart(4, '0');
}

function checksum(text: string): string {
  return crc32(text).toString(36).padStart(7, '0');
}
