import { redirectUriProblem } from '../authorize/redirect-uri.ts';
import { ASSERTION_ALGORITHMS } from '../client/client-assertion.ts';
import { isForPublicClients } from '../configuration/client-authentication-rules.ts';
import {
  CERTIFICATE_SUBJECT_KINDS,
  CLIENT_AUTHENTICATION_METHODS,
  type ClientAuthenticationMethod,
} from '../configuration/client-authentication-settings.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../configuration/entities.ts';
import { LONGEST_MAX_AGE } from '../configuration/openid-settings.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { ProfileSnapshot } from '../configuration/snapshot.ts';
import { OAuthError } from '../errors.ts';
import { clientKeys } from './client-keys.ts';
import { capabilitiesOf, GRANT_TYPES_OF_CAPABILITIES, REGISTERED_CAPABILITIES } from './grant-types.ts';
import { flagMember, humanReadable, invalidMetadata, textMember, textsMember, type Metadata } from './metadata-members.ts';
import { isRedirectHost } from './redirect-hosts.ts';
import { subjects } from './registered-subjects.ts';

const MOST_URIS = 20;
const CODE = 'authorization_code';

/** What would make an answer other than this service makes it: to leave it out would be to promise it. OpenID Connect Registration section 2. */
const NOT_DONE = [
  ...['id_token_encrypted_response_alg', 'id_token_encrypted_response_enc'],
  ...['userinfo_encrypted_response_alg', 'userinfo_encrypted_response_enc', 'request_object_encryption_alg'],
  ...['request_object_encryption_enc', 'authorization_signed_response_alg', 'authorization_encrypted_response_alg'],
  ...['introspection_signed_response_alg', 'introspection_encrypted_response_alg'],
];

