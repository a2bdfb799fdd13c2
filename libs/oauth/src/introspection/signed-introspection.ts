import { CompactEncrypt, importJWK, type CryptoKey, type JWK } from 'jose';
import type { RegisteredClient } from '../client/registered-client.ts';
import type { IntrospectionEncryption } from '../configuration/client-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { serverError } from '../errors.ts';
import { signCompact } from '../issuance/jws.ts';

/** Media type and, without `application/`, the `typ` of an introspection response as a JWT. RFC 9701 section 5. */
export const SIGNED_INTROSPECTION = 'token-introspection+jwt';

const encryptionKeys = new WeakMap<IntrospectionEncryption, Promise<CryptoKey | Uint8Array>>();

/**
 * Wraps a checked introspection response in a JWT for its caller, and encrypts it where the caller asks for that.
 * RFC 9701 sections 5 and 6.
 *
 * @param response JSON text of the `token_introspection` member
 */
export async function signIntrospection(
  response: string,
  caller: RegisteredClient,
  profile: ProfileSnapshot,
  now: number,
): Promise<string> {
  const key = profile.keys.active('ES256');
  if (key === undefined) throw serverError(`profile ${profile.id} has no active ES256 key`);
  const payload = `{"iss":${JSON.stringify(profile.issuer)},"aud":${JSON.stringify(caller.id)},"iat":${now},"token_introspection":${response}}`;
  const signed = signCompact(payload, SIGNED_INTROSPECTION, key);
  const { encryption } = caller.client.introspection;
  return encryption === null ? signed : encrypt(signed, encryption);
}

async function encrypt(signed: string, encryption: IntrospectionEncryption): Promise<string> {
  let key = encryptionKeys.get(encryption);
  if (key === undefined) encryptionKeys.set(encryption, (key = importJWK(encryption.jwk as JWK, encryption.alg)));
  return new CompactEncrypt(Buffer.from(signed))
    .setProtectedHeader({ alg: encryption.alg, enc: encryption.enc, cty: 'JWT' })
    .encrypt(await key);
}
