import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { clientReaching, HostServiceError, mayReach, type OpenedHttpClient } from '#libs/oauth';
import type { HttpClients } from './http-clients.ts';

/** How key sets and metadata are kept. Milliseconds, but for how many there may be of a profile. */
export interface KeySetTimes {
  readonly age: number;
  /** After a fetch, an unknown `kid` causes no other for as long. */
  readonly cooldown: number;
  /** After a failed fetch, none is tried for as long. */
  readonly failure: number;
  readonly most: number;
}

export const KEY_SET_TIMES: KeySetTimes = { age: 600_000, cooldown: 30_000, failure: 5000, most: 100 };

/** Characters of a key set or of metadata, whatever the client allows else: they are kept in memory. */
const LARGEST = 262_144;
const MOST_PROFILES = 256;

/** By whom and how long a fetch may be made for. */
export interface Fetching {
  readonly clients: readonly OpenedHttpClient[];
}

/** What is kept for one profile. */
interface Share {
  readonly sets: Map<string, { readonly client: OpenedHttpClient; readonly keys: JWTVerifyGetKey }>;
  readonly metadata: Map<string, { readonly until: number; readonly jwksUri: Promise<string> }>;
  readonly failures: Map<string, { readonly until: number; readonly error: HostServiceError }>;
}

/**
 * Key sets of others, fetched by the rules of a profile's HTTP clients and kept for a while. Many who want the same set
 * share one fetch; a forged `kid` or an issuer that does not answer causes no flood of them. Each profile has a share of its
 * own: what its procedures ask for takes nothing from others. RFC 7517.
 */
export class KeySets {
  readonly #shares = new Map<string, Share>();

  /** @param clock milliseconds */
  constructor(
    private readonly http: HttpClients,
    private readonly clock: () => number,
    private readonly times: KeySetTimes = KEY_SET_TIMES,
  ) {}

