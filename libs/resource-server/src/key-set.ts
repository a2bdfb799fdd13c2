import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import type { ServiceMetadata } from './metadata.ts';
import type { Problems } from './problems.ts';
import { Refreshed } from './refreshed.ts';
import { ServiceError } from './service-error.ts';
import { jsonObject, placeOf, type ServiceFetch } from './service-fetch.ts';

/** The keys of one answer of the service. */
export type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/**
 * Five minutes, as services promise to publish keys ahead; an hour without the service, since a key that was withdrawn meanwhile
 * is not heard of; half a minute between calls that unknown key ids cause, since anyone can make them up.
 */
const TIMES = { age: 300_000, most: 3_600_000, cooldown: 30_000 };

/** The keys of the service, kept and loaded again as keys rotate. RFC 7517 section 5. */
export class KeySet {
  readonly #keys: Refreshed<LocalKeys>;
  /** What was loaded last. */
  #loaded: { readonly text: string; readonly published: readonly unknown[]; readonly keys: LocalKeys } | null = null;
  /** Ids of keys that counted once. They never count again, also where an old key set is still handed out. */
  readonly #withdrawn = new Set<string>();
  #told: readonly string[] = [];

  /** @param clock milliseconds */
  constructor(metadata: () => Promise<ServiceMetadata>, service: ServiceFetch, problems: Problems, clock: () => number) {
    this.#keys = new Refreshed(() => problems.told(this.#load(metadata(), service)), TIMES, clock);
  }

  /**
   * The keys that count now, loaded if need be: the same object for as long as the service publishes the same keys.
   * @throws ServiceError
   */
  current(): Promise<LocalKeys> {
    return this.#keys.get();
  }

  /** The service says which keys count from now on. Others are dropped at once, and the key set is loaded again. */
  told(kids: readonly string[]): void {
    const known = [...this.#told, ...(this.#loaded?.published ?? []).map(kidOf)];
    this.#told = kids;
    for (const kid of known) if (kid !== undefined && !kids.includes(kid)) this.#withdrawn.add(kid);
    this.#keys.outdate((keys) => (this.#loaded === null ? keys : this.#keep(this.#loaded.published)));
  }

  /**
   * The key for a JWS, for `jwtVerify` of jose.
   * @throws ServiceError when the keys cannot be had; an error of jose when none fits
   */
  readonly keyFor = async (header: JWSHeaderParameters, jws: FlattenedJWSInput): ReturnType<LocalKeys> => {
    const keys = await this.#keys.get();
    try {
      return await keys(header, jws);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const newer = await this.#keys.newerThan(keys);
      if (newer === null) throw error;
      return newer(header, jws);
    }
  };

  async #load(metadata: Promise<ServiceMetadata>, service: ServiceFetch): Promise<LocalKeys> {
    return this.#keep(await publishedKeys(metadata, service));
  }

  /** The keys of a set but for those withdrawn. */
  #keep(all: readonly unknown[]): LocalKeys {
    const published = all.filter((key) => !this.#withdrawn.has(kidOf(key) ?? ''));
    // The order of keys says nothing. RFC 7517 section 5.1.
    const text = published
      .map((key) => JSON.stringify(key))
      .sort()
      .join();
    if (this.#loaded?.text !== text) this.#loaded = { text, published, keys: keysOf(published) };
    return this.#loaded.keys;
  }
}

async function publishedKeys(metadata: Promise<ServiceMetadata>, service: ServiceFetch): Promise<readonly unknown[]> {
  const { jwksUri } = await metadata;
  if (jwksUri === undefined) throw new ServiceError('the metadata of the service has no jwks_uri: JWTs cannot be verified');
  const { status, body } = await service.get(jwksUri);
  const document = status === 200 ? jsonObject(body) : null;
  if (!Array.isArray(document?.['keys'])) throw new ServiceError(`there is no key set at ${placeOf(jwksUri)}: it answered ${status}`);
  return document['keys'] as unknown[];
}

function kidOf(key: unknown): string | undefined {
  const { kid } = (key ?? {}) as { readonly kid?: unknown };
  return typeof kid === 'string' ? kid : undefined;
}

function keysOf(published: readonly unknown[]): LocalKeys {
  try {
    return createLocalJWKSet({ keys: published as JSONWebKeySet['keys'] });
  } catch (cause) {
    throw new ServiceError('the key set of the service holds what are no keys', { cause });
  }
}
