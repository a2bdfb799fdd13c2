import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationError, PROFILE_CAPABILITIES, type EntityKind } from '#libs/oauth';
import { bindingBody, bindingOf } from '../schema/binding-body.ts';
import { clientBody } from '../schema/client-body.ts';
import { endpointBody, endpointKindOf, endpointOf, type EndpointBody } from '../schema/endpoint-body.ts';
import { flowId } from '../schema/procedure-body.ts';
import { profileBody, profileOf } from '../schema/profile-body.ts';
import { shape } from '../schema/shape.ts';
import {
  defaultTokenIssuers,
  tokenIssuerBody,
  tokenIssuerKindOf,
  tokenIssuerOf,
  type TokenIssuerBody,
} from '../schema/token-issuer-body.ts';
import { clientId, id, LONGEST_LIFETIME, scopeName } from '../schema/values.ts';
import { secretEntries, type ClientEntry } from './client-secrets.ts';
import type { Path } from './configuration-text.ts';
import { isMapping } from './mapping.ts';
import { readOutgoing, type OutgoingEntries } from './outgoing-entries.ts';
import type { Reading } from './reading.ts';
import type { SalvageOptions } from './salvage.ts';

const anything = z.unknown().optional();
const profileEntry = shape({
  ...profileBody.shape,
  endpoints: anything,
  clients: anything,
  tokenIssuers: anything,
  httpClients: anything,
  secrets: anything,
  buckets: anything,
});
const endpointEntry = shape({ ...endpointBody.shape, procedures: anything });
const clientEntry = shape({ ...clientBody.shape, secret: anything });

/** A malformed profile allows its clients whatever it may have been meant to allow, and is in no other's way. */
const profileSalvage = (): SalvageOptions => ({
  neutral: {
    issuer: `/${randomUUID()}`,
    capabilities: [...PROFILE_CAPABILITIES],
    defaults: { maximumTokenLifetime: LONGEST_LIFETIME },
    allowedAudiences: null,
  },
  keyed: ['scopes'],
});

/** A malformed endpoint is in no other's way. What may be bound to it hangs on its kind. */
const endpointSalvage = (): SalvageOptions => ({
  neutral: { path: `/${randomUUID()}`, enabled: false, advertised: false, deployedTo: [randomUUID()] },
  vital: ['kind'],
});

const tokenIssuerSalvage: SalvageOptions = { neutral: { isDefault: false }, vital: ['kind'] };

/** What has secret parts, which are looked at when all else is read. */
export interface ProfileEntries extends OutgoingEntries {
  readonly clients: readonly ClientEntry[];
}

/** Reads `profiles` and all that is nested in it. */
export function readProfiles(reading: Reading, value: unknown): ProfileEntries {
  const clients: ClientEntry[] = [];
  const outgoing: OutgoingEntries[] = [];
  for (const [profile, entry] of reading.members(value, ['profiles'])) {
    const path = ['profiles', profile];
    const key = reading.at('profile', path, profile);
    const named = reading.named(id, profile, path);
    const { value: body, sound, doubts } = reading.shaped(profileEntry, withScopes(reading, entry, path), path, profileSalvage());
    if (body === null) reading.spoiled('profile', key);
    else if (!named || !sound) reading.impaired('profile', key, doubts);
    if (body !== null) reading.entities.push({ kind: 'profile', key, value: profileOf(profile, body, 'file') });
    if (!isMapping(entry)) continue;
    readEndpoints(reading, profile, entry['endpoints'], [...path, 'endpoints']);
    readTokenIssuers(reading, profile, entry['tokenIssuers'], [...path, 'tokenIssuers']);
    clients.push(...readClients(reading, profile, entry['clients'], [...path, 'clients']));
    outgoing.push(readOutgoing(reading, profile, entry, path));
  }
  return { clients, secrets: outgoing.flatMap(({ secrets }) => secrets), httpClients: outgoing.flatMap(({ httpClients }) => httpClients) };
}

/** `scopes` may be a list of names, and a scope without settings may be left empty. */
function withScopes(reading: Reading, entry: unknown, path: Path): unknown {
  if (!isMapping(entry)) return entry;
  const scopes = entry['scopes'];
  if (Array.isArray(scopes)) {
    const names = reading.shaped(z.array(scopeName), scopes, [...path, 'scopes']).value ?? [];
    return { ...entry, scopes: Object.fromEntries(names.map((name) => [name, {}])) };
  }
  if (!isMapping(scopes)) return scopes === null ? { ...entry, scopes: {} } : entry;
  return { ...entry, scopes: Object.fromEntries(Object.entries(scopes).map(([name, scope]) => [name, scope ?? {}])) };
}

