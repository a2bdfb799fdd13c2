import type { ProfileSnapshot, Snapshot } from '../configuration/snapshot.ts';
import { SIGNING_ALGORITHMS } from '../configuration/entities.ts';
import type { GrantType } from '../token/grant-type.ts';

const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post'];

/** Key management and content encryption that an RFC 9701 response may ask for; all that jose does without secrets. */
export const ENCRYPTION_ALGORITHMS = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'] as const;
export const CONTENT_ENCRYPTIONS = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'] as const;

/**
 * Authorization server metadata of a profile, derived from what is registered and served.
 * RFC 8414 section 2, RFC 9701 section 7; the OpenID discovery document has the same members.
 */
export function metadata(snapshot: Snapshot, profile: ProfileSnapshot, grantTypes: readonly GrantType[]): Record<string, unknown> {
  const token = snapshot.advertised(profile, 'oauth-token');
  const introspection = snapshot.advertised(profile, 'oauth-introspect');
  const revocation = snapshot.advertised(profile, 'oauth-revoke');
  const scopes = Object.keys(profile.profile.scopes);
  return {
    issuer: profile.issuer,
    ...(token === undefined ? {} : { token_endpoint: token, token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION }),
    ...(introspection === undefined
      ? {}
      : {
          introspection_endpoint: introspection,
          introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
          introspection_signing_alg_values_supported: ['ES256'],
          introspection_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
          introspection_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
        }),
    ...(revocation === undefined
      ? {}
      : { revocation_endpoint: revocation, revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION }),
    jwks_uri: `${profile.issuer}/jwks`,
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    response_types_supported: [],
    grant_types_supported: grantTypes
      .filter((grantType) => profile.profile.capabilities.includes(grantType.capability))
      .map((grantType) => grantType.id),
  };
}

/**
 * The OpenID discovery document of a profile: the same, with the members OpenID Connect Discovery 1.0 section 3 requires
 * of every document.
 */
export function openidConfiguration(
  snapshot: Snapshot,
  profile: ProfileSnapshot,
  grantTypes: readonly GrantType[],
): Record<string, unknown> {
  return {
    ...metadata(snapshot, profile, grantTypes),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: SIGNING_ALGORITHMS.filter((algorithm) => profile.keys.active(algorithm) !== undefined),
  };
}
