import { createLocalJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { ProfileSnapshot } from './configuration/snapshot.ts';
import { HostServiceError, type HostServices } from './procedures/host-services.ts';

/** Settings of somebody who signs: the public keys by value or by reference. RFC 7591 section 2 (`jwks`, `jwks_uri`). */
export interface KeyHolder {
  readonly jwks: { readonly keys: readonly object[] } | null;
  readonly jwksUri: string | null;
}

/** What a JWT must be, whoever has signed it. */
export interface ExpectedJwt {
  readonly algorithms: readonly string[];
  /** Value of `iss`; absent for any. */
  readonly issuer?: string;
  /** Of these `aud` must have one; absent where the caller judges it. */
  readonly audience?: readonly string[];
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
}

/** None of the keys has signed it, or it is not what it must be. */
export class WrongSignature extends Error {
  override readonly name = 'WrongSignature';
}

/** The keys cannot be had now: nothing was found to be wrong about the JWT. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** For how long a key set that could not be fetched is not asked for again, in seconds. */
export const KEYS_RETRY_SECONDS = 5;

/** Verifies what clients and other issuers sign, by the public keys that they have registered or publish. */
export class ForeignKeys {
  /** By the settings that hold them: settings are never changed, but replaced. */
  readonly #sets = new WeakMap<KeyHolder, JWTVerifyGetKey>();

  /** @param keySets verifies by key sets that are published; null where none can be had */
  constructor(private readonly keySets: Pick<HostServices, 'verify'> | null) {}

  /**
   * Verifies a signature, and no more than the times of the JWT beside it and what is expected.
   *
   * @param now seconds since 1970
   * @throws WrongSignature, KeysUnavailable
   */
  async verify(text: string, holder: KeyHolder, given: ExpectedJwt, { httpClients }: ProfileSnapshot, now: number): Promise<void> {
    const { jwks, jwksUri } = holder;
    const { algorithms, audience, ...others } = given;
    const expected = { ...others, ...(audience === undefined ? {} : { audience: [...audience] }), algorithms: [...algorithms] };
    try {
      if (jwks !== null) await jwtVerify(text, this.#setOf(holder, jwks), { ...expected, currentDate: new Date(now * 1000) });
      else if (jwksUri !== null && this.keySets !== null)
        await this.keySets.verify({ ...expected, token: text, jwksUri, now, clients: [...httpClients.values()], timeout: 0 });
      else throw new WrongSignature('there are no keys');
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new WrongSignature(error.message.slice(0, 200), { cause: error });
      if (!(error instanceof HostServiceError)) throw error;
      const isKnown = error.code === 'invalid' || error.code === 'no-key';
      throw isKnown ? new WrongSignature(error.message, { cause: error }) : new KeysUnavailable(error.message, { cause: error });
    }
  }

  #setOf(holder: KeyHolder, jwks: NonNullable<KeyHolder['jwks']>): JWTVerifyGetKey {
    let keys = this.#sets.get(holder);
    if (keys === undefined) {
      keys = createLocalJWKSet(jwks as unknown as JSONWebKeySet);
      this.#sets.set(holder, keys);
    }
    return keys;
  }
}
