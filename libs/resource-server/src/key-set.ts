import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import type { ServiceMetadata } from './metadata.ts';
import type { Problems } from './problems.ts';
import { Refreshed } from './refreshed.ts';
import { ServiceError } from './service-error.ts';
import { jsonObject, placeOf, type ServiceFetch } from './service-fetch.ts';

type LocalKeys = ReturnType<typeof createLocalJWKSet>;

/**
 * Five minutes, as services promise to publish keys ahead; an hour without the service, since a key that was withdrawn meanwhile
 * is not heard of; half a minute between calls that unknown key ids cause, since anyone can make them up.
 */
const TIMES = { age: 300_000, most: 3_600_000, cooldown: 30_000 };

/** The keys of the service, kept and loaded again as keys rotate. RFC 7517 section 5. */
export class KeySet {
  readonly #keys: Refreshed<LocalKeys>;

  /** @param clock milliseconds */
  constructor(metadata: () => Promise<ServiceMetadata>, service: ServiceFetch, problems: Problems, clock: () => number) {
    this.#keys = new Refreshed(() => problems.told(load(metadata(), service)), TIMES, clock);
  }

  /** Loads the keys, if they are not there. @throws ServiceError */
  async ready(): Promise<void> {
    await this.#keys.get();
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
}

async function load(metadata: Promise<ServiceMetadata>, service: ServiceFetch): Promise<LocalKeys> {
  const { jwksUri } = await metadata;
  if (jwksUri === undefined) throw new ServiceError('the metadata of the service has no jwks_uri: JWTs cannot be verified');
  const { status, body } = await service.get(jwksUri);
  const document = status === 200 ? jsonObject(body) : null;
  if (!Array.isArray(document?.['keys'])) throw new ServiceError(`there is no key set at ${placeOf(jwksUri)}: it answered ${status}`);
  return createLocalJWKSet({ keys: document['keys'] as JSONWebKeySet['keys'] });
}