function readEndpoints(reading: Reading, profile: string, value: unknown, path: Path): void {
  const bodies: { id: string; body: EndpointBody; path: Path; key: string }[] = [];
  for (const [endpoint, entry] of reading.members(value, path)) {
    const at = [...path, endpoint];
    const key = reading.at('endpoint', at, profile, endpoint);
    const named = reading.named(id, endpoint, at);
    const { value: body, sound, doubts } = reading.shaped(endpointEntry, entry, at, endpointSalvage());
    if (body === null) reading.spoiled('endpoint', key);
    else if (!named || !sound) reading.impaired('endpoint', key, doubts);
    if (body !== null) bodies.push({ id: endpoint, body, path: at, key });
    if (isMapping(entry)) readBindings(reading, profile, endpoint, entry['procedures'], [...at, 'procedures']);
  }
  const first = firstOfEachKind(
    bodies.map(({ id, body }) => ({ id, kind: endpointKindOf(id, body), said: body.enabled ? body.advertised : false })),
  );
  for (const { id, body, path, key } of bodies)
    built(reading, 'endpoint', key, path, () =>
      reading.entities.push({ kind: 'endpoint', key, value: endpointOf(profile, id, body, 'file', first.has(id)) }),
    );
}

function readTokenIssuers(reading: Reading, profile: string, value: unknown, path: Path): void {
  if (value === undefined) {
    for (const issuer of defaultTokenIssuers(profile, 'file'))
      reading.entities.push({
        kind: 'token-issuer',
        key: reading.at('token-issuer', path.slice(0, -1), profile, issuer.id),
        value: issuer,
      });
    return;
  }
  const bodies: { id: string; body: TokenIssuerBody; path: Path; key: string }[] = [];
  for (const [issuer, entry] of reading.members(value, path)) {
    const at = [...path, issuer];
    const key = reading.at('token-issuer', at, profile, issuer);
    const named = reading.named(id, issuer, at);
    const { value: body, sound, doubts } = reading.shaped(tokenIssuerBody, entry ?? {}, at, tokenIssuerSalvage);
    if (body === null) reading.spoiled('token-issuer', key);
    else if (!named || !sound) reading.impaired('token-issuer', key, doubts);
    if (body !== null) bodies.push({ id: issuer, body, path: at, key });
  }
  const first = firstOfEachKind(bodies.map(({ id, body }) => ({ id, kind: tokenIssuerKindOf(id, body), said: body.isDefault })));
  for (const { id, body, path, key } of bodies)
    built(reading, 'token-issuer', key, path, () =>
      reading.entities.push({ kind: 'token-issuer', key, value: tokenIssuerOf(profile, id, body, 'file', first.has(id)) }),
    );
}

/** Of each kind of which nobody says to be the one, the first that does not say not to be. */
function firstOfEachKind(
  entries: readonly { readonly id: string; readonly kind: string | undefined; readonly said: boolean | undefined }[],
): ReadonlySet<string> {
  const taken = new Set(entries.filter((entry) => entry.said === true).map((entry) => entry.kind));
  const first = new Set<string>();
  for (const { id, kind, said } of entries) {
    if (said !== undefined || kind === undefined || taken.has(kind)) continue;
    taken.add(kind);
    first.add(id);
  }
  return first;
}

/** Runs what makes an entity of a body, and reports what does not go together in it. */
function built(reading: Reading, kind: EntityKind, key: string, path: Path, build: () => void): void {
  try {
    build();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) reading.report([...path, ...problem.pointer.split('/').slice(1)], problem.message);
    reading.spoiled(kind, key);
  }
}

function readBindings(reading: Reading, profile: string, endpoint: string, value: unknown, path: Path): void {
  for (const [flow, entry] of reading.members(value, path)) {
    const at = [...path, flow];
    const key = reading.at('binding', at, profile, endpoint, flow);
    const named = reading.named(flowId, flow, at);
    const { value: body, sound, doubts } = reading.shaped(typeof entry === 'string' ? id : bindingBody, entry, at);
    if (body === null) reading.spoiled('binding', key);
    else {
      if (!named || !sound) reading.impaired('binding', key, named ? doubts : [...doubts, ['flow']]);
      const binding = typeof body === 'string' ? { procedure: body, version: null } : body;
      reading.entities.push({ kind: 'binding', key, value: bindingOf(profile, endpoint, flow, binding, 'file') });
    }
  }
}

function readClients(reading: Reading, profile: string, value: unknown, path: Path): readonly ClientEntry[] {
  const clients: ClientEntry[] = [];
  for (const [client, entry] of reading.members(value, path)) {
    const at = [...path, client];
    const key = reading.at('client', at, profile, client);
    const named = reading.named(clientId, client, at);
    const { value: body, sound, doubts } = reading.shaped(clientEntry, entry ?? {}, at);
    const { secrets, sound: soundSecrets } = secretEntries(reading, isMapping(entry) ? entry['secret'] : undefined, [...at, 'secret']);
    if (body === null) reading.spoiled('client', key);
    else if (!named || !sound || !soundSecrets) reading.impaired('client', key, soundSecrets ? doubts : [...doubts, ['secret']]);
    clients.push({ profile, id: client, key, body, secrets });
  }
  return clients;
}