/** Members that say what a client is. RFC 7591 section 2 and the registries that it opens. */
export const UNDERSTOOD: readonly string[] = [
  ...[
    'client_name',
    'client_uri',
    'logo_uri',
    'policy_uri',
    'tos_uri',
    'contacts',
    'software_id',
    'software_version',
    'software_statement',
  ],
  ...['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'grant_types', 'response_types', 'scope', 'application_type'],
  ...[
    'redirect_uris',
    'post_logout_redirect_uris',
    'subject_type',
    'sector_identifier_uri',
    'id_token_signed_response_alg',
    'userinfo_signed_response_alg',
    'default_max_age',
    'default_acr_values',
    'require_auth_time',
    'jwks',
    'jwks_uri',
  ],
  ...['require_pushed_authorization_requests', 'require_signed_request_object', 'dpop_bound_access_tokens'],
  ...['tls_client_certificate_bound_access_tokens', ...CERTIFICATE_SUBJECT_KINDS.map((kind) => `tls_client_auth_${kind}`), ...NOT_DONE],
];

/**
 * What is registered of what a client asks for: within the template and the profile, defaults filled in, and nothing that is not
 * understood. What is not answered is not registered. RFC 7591 sections 2 and 3.2.1.
 *
 * @param certificateMethods that the node's listener sees
 * @throws OAuthError `invalid_client_metadata`, `invalid_redirect_uri`, with the member and what to do
 */
export function registeredMetadata(
  asked: Metadata,
  template: RegistrationTemplate,
  profile: ProfileSnapshot,
  certificateMethods: readonly ClientAuthenticationMethod[],
): Record<string, unknown> {
  for (const name of NOT_DONE) if (asked[name] !== undefined) throw invalidMetadata(`${name} cannot be had here: leave it out.`);
  const method = authenticationMethod(asked, template, certificateMethods);
  const grantTypes = grantTypesOf(asked, method, template, profile);
  const withCodes = grantTypes.includes(CODE);
  const contacts = textsMember(asked, 'contacts', 20);
  return dropUndefined({
    ...humanReadable(asked),
    ...(contacts === null ? {} : { contacts }),
    ...texts(asked, { software_id: 256, software_version: 256 }),
    token_endpoint_auth_method: method,
    grant_types: grantTypes,
    response_types: responseTypes(asked, withCodes),
    scope: scopeOf(asked, template, profile),
    ...(withCodes ? forPeople(asked, template, profile) : {}),
    ...subjects(asked, grantTypes, template, profile),
    ...clientKeys(asked, method, profile),
    ...bindings(asked, template),
    token_endpoint_auth_signing_alg: signingAlgorithm(asked, method),
  });
}

function authenticationMethod(
  asked: Metadata,
  { authenticationMethods }: RegistrationTemplate,
  certificateMethods: readonly ClientAuthenticationMethod[],
): ClientAuthenticationMethod {
  const possible = authenticationMethods.filter((method) => !method.includes('tls_client_auth') || certificateMethods.includes(method));
  const wanted = textMember(asked, 'token_endpoint_auth_method', 64);
  // RFC 7591 section 2: left out, it is client_secret_basic.
  const method =
    wanted === null
      ? (possible.find((one) => one === 'client_secret_basic') ?? possible[0])
      : CLIENT_AUTHENTICATION_METHODS.find((one) => one === wanted && possible.includes(one));
  if (method === undefined) throw invalidMetadata(`token_endpoint_auth_method must be ${oneOf(possible)}.`);
  return method;
}

/** Those that may be had of those that are asked for, if any may. RFC 7591 section 2. */
function grantTypesOf(
  asked: Metadata,
  method: ClientAuthenticationMethod,
  template: RegistrationTemplate,
  { profile }: ProfileSnapshot,
): readonly string[] {
  const possible = REGISTERED_CAPABILITIES.filter(
    (capability) =>
      template.capabilities.includes(capability) &&
      profile.capabilities.includes(capability) &&
      (method !== 'none' || isForPublicClients(capability)),
  ).flatMap((capability) => GRANT_TYPES_OF_CAPABILITIES[capability]);
  const wanted = textsMember(asked, 'grant_types', 20) ?? (possible.includes(CODE) ? [CODE] : possible);
  const grantTypes = wanted.filter((type) => possible.includes(type));
  if (grantTypes.length === 0)
    throw invalidMetadata(
      possible.length === 0
        ? 'token_endpoint_auth_method none leaves no grant type that may be had here: choose a method by which the client authenticates.'
        : `grant_types must have ${oneOf(possible)}.`,
    );
  if (grantTypes.includes('refresh_token') && capabilitiesOf(grantTypes).length === 1)
    throw invalidMetadata('grant_types must have one by which there is something to refresh, beside refresh_token.');
  return grantTypes;
}

/** RFC 7591 section 2.1: a code goes with the grant of codes, and nothing else is answered. */
function responseTypes(asked: Metadata, withCodes: boolean): readonly string[] {
  const wanted = textsMember(asked, 'response_types', 20);
  if (!withCodes) {
    if (wanted?.includes('code') === true && asked['grant_types'] !== undefined)
      throw invalidMetadata('response_types has code, which goes with the grant type authorization_code: have both or none.');
    return [];
  }
  if (wanted !== null && !wanted.includes('code'))
    throw invalidMetadata('response_types must have code, which is all that is answered here.');
  return ['code'];
}

function scopeOf(asked: Metadata, template: RegistrationTemplate, { profile }: ProfileSnapshot): string | undefined {
  const possible = template.scopes.filter((scope) => Object.hasOwn(profile.scopes, scope));
  const wanted = textMember(asked, 'scope', 8192);
  const names = wanted === null ? (template.defaultScopes ?? possible) : [...new Set(wanted.split(' '))];
  const scopes = names.filter((name) => possible.includes(name));
  if (wanted !== null && scopes.length === 0)
    throw invalidMetadata(
      possible.length === 0
        ? 'scope cannot be had here: leave it out.'
        : `scope must have ${oneOf(possible.slice(0, 50))}, with spaces between them.`,
    );
  return scopes.length === 0 ? undefined : scopes.join(' ');
}

/** How people are sent to and fro. RFC 7591 section 2, OpenID Connect Registration section 2, RFC 9126 section 6, RFC 9101 section 10.5. */
function forPeople(asked: Metadata, template: RegistrationTemplate, profile: ProfileSnapshot): Record<string, unknown> {
  const applicationType = textMember(asked, 'application_type', 16);
  if (applicationType !== null && applicationType !== 'web' && applicationType !== 'native')
    throw invalidMetadata('application_type must be web or native.');
  const redirectUris = uris(asked, 'redirect_uris', template, applicationType);
  if (redirectUris === null || redirectUris.length === 0)
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing: a client that people sign in to needs at least one.');
  const postLogout = uris(asked, 'post_logout_redirect_uris', template, applicationType);
  return {
    application_type: applicationType ?? undefined,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogout ?? undefined,
    id_token_signed_response_alg: openIdAlgorithm(asked, 'id_token_signed_response_alg', profile) ?? algorithmsOf(profile)[0],
    userinfo_signed_response_alg: openIdAlgorithm(asked, 'userinfo_signed_response_alg', profile) ?? undefined,
    default_max_age: defaultMaxAge(asked),
    default_acr_values: defaultContexts(asked),
    // Each id token has auth_time.
    require_auth_time: flagMember(asked, 'require_auth_time') ? true : undefined,
    require_pushed_authorization_requests:
      flagMember(asked, 'require_pushed_authorization_requests') || template.pushedRequestsOnly ? true : undefined,
    require_signed_request_object: flagMember(asked, 'require_signed_request_object') ? true : undefined,
  };
}

/** OpenID Connect Dynamic Client Registration section 2. */
function defaultMaxAge(asked: Metadata): number | undefined {
  const seconds = asked['default_max_age'];
  if (seconds === undefined) return undefined;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_MAX_AGE)
    throw invalidMetadata('default_max_age must be a whole number of seconds.');
  return seconds;
}

