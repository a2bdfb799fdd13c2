import { z } from 'zod';
import { clientKeyProblem, credentialProblem, type Configuration } from '#libs/oauth';
import { bucketBody, bucketOf } from '../schema/bucket-body.ts';
import { CREDENTIAL_KINDS, httpClientBodyOf, httpClientOf } from '../schema/http-client-body.ts';
import { secretOf } from '../schema/secret-body.ts';
import { id } from '../schema/values.ts';
import type { Path } from './configuration-text.ts';
import type { Environment } from './literal-values.ts';
import { isMapping } from './mapping.ts';
import type { Reading } from './reading.ts';
import type { SalvageOptions } from './salvage.ts';
import { hasMember, readSealedValue, readTimedValue, sealedOf, type SealedValue, type TextSealer } from './sealed-values.ts';

const anything = z.unknown().optional();
const httpClientEntry = httpClientBodyOf(anything, anything);

/** Credentials that cannot be read in part are none: without their kind or name nothing can be said about the rest. */
const httpClientSalvage: SalvageOptions = { neutral: { credentials: null } };

/** A secret whose value is still as the file gives it; null when it cannot be read. */
export interface SecretEntry {
  readonly profile: string;
  readonly id: string;
  readonly key: string;
  readonly value: SealedValue | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
}

/** An HTTP client whose secret parts are still as the file gives them. */
export interface HttpClientEntry {
  readonly profile: string;
  readonly id: string;
  readonly key: string;
  readonly body: z.output<typeof httpClientEntry>;
  readonly credentials: SealedValue | null;
  readonly clientKey: SealedValue | null;
}

/** What procedures of a profile may use: entries with secret parts are sealed when all else is read. */
export interface OutgoingEntries {
  readonly secrets: readonly SecretEntry[];
  readonly httpClients: readonly HttpClientEntry[];
}

/** Every secret part of the entries. */
export function sealedValuesOf({ secrets, httpClients }: OutgoingEntries): readonly SealedValue[] {
  const parts = [...secrets.map(({ value }) => value), ...httpClients.flatMap(({ credentials, clientKey }) => [credentials, clientKey])];
  return parts.filter((part) => part !== null);
}

/** Reads `secrets`, `httpClients` and `buckets` of a profile. */
export function readOutgoing(reading: Reading, profile: string, entry: Readonly<Record<string, unknown>>, path: Path): OutgoingEntries {
  readBuckets(reading, profile, entry['buckets'], [...path, 'buckets']);
  return {
    secrets: readSecrets(reading, profile, entry['secrets'], [...path, 'secrets']),
    httpClients: readHttpClients(reading, profile, entry['httpClients'], [...path, 'httpClients']),
  };
}

function readBuckets(reading: Reading, profile: string, value: unknown, path: Path): void {
  for (const [bucket, entry] of reading.members(value, path)) {
    const at = [...path, bucket];
    const key = reading.at('bucket', at, profile, bucket);
    const named = reading.named(id, bucket, at);
    const { value: body, sound, doubts } = reading.shaped(bucketBody, entry ?? {}, at);
    if (body === null) reading.spoiled('bucket', key);
    else if (!named || !sound) reading.impaired('bucket', key, doubts);
    if (body !== null) reading.entities.push({ kind: 'bucket', key, value: bucketOf(profile, bucket, body, 'file') });
  }
}

function readSecrets(reading: Reading, profile: string, value: unknown, path: Path): readonly SecretEntry[] {
  if (value !== undefined && value !== null && !isMapping(value)) reading.impaired('profile', encodeURIComponent(profile), [['secrets']]);
  return reading.members(value, path).map(([secret, entry]) => {
    const at = [...path, secret];
    const key = reading.at('secret', at, profile, secret);
    if (!reading.named(id, secret, at)) reading.impaired('secret', key);
    return { profile, id: secret, key, ...readTimedValue(reading, entry, at) };
  });
}

