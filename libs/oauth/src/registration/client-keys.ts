import { checkCertificateSubject, checkKey } from '../configuration/client-authentication-rules.ts';
import { CERTIFICATE_SUBJECT_KINDS, type ClientAuthenticationMethod } from '../configuration/client-authentication-settings.ts';
import { clientReaching } from '../configuration/host-rules.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { isObject } from '../procedures/service-arguments.ts';
import { certificateSubjectOf } from './client-of-registration.ts';
import { invalidMetadata, textMember, type Metadata } from './metadata-members.ts';

const MOST_KEYS = 20;
const MOST_CHARACTERS = 16_384;

/**
 * The keys by which a client is known, or the name in its certificate: what its method of authentication needs, and keys for signed
 * requests. RFC 7591 section 2 (`jwks`, `jwks_uri`), RFC 8705 section 2.1.2.
 *
 * Keys are fetched by the HTTP clients of the profile alone, so nobody makes the service connect where its operator has not allowed it.
 *
 * @throws OAuthError `invalid_client_metadata`
 */
export function clientKeys(asked: Metadata, method: ClientAuthenticationMethod, profile: ProfileSnapshot): Record<string, unknown> {
  const registered: Record<string, unknown> = {};
  if (asked['jwks'] !== undefined && asked['jwks_uri'] !== undefined)
    throw invalidMetadata('jwks and jwks_uri do not go together: send one of them (RFC 7591 section 2).');
  if (asked['jwks'] !== undefined) registered['jwks'] = keySet(asked['jwks']);
  const uri = textMember(asked, 'jwks_uri', 2048);
  if (uri !== null) registered['jwks_uri'] = reachable(uri, profile);
  const hasKeys = asked['jwks'] !== undefined || uri !== null;
  if (method === 'private_key_jwt' && !hasKeys)
    throw invalidMetadata('jwks is missing: private_key_jwt needs the public keys of the client, or their jwks_uri.');
  if (asked['require_signed_request_object'] === true && !hasKeys)
    throw invalidMetadata('jwks is missing: require_signed_request_object needs the public keys of the client, or their jwks_uri.');
  if (method === 'self_signed_tls_client_auth' && !hasCertificate(registered['jwks']))
    throw invalidMetadata(
      'jwks must have a key with x5c: self_signed_tls_client_auth goes by the certificates there (RFC 8705 section 2.2.2).',
    );
  if (method === 'tls_client_auth') Object.assign(registered, certificateName(asked));
  return registered;
}

function keySet(jwks: unknown): { readonly keys: readonly Record<string, unknown>[] } {
  const keys = isObject(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MOST_KEYS || !keys.every(isObject))
    throw invalidMetadata(`jwks must be a JWK set: {"keys": [...]} with 1 to ${MOST_KEYS} keys.`);
  if (JSON.stringify(keys).length > MOST_CHARACTERS) throw invalidMetadata(`jwks must have at most ${MOST_CHARACTERS} characters.`);
  const kids = keys.map((key) => key['kid']);
  keys.forEach((key, i) => {
    checkKey(key, (pointer, message) => {
      throw invalidMetadata(`jwks.keys[${i}]${pointer.replaceAll('/', '.')} ${message}.`);
    });
    if (keys.length > 1 && (typeof key['kid'] !== 'string' || kids.indexOf(key['kid']) !== i))
      throw invalidMetadata(`jwks.keys[${i}].kid must be a text of its own for each of several keys.`);
  });
  return { keys };
}

function reachable(uri: string, { httpClients }: ProfileSnapshot): string {
  const url = URL.parse(uri);
  if (url?.hash !== '') throw invalidMetadata('jwks_uri must be a URL without a fragment.');
  if (clientReaching(httpClients.values(), url) === undefined)
    throw invalidMetadata(
      'jwks_uri is at a host that keys are not fetched from here: send the keys as jwks, or ask the operator of the service.',
    );
  return uri;
}

function certificateName(asked: Metadata): Record<string, string> {
  const names = CERTIFICATE_SUBJECT_KINDS.map((kind) => `tls_client_auth_${kind}`).filter((name) => asked[name] !== undefined);
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw invalidMetadata('tls_client_auth needs exactly one of tls_client_auth_subject_dn and its like (RFC 8705 section 2.1.2).');
  const value = textMember(asked, name, 1024);
  const subject = certificateSubjectOf(asked);
  if (value === null || subject === null) throw invalidMetadata(`${name} must be a text.`);
  const problem = checkCertificateSubject(subject);
  if (problem !== null) throw invalidMetadata(`${name} ${problem}.`);
  return { [name]: value };
}

function hasCertificate(jwks: unknown): boolean {
  return isObject(jwks) && Array.isArray(jwks['keys']) && jwks['keys'].some((key) => isObject(key) && Object.hasOwn(key, 'x5c'));
}
