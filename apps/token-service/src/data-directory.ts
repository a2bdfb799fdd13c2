import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeySealer } from '#libs/oauth';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/**
 * Makes the data directory, and sees to it that what this process writes is its owner's alone, in a directory that was made
 * by somebody else too: the database holds hashes of secrets and sealed keys.
 */
export function openDataDirectory(directory: string): void {
  process.umask(0o077);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK);
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(databaseFile(directory) + suffix)) chmodSync(databaseFile(directory) + suffix, 0o600);
  } catch (cause) {
    throw new StartError(`cannot use the data directory ${directory}: ${(cause as Error).message}`, { cause });
  }
}

/** Where the SQLite database is. */
export function databaseFile(directory: string): string {
  return join(directory, 'tokenwright.db');
}

/** Where the bootstrap administrator's token is left for its owner. */
export function adminTokenFile(directory: string): string {
  return join(directory, 'admin-token');
}

/** Seals signing keys: by the key from the environment, else one kept in the data directory, made at first start. */
export function keySealer(settings: Settings): KeySealer {
  if (settings.encryptionKey !== null) return new KeySealer(decodeKey(settings.encryptionKey, 'TOKENWRIGHT_ENCRYPTION_KEY'));
  const file = join(settings.dataDir, 'encryption.key');
  if (!existsSync(file)) writeSecret(file, randomBytes(32).toString('base64url'));
  return new KeySealer(decodeKey(readFileSync(file, 'utf8').trim(), file));
}

/** Writes a file that only its owner may read. */
export function writeSecret(file: string, text: string): void {
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
  // The mode above counts only for a new file.
  chmodSync(file, 0o600);
}

function decodeKey(text: string, source: string): Uint8Array {
  const key = Buffer.from(text, 'base64url');
  if (key.length !== 32)
    throw new StartError(`${source} must be 32 bytes in base64url; make one with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '='`);
  return key;
}