function readHttpClients(reading: Reading, profile: string, value: unknown, path: Path): readonly HttpClientEntry[] {
  const clients: HttpClientEntry[] = [];
  for (const [client, entry] of reading.members(value, path)) {
    const at = [...path, client];
    const key = reading.at('http-client', at, profile, client);
    const named = reading.named(id, client, at);
    const { value: body, sound, doubts } = reading.shaped(httpClientEntry, entry ?? {}, at, httpClientSalvage);
    if (body === null) {
      reading.spoiled('http-client', key);
      continue;
    }
    if (!named || !sound) reading.impaired('http-client', key, doubts);
    clients.push({ profile, id: client, key, body, ...secretParts(reading, key, entry, body, at) });
  }
  return clients;
}

/** Read from the entry as it stands, so that they are looked at even where what they belong to is malformed. */
function secretParts(
  reading: Reading,
  key: string,
  entry: unknown,
  { tls: { clientCertificate } }: HttpClientEntry['body'],
  path: Path,
): Pick<HttpClientEntry, 'credentials' | 'clientKey'> {
  const { credentials, tls } = isMapping(entry) ? entry : {};
  const read = (value: unknown, at: Path, problemOf: SealedValue['problemOf']) => {
    const part = readSealedValue(reading, value, [...path, ...at], problemOf);
    if (part === null) reading.impaired('http-client', key);
    return part;
  };
  const kind = isMapping(credentials) ? CREDENTIAL_KINDS.find((known) => known === credentials['kind']) : undefined;
  return {
    credentials: isMapping(credentials)
      ? read(credentials['value'], ['credentials', 'value'], (text) => (kind === undefined ? null : credentialProblem(kind, text)))
      : null,
    clientKey: hasMember(tls, 'clientKey')
      ? read(tls.clientKey, ['tls', 'clientKey'], (text) => clientKeyProblem(text, clientCertificate))
      : null,
  };
}

export interface SealingSources {
  readonly env: Environment;
  readonly sealer: TextSealer;
  /** Seconds since 1970. */
  readonly now: number;
  readonly current: Configuration;
}

/** Stands for a part that could not be sealed; with the problem that was reported nothing is applied. */
const UNSEALED = '';

/** Makes entities of entries. Those that will not be stored are made too: what refers to them is not at fault. */
export async function sealOutgoing(reading: Reading, { secrets, httpClients }: OutgoingEntries, sources: SealingSources): Promise<void> {
  const seal = async (value: SealedValue | null, stored: string | null) =>
    (value === null ? null : await sealedOf(reading, value, stored, sources)) ?? UNSEALED;
  for (const { profile, id, key, value, ...given } of secrets) {
    const stored = sources.current.get('secret', key);
    const sealed = await seal(value, stored?.sealedValue ?? null);
    if (sealed === UNSEALED) reading.impaired('secret', key);
    const isKept = sealed === stored?.sealedValue;
    const createdAt = given.createdAt ?? stored?.createdAt ?? sources.now;
    const updatedAt = given.updatedAt ?? (isKept ? stored.updatedAt : sources.now);
    reading.entities.push({ kind: 'secret', key, value: secretOf(profile, id, sealed, { createdAt, updatedAt }, 'file') });
  }
  for (const { profile, id, key, body, ...parts } of httpClients) {
    const stored = sources.current.get('http-client', key);
    const value = await seal(parts.credentials, stored?.credentials?.sealedValue ?? null);
    const credentials = body.credentials === null ? null : value;
    const clientKey = hasMember(body.tls, 'clientKey') ? await seal(parts.clientKey, stored?.tls.sealedClientKey ?? null) : null;
    if (credentials === UNSEALED || clientKey === UNSEALED) reading.impaired('http-client', key);
    reading.entities.push({ kind: 'http-client', key, value: httpClientOf(profile, id, body, { credentials, clientKey }, 'file') });
  }
}
