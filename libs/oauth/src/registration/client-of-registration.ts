import { PLAIN_INTROSPECTION, type AuthorizationCodeSettings, type BoundAccessTokens } from '../configuration/client-settings.ts';
import {
  CERTIFICATE_SUBJECT_KINDS,
  CLIENT_AUTHENTICATION_METHODS,
  SECRET_METHODS,
  type CertificateSubject,
  type ClientAuthenticationSettings,
} from '../configuration/client-authentication-settings.ts';
import { SIGNING_ALGORITHMS, type Client, type Profile, type SigningAlgorithm } from '../configuration/entities.ts';
import { DEFAULT_OPENID, type OpenIdSettings } from '../configuration/openid-settings.ts';
import type { RegistrationTemplate } from '../configuration/registration-settings.ts';
import type { DynamicClient } from '../registration-stores.ts';
import { scopeNames } from '../token/scope.ts';
import { capabilitiesOf } from './grant-types.ts';
import { textsIn, type Metadata } from './metadata-members.ts';
import { isRedirectHost } from './redirect-hosts.ts';
import { sectorOfRegistration } from './registered-subjects.ts';

/** What a registration makes of a client: where its secrets are is another matter. */
export type Registered = Pick<DynamicClient, 'profile' | 'id' | 'metadata' | 'properties' | 'secrets'>;

/**
 * The client that a registration stands for, within what its template and the profile allow at this moment. Metadata was checked when it
 * was registered; what is no longer allowed is left out here, whatever it says.
 */
export function clientOfRegistration(registered: Registered, template: RegistrationTemplate, profile: Profile): Client {
  const { metadata, id } = registered;
  const authorizationCode = authorizationCodeOf(metadata, template);
  const capabilities = capabilitiesOf(textsIn(metadata, 'grant_types')).filter(
    (capability) =>
      template.capabilities.includes(capability) &&
      profile.capabilities.includes(capability) &&
      (capability !== 'authorization-code' || authorizationCode !== null),
  );
  const audiences = template.audiences.filter((audience) => profile.allowedAudiences?.includes(audience) !== false);
  return {
    ...{ profile: registered.profile, id, name: text(metadata, 'client_name') ?? id, description: '', enabled: true },
    secrets: registered.secrets,
    capabilities,
    scopes: scopeNames(text(metadata, 'scope') ?? '').list.filter(
      (scope) => template.scopes.includes(scope) && Object.hasOwn(profile.scopes, scope),
    ),
    audiences,
    resources: template.resources?.filter((resource) => Object.hasOwn(profile.resources, resource)) ?? null,
    properties: { ...template.properties, ...registered.properties },
    accessTokenFormat: null,
    accessTokenLifetime: template.accessTokenLifetime,
    refreshTokens: { lifetime: template.refreshTokenLifetime, rotation: true, grace: null },
    delegationLifetime: template.delegationLifetime,
    boundAccessTokens: boundBy(metadata, template),
    authorizationCode: capabilities.includes('authorization-code') ? authorizationCode : null,
    // Nothing beside the audiences of all its tokens: what it gets by an exchange is no more than it gets otherwise.
    tokenExchange: capabilities.includes('token-exchange') ? { subjectTokens: 'audience', ownAudiences: [], audiences: [] } : null,
    openId: {
      ...DEFAULT_OPENID,
      ...subjectsOf(metadata),
      idTokenSignedResponseAlg: algorithmOf(metadata, 'id_token_signed_response_alg'),
      userinfoSignedResponseAlg: algorithmOf(metadata, 'userinfo_signed_response_alg'),
      defaultMaxAge: typeof metadata['default_max_age'] === 'number' ? metadata['default_max_age'] : null,
      defaultAcrValues: textsIn(metadata, 'default_acr_values'),
    },
    authentication: authenticationOf(metadata, template),
    backchannelAuthentication: null,
    introspection: { ...PLAIN_INTROSPECTION, policy: 'own', formats: ['json'] },
    origin: 'system',
  };
}

function authorizationCodeOf(metadata: Metadata, template: RegistrationTemplate): AuthorizationCodeSettings | null {
  const redirectUris = textsIn(metadata, 'redirect_uris').filter((uri) => isRedirectHost(template.redirectHosts, uri));
  if (redirectUris.length === 0) return null;
  return {
    redirectUris,
    postLogoutRedirectUris: textsIn(metadata, 'post_logout_redirect_uris').filter((uri) => isRedirectHost(template.redirectHosts, uri)),
    webOrigins: [],
    consent: template.consent,
    pushedRequestsOnly: template.pushedRequestsOnly || metadata['require_pushed_authorization_requests'] === true,
    signedRequestsOnly: metadata['require_signed_request_object'] === true,
    isUnvouched: template.redirectHosts === null,
  };
}

/** As it was registered, whatever its template says today: it would know everybody by another name, or by the name that others know. */
function subjectsOf(metadata: Metadata): Pick<OpenIdSettings, 'subjectType' | 'sectorIdentifier'> {
  const isPairwise = metadata['subject_type'] === 'pairwise';
  return isPairwise
    ? { subjectType: 'pairwise', sectorIdentifier: sectorOfRegistration(metadata) }
    : { subjectType: 'public', sectorIdentifier: null };
}

function boundBy(metadata: Metadata, { boundAccessTokens }: RegistrationTemplate): BoundAccessTokens | null {
  if (boundAccessTokens !== null) return boundAccessTokens;
  if (metadata['dpop_bound_access_tokens'] === true) return 'dpop';
  return metadata['tls_client_certificate_bound_access_tokens'] === true ? 'certificate' : null;
}

/**
 * By the method that it is registered for, and by none when its template has it no more. Who has a secret may send it in the header or in
 * the form where the template has both: many libraries do the one and register the other, and it is the same secret.
 */
function authenticationOf(metadata: Metadata, template: RegistrationTemplate): ClientAuthenticationSettings {
  const named = metadata['token_endpoint_auth_method'];
  const meant = needsSecret(metadata) ? SECRET_METHODS : CLIENT_AUTHENTICATION_METHODS.filter((method) => method === named);
  const methods = meant.filter((method) => template.authenticationMethods.includes(method));
  const signingAlgorithm = text(metadata, 'token_endpoint_auth_signing_alg');
  return {
    methods,
    jwks: (metadata['jwks'] as ClientAuthenticationSettings['jwks'] | undefined) ?? null,
    jwksUri: text(metadata, 'jwks_uri'),
    certificateSubject: methods.includes('tls_client_auth') ? certificateSubjectOf(metadata) : null,
    certificates: [],
    ...(signingAlgorithm === null ? {} : { signingAlgorithm }),
  };
}

/** RFC 8705 section 2.1.2. */
export function certificateSubjectOf(metadata: Metadata): CertificateSubject | null {
  for (const kind of CERTIFICATE_SUBJECT_KINDS) {
    const value = metadata[`tls_client_auth_${kind}`];
    if (typeof value === 'string') return { kind, value };
  }
  return null;
}

/** Whether the method that is registered needs a secret. */
export function needsSecret(metadata: Metadata): boolean {
  return SECRET_METHODS.some((method) => method === metadata['token_endpoint_auth_method']);
}

function algorithmOf(metadata: Metadata, name: string): SigningAlgorithm | null {
  return SIGNING_ALGORITHMS.find((algorithm) => algorithm === metadata[name]) ?? null;
}

function text(metadata: Metadata, name: string): string | null {
  const value = metadata[name];
  return typeof value === 'string' ? value : null;
}