function defaultContexts(asked: Metadata): readonly string[] | undefined {
  const names = textsMember(asked, 'default_acr_values', 20);
  if (names?.every((name) => /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(name)) === false)
    throw invalidMetadata('default_acr_values must be a list of values of acr, without spaces.');
  return names === null || names.length === 0 ? undefined : names;
}

function algorithmsOf({ keys }: ProfileSnapshot): readonly SigningAlgorithm[] {
  return SIGNING_ALGORITHMS.filter((algorithm) => keys.active(algorithm) !== undefined);
}

/** By which the service signs for the client; null for what it does by itself. */
function openIdAlgorithm(asked: Metadata, name: string, profile: ProfileSnapshot): SigningAlgorithm | null {
  const wanted = textMember(asked, name, 16);
  const algorithm = algorithmsOf(profile).find((one) => one === wanted);
  if (wanted !== null && algorithm === undefined) throw invalidMetadata(`${name} must be ${oneOf(algorithmsOf(profile))}.`);
  return algorithm ?? null;
}

function uris(asked: Metadata, name: string, { redirectHosts }: RegistrationTemplate, type: string | null): readonly string[] | null {
  const refuse = (what: string) => new OAuthError('invalid_redirect_uri', what);
  const given = asked[name];
  if (given === undefined) return null;
  if (!Array.isArray(given) || given.length > MOST_URIS || !given.every((uri) => typeof uri === 'string' && uri.length <= 2048))
    throw refuse(`${name} must be a list of at most ${MOST_URIS} URLs.`);
  const list = [...new Set(given as string[])];
  list.forEach((uri, i) => {
    const problem = redirectUriProblem(uri);
    if (problem !== null) throw refuse(`${name}[${i}] ${problem}.`);
    if (type === 'web' && !/^https?:/.test(uri)) throw refuse(`${name}[${i}] is for an app on a device: its application_type is native.`);
    if (!isRedirectHost(redirectHosts, uri))
      throw refuse(`${name}[${i}] leads to a host that clients registered here may not use: it must be ${oneOf(redirectHosts ?? [])}.`);
  });
  return list;
}

/** RFC 9449 section 5.2, RFC 8705 section 3.4. */
function bindings(asked: Metadata, { boundAccessTokens }: RegistrationTemplate): Record<string, unknown> {
  const byKey = flagMember(asked, 'dpop_bound_access_tokens');
  const byCertificate = flagMember(asked, 'tls_client_certificate_bound_access_tokens');
  if (byKey && byCertificate)
    throw invalidMetadata('dpop_bound_access_tokens and tls_client_certificate_bound_access_tokens do not go together: choose one.');
  const bound = boundAccessTokens ?? (byKey ? 'dpop' : byCertificate ? 'certificate' : null);
  return {
    dpop_bound_access_tokens: bound === 'dpop' ? true : undefined,
    tls_client_certificate_bound_access_tokens: bound === 'certificate' ? true : undefined,
  };
}

/** OpenID Connect Registration section 2. The key decides by which algorithm it is; this only narrows it where it is checked. */
function signingAlgorithm(asked: Metadata, method: ClientAuthenticationMethod): string | undefined {
  const algorithm = textMember(asked, 'token_endpoint_auth_signing_alg', 16);
  if (algorithm === null || method !== 'private_key_jwt') return undefined;
  if (!ASSERTION_ALGORITHMS.includes(algorithm))
    throw invalidMetadata(`token_endpoint_auth_signing_alg must be ${oneOf(ASSERTION_ALGORITHMS)}.`);
  return algorithm;
}

function texts(asked: Metadata, names: Readonly<Record<string, number>>): Record<string, string> {
  const found = Object.entries(names).map(([name, most]) => [name, textMember(asked, name, most)] as const);
  return Object.fromEntries(found.flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'left out' : names.length === 1 ? (names[0] ?? '') : `one of ${names.join(', ')}`;
}

function dropUndefined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