  /** @throws HostServiceError when no client may reach the URL */
  byUri(uri: string, fetching: Fetching): JWTVerifyGetKey {
    const client = clientFor(uri, fetching);
    const name = nameOf(client, uri);
    const { sets } = this.#share(client);
    const known = sets.get(name);
    // What a changed client may no longer do, it does not do by what was kept either.
    if (known?.client === client) return keep(sets, name, known, this.times.most).keys;
    const keys = createRemoteJWKSet(new URL(uri), {
      cooldownDuration: this.times.cooldown,
      cacheMaxAge: this.times.age,
      timeoutDuration: client.timeoutMilliseconds,
      [customFetch]: async (url) =>
        new Response(await this.#fetch(client, url, 'the key set', isKeySet), {
          status: 200,
          headers: { 'content-type': 'application/json' },
        }),
    });
    return keep(sets, name, { client, keys }, this.times.most).keys;
  }

  /**
   * By the metadata that an issuer publishes, RFC 8414 first, then OpenID Connect Discovery.
   * @throws HostServiceError
   */
  async byIssuer(issuer: string, fetching: Fetching): Promise<JWTVerifyGetKey> {
    const client = clientFor(issuer, fetching);
    const name = nameOf(client, issuer);
    const { metadata } = this.#share(client);
    let known = metadata.get(name);
    if (known === undefined || known.until <= this.clock()) {
      const entry = { until: this.clock() + this.times.age, jwksUri: this.#discover(issuer, client) };
      // Whoever asks while it is under way shares it; a failure is remembered by the fetch, not here.
      entry.jwksUri.catch(() => {
        if (metadata.get(name) === entry) metadata.delete(name);
      });
      known = keep(metadata, name, entry, this.times.most);
    }
    const jwksUri = await known.jwksUri;
    // Where the keys are is the issuer's word: it must not lead to what other clients of the profile may reach.
    if (!URL.canParse(jwksUri) || !mayReach(client, new URL(jwksUri)))
      throw new HostServiceError(
        'refused',
        `the issuer has its keys at ${placeOf(jwksUri)}, which the HTTP client "${client.id}" does not allow: add that host to its allowedHosts`,
      );
    return this.byUri(jwksUri, { clients: [client] });
  }

  async #discover(issuer: string, client: OpenedHttpClient): Promise<string> {
    const url = new URL(issuer);
    const path = url.pathname.replace(/\/$/, '');
    const places = [`${url.origin}/.well-known/oauth-authorization-server${path}`, `${url.origin}${path}/.well-known/openid-configuration`];
    let failure: unknown;
    for (const place of places) {
      try {
        return jwksUriOf(await this.#fetch(client, place, 'the metadata'), issuer);
      } catch (error) {
        if (!(error instanceof HostServiceError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** @param isSound what is not is a failure to fetch it, and remembered as one */
  async #fetch(client: OpenedHttpClient, url: string, what: string, isSound: (body: string) => boolean = () => true): Promise<string> {
    const name = nameOf(client, url);
    const { failures } = this.#share(client);
    const before = failures.get(name);
    if (before !== undefined && before.until > this.clock()) throw before.error;
    try {
      const { statusCode, body } = await this.http.request(
        client,
        {
          ...{ method: 'GET', url, headers: { accept: 'application/json' }, body: null },
          ...{ timeout: client.timeoutMilliseconds, caller: KEY_SETS },
        },
        true,
      );
      if (statusCode !== 200) throw new HostServiceError('unreachable', `${what} at ${placeOf(url)} was answered with ${statusCode}`);
      if (body.length > LARGEST) throw new HostServiceError('too-large', `${what} at ${placeOf(url)} has more than ${LARGEST} characters`);
      if (!isSound(body)) throw new HostServiceError('broken', `${what} at ${placeOf(url)} is no JWK set: { "keys": [...] }`);
      failures.delete(name);
      return body;
    } catch (error) {
      if (error instanceof HostServiceError) keep(failures, name, { until: this.clock() + this.times.failure, error }, this.times.most);
      throw error;
    }
  }

  #share({ profile }: OpenedHttpClient): Share {
    const known = this.#shares.get(profile) ?? { sets: new Map(), metadata: new Map(), failures: new Map() };
    return keep(this.#shares, profile, known, MOST_PROFILES);
  }
}

/** Stands for the procedures that want keys; no procedure has such an id. */
const KEY_SETS = '';

/** RFC 7517 section 5. */
function isKeySet(text: string): boolean {
  try {
    const { keys } = (JSON.parse(text) ?? {}) as { readonly keys?: unknown };
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null);
  } catch {
    return false;
  }
}

/** Keys that the caller has, without any network. @throws HostServiceError when it is no key set */
export function localKeySet(keySet: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(keySet);
  } catch (cause) {
    throw new HostServiceError('refused', 'the keySet must be a JWK set: { keys: [...] }', { cause });
  }
}

function clientFor(uri: string, { clients }: Fetching): OpenedHttpClient {
  const url = URL.parse(uri);
  if (url === null) throw new HostServiceError('refused', 'jwksUri and issuer must be URLs');
  const client = clientReaching(clients, url);
  if (client === undefined)
    throw new HostServiceError(
      'refused',
      clients.length === 0
        ? `key sets are fetched by an HTTP client of the profile, and it has none: add one that allows ${url.host}`
        : `no HTTP client of the profile allows the host ${url.host}: add it to the allowedHosts of one`,
    );
  return client;
}

function jwksUriOf(text: string, issuer: string): string {
  let metadata: unknown;
  try {
    metadata = JSON.parse(text);
  } catch (cause) {
    throw new HostServiceError('broken', `the metadata of ${placeOf(issuer)} is not JSON`, { cause });
  }
  const { issuer: named, jwks_uri: uri } = (metadata ?? {}) as Record<string, unknown>;
  if (named !== issuer) throw new HostServiceError('broken', `the metadata of ${placeOf(issuer)} names another issuer`);
  if (typeof uri !== 'string') throw new HostServiceError('broken', `the metadata of ${placeOf(issuer)} names no jwks_uri`);
  return uri;
}

/** A URL as it may be shown: without its query. */
function placeOf(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'the URL' : `${url.host}${url.pathname}`;
}

function nameOf(client: OpenedHttpClient, url: string): string {
  return `${client.profile}\n${client.id}\n${url}`;
}

/** Puts an entry at the end, and drops the ones used longest ago. */
function keep<V>(map: Map<string, V>, name: string, value: V, most: number): V {
  map.delete(name);
  map.set(name, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
  return value;
}
