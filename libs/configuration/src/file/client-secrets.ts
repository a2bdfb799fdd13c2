import { z } from 'zod';
import { hashChosenSecret, isSecretHash, verifySecret, type ClientSecret, type Configuration } from '#libs/oauth';
import { chosenSecret, clientOf, type ClientBody } from '../schema/client-body.ts';
import { shape } from '../schema/shape.ts';
import { environmentVariable } from '../schema/values.ts';
import type { Path } from './configuration-text.ts';
import { literalOf, type Environment, type LiteralSource } from './literal-values.ts';
import type { Reading } from './reading.ts';

/** Seconds since 1970, or the same as a text such as `2026-01-31T12:00:00Z`. */
export const time = z.union([
  z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' }),
  z.int().min(0).max(253_402_300_799),
]);

/** The same in seconds. */
export function secondsOf(value: z.output<typeof time>): number {
  return typeof value === 'number' ? value : Math.floor(Date.parse(value) / 1000);
}

const secretObject = shape({
  value: chosenSecret.optional(),
  env: environmentVariable.optional(),
  hash: z
    .string()
    .refine(isSecretHash, 'must be an argon2id hash ($argon2id$v=19$...) or sha256$ and 43 characters of base64url')
    .optional(),
  createdAt: time.optional(),
  expiresAt: time.nullable().optional(),
}).refine(
  (entry) => [entry.value, entry.env, entry.hash].filter((way) => way !== undefined).length === 1,
  'must have exactly one of "value", "env" and "hash"',
);

const secretEntry = z.union([chosenSecret, secretObject]);

/** A client whose secrets are still as the file gives them. */
export interface ClientEntry {
  readonly profile: string;
  readonly id: string;
  readonly key: string;
  /** Null when nothing of it could be read; its secrets are looked at all the same. */
  readonly body: ClientBody | null;
  readonly secrets: readonly ClientSecretEntry[];
}

export interface ClientSecretEntry extends LiteralSource {
  readonly hash: string | null;
  readonly createdAt: number | null;
  readonly expiresAt: number | null;
}

/** Reads `secret`: one entry or a list of them. Without being sound it is what of them could be read. */
export function secretEntries(
  reading: Reading,
  value: unknown,
  path: Path,
): { readonly secrets: readonly ClientSecretEntry[]; readonly sound: boolean } {
  if (value === undefined || value === null) return { secrets: [], sound: true };
  const entries = Array.isArray(value)
    ? value.map((entry, i) => ({ entry: entry as unknown, at: [...path, i] }))
    : [{ entry: value, at: path }];
  if (entries.length > 16) {
    reading.report(path, 'must have at most 16 elements');
    return { secrets: [], sound: false };
  }
  const read = entries.map(({ entry, at }) => ({ ...reading.shaped(secretEntry, entry, at), at }));
  const secrets = read.map(({ value: shaped, at }): ClientSecretEntry | null => {
    if (shaped === null) return null;
    if (typeof shaped === 'string') return { path: at, value: shaped, env: null, hash: null, createdAt: null, expiresAt: null };
    const { value = null, env = null, hash = null, createdAt, expiresAt } = shaped;
    return {
      path: at,
      value,
      env,
      hash,
      createdAt: createdAt === undefined ? null : secondsOf(createdAt),
      expiresAt: expiresAt === undefined || expiresAt === null ? null : secondsOf(expiresAt),
    };
  });
  return { secrets: secrets.filter((secret) => secret !== null), sound: read.every(({ sound }) => sound) };
}

export interface SecretSources {
  readonly env: Environment;
  /** Seconds since 1970. */
  readonly now: number;
  readonly current: Configuration;
}

/**
 * Makes clients of entries. A literal secret that fits a stored hash keeps it, so that reading the same text again
 * changes nothing; another one is hashed with argon2id.
 */
export async function readClientSecrets(reading: Reading, entries: readonly ClientEntry[], sources: SecretSources): Promise<void> {
  const clients = await Promise.all(
    entries.map(async (entry) => {
      const valid = entry.secrets.filter((secret) => secret.expiresAt === null || secret.expiresAt > sources.now);
      if (valid.length > 2) reading.report(valid[2]?.path ?? [], 'a client has at most two valid secrets at a time');
      if (entry.body === null || reading.isImpaired('client', entry.key)) {
        // It will not be stored, so nothing is hashed for it.
        const known = entry.secrets.filter(
          (secret) => secret.hash !== null || literalOf(reading, secret, sources.env, chosenSecret) !== null,
        );
        return { entry, secrets: entry.secrets.map((secret) => (known.includes(secret) ? UNHASHED : null)) };
      }
      const stored = sources.current.get('client', entry.key)?.secrets ?? [];
      const secrets = await Promise.all(entry.secrets.map((secret) => secretOf(reading, secret, stored, sources)));
      return { entry, secrets };
    }),
  );
  for (const { entry, secrets } of clients) {
    if (entry.body === null) continue;
    const known = secrets.filter((secret) => secret !== null);
    if (known.length < secrets.length) reading.impaired('client', entry.key, [['secret']]);
    reading.entities.push({ kind: 'client', key: entry.key, value: clientOf(entry.profile, entry.id, entry.body, known, 'file') });
  }
}

/** Stands for a secret of a client that is well-formed only in part. */
const UNHASHED: ClientSecret = { hash: '', createdAt: 0, expiresAt: null };

async function secretOf(
  reading: Reading,
  entry: ClientSecretEntry,
  stored: readonly ClientSecret[],
  sources: SecretSources,
): Promise<ClientSecret | null> {
  if (entry.hash !== null) {
    const same = stored.find((secret) => secret.hash === entry.hash);
    return { hash: entry.hash, createdAt: entry.createdAt ?? same?.createdAt ?? sources.now, expiresAt: entry.expiresAt };
  }
  const literal = literalOf(reading, entry, sources.env, chosenSecret);
  if (literal === null) return null;
  for (const secret of stored)
    if (await verifySecret(literal, secret.hash))
      return { hash: secret.hash, createdAt: entry.createdAt ?? secret.createdAt, expiresAt: entry.expiresAt };
  return { hash: await hashChosenSecret(literal), createdAt: entry.createdAt ?? sources.now, expiresAt: entry.expiresAt };
}
