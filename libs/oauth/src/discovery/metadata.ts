import { DPOP_ALGORITHMS } from '#libs/dpop';
import { responseModes, RESPONSE_TYPES } from '../authorize/response-type.ts';
import { ASSERTION_ALGORITHMS } from '../client/client-assertion.ts';
import { isForPublicClients } from '../configuration/client-authentication-rules.ts';
import { SUBJECT_TYPES } from '../configuration/openid-settings.ts';
import type { ClientAuthenticationMethod } from '../configuration/client-authentication-settings.ts';
import type { ProfileSnapshot, Snapshot } from '../configuration/snapshot.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../configuration/entities.ts';
import { reachableContexts } from '../people/authentication-context.ts';
import { claimsOfScopes } from '../people/scope-claims.ts';
import type { GrantType } from '../token/grant-type.ts';

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
  const revocationEvents = snapshot.advertised(profile, 'oauth-revocation-events');
  const registration = snapshot.advertised(profile, 'oauth-dynamic-client-registration');
  const scopes = Object.keys(profile.profile.scopes);
  const device = snapshot.advertised(profile, 'oauth-device-authorization');
  const isServed = ({ capability, begunAt }: GrantType) =>
    profile.profile.capabilities.includes(capability) && (begunAt === undefined || snapshot.advertised(profile, begunAt) !== undefined);
  const served = grantTypes.filter(isServed);
  const forPublicClients = served.some(({ capability }) => isForPublicClients(capability));
  const methods = [...ALWAYS, ...(snapshot.node.certificateMethods ?? [])];
  return {
    issuer: profile.issuer,
    ...(token === undefined ? {} : { token_endpoint: token, ...clientAuthentication('token_endpoint', methods, forPublicClients) }),
    ...(introspection === undefined
      ? {}
      : {
          introspection_endpoint: introspection,
          ...clientAuthentication('introspection_endpoint', methods, false),
          introspection_signing_alg_values_supported: ['ES256'],
          introspection_encryption_alg_values_supported: ENCRYPTION_ALGORITHMS,
          introspection_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
        }),
    ...(revocation === undefined ? {} : { revocation_endpoint: revocation, ...clientAuthentication('revocation_endpoint', methods, true) }),
    // RFC 8628 section 4.
    ...(device === undefined ? {} : { device_authorization_endpoint: device }),
    // Our own: no RFC has a feed that gateways can listen to.
    ...(revocationEvents === undefined ? {} : { revocation_events_endpoint: revocationEvents }),
    ...(registration === undefined ? {} : { registration_endpoint: registration }),
    jwks_uri: `${profile.issuer}/jwks`,
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    ...authorization(snapshot, profile),
    ...backchannel(snapshot, profile),
    grant_types_supported: [...served.map(({ id }) => id), ...(hasFrontChannel(snapshot, profile) ? ['implicit'] : [])],
    ...(token === undefined ? {} : { dpop_signing_alg_values_supported: DPOP_ALGORITHMS }),
    // RFC 8705 section 3.3: where certificates are seen, tokens can be bound to them.
    ...((snapshot.node.certificateMethods ?? []).length === 0 ? {} : { tls_client_certificate_bound_access_tokens: true }),
  };
}

/** How people are sent here and back. RFC 8414 section 2, RFC 9126 section 5, RFC 9207 section 3. */
function authorization(snapshot: Snapshot, profile: ProfileSnapshot): Record<string, unknown> {
  const authorize = snapshot.advertised(profile, 'oauth-authorize');
  const pushed = snapshot.advertised(profile, 'oauth-pushed-authorization');
  const userinfo = snapshot.advertised(profile, 'oauth-userinfo');
  const endSession = snapshot.advertised(profile, 'oauth-end-session');
  const types = RESPONSE_TYPES.filter(({ capability }) => profile.profile.capabilities.includes(capability));
  if (authorize === undefined || types.length === 0) return { response_types_supported: [] };
  return {
    authorization_endpoint: authorize,
    response_types_supported: types.map(({ name }) => name),
    response_modes_supported: [...new Set(types.flatMap((type) => responseModes(type)))],
    ...(types.some(({ code }) => code) ? { code_challenge_methods_supported: ['S256'] } : {}),
    // Clients that find the service by RFC 8414 verify id tokens, too; not told otherwise they want them signed by RS256.
    ...idTokens(profile),
    acr_values_supported: reachableContexts(profile.profile),
    ...(endSession === undefined ? {} : { end_session_endpoint: endSession }),
    ...(userinfo === undefined
      ? {}
      : {
          userinfo_endpoint: userinfo,
          claims_supported: claimsSupported(profile),
          claims_parameter_supported: true,
          userinfo_signing_alg_values_supported: algorithms(profile),
        }),
    authorization_response_iss_parameter_supported: true,
    ...(pushed === undefined ? {} : { pushed_authorization_request_endpoint: pushed }),
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    request_uri_parameter_supported: false,
  };
}

/** How people are asked on another device. OpenID Connect CIBA section 4. */
function backchannel(snapshot: Snapshot, profile: ProfileSnapshot): Record<string, unknown> {
  const endpoint = snapshot.advertised(profile, 'oauth-backchannel-authentication');
  if (endpoint === undefined) return {};
  return {
    backchannel_authentication_endpoint: endpoint,
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_authentication_request_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    backchannel_user_code_parameter_supported: false,
  };
}

/** Tokens that come without a grant type of the token endpoint are of this one. RFC 7591 section 2.1. */
function hasFrontChannel(snapshot: Snapshot, profile: ProfileSnapshot): boolean {
  const { capabilities } = profile.profile;
  const isNamed = capabilities.includes('implicit') || capabilities.includes('hybrid');
  return isNamed && snapshot.advertised(profile, 'oauth-authorize') !== undefined;
}

/** What every node can do, whatever its listener. */
const ALWAYS: readonly ClientAuthenticationMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];

/** How clients may authenticate at an endpoint. RFC 8414 section 2. */
function clientAuthentication(
  endpoint: string,
  methods: readonly ClientAuthenticationMethod[],
  forPublicClients: boolean,
): Record<string, unknown> {
  return {
    [`${endpoint}_auth_methods_supported`]: forPublicClients ? [...methods, 'none'] : methods,
    [`${endpoint}_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
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
  return { ...metadata(snapshot, profile, grantTypes), ...idTokens(profile) };
}

function idTokens(profile: ProfileSnapshot): Record<string, unknown> {
  return {
    subject_types_supported: SUBJECT_TYPES,
    id_token_signing_alg_values_supported: algorithms(profile),
  };
}

/** What can be said of the login, and what the profile's scopes release. */
function claimsSupported({ profile }: ProfileSnapshot): readonly string[] {
  return ['sub', 'auth_time', 'acr', 'amr', ...claimsOfScopes(Object.keys(profile.scopes), profile)];
}

/** Those that the profile has keys for. */
function algorithms({ keys }: ProfileSnapshot): readonly SigningAlgorithm[] {
  return SIGNING_ALGORITHMS.filter((algorithm) => keys.active(algorithm) !== undefined);
}
