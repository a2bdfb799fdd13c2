/** How a client may show who it is. OpenID Connect Core 1.0 section 9, RFC 8705 section 2, RFC 7591 section 2. */
export type ClientAuthenticationMethod =
  'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'tls_client_auth' | 'self_signed_tls_client_auth' | 'none';
export const CLIENT_AUTHENTICATION_METHODS: readonly ClientAuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
];

/** What a client may use that says nothing of its authentication. */
export const SECRET_METHODS: readonly ClientAuthenticationMethod[] = ['client_secret_basic', 'client_secret_post'];

/** How a client authenticates. Of a request only one method is taken. */
export interface ClientAuthenticationSettings {
  /** Those it may use; `none` stands alone and makes it a public client. */
  readonly methods: readonly ClientAuthenticationMethod[];
  /** Its public keys. RFC 7517. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | null;
  /** Where it publishes them instead; an HTTP client of the profile must be allowed to go there. */
  readonly jwksUri: string | null;
  /** For `tls_client_auth`: whom its certificate must name. */
  readonly certificateSubject: CertificateSubject | null;
  /** For `self_signed_tls_client_auth`: its certificates by base64url SHA-256 thumbprint, beside those in `x5c` of its keys. */
  readonly certificates: readonly string[];
  /** The one algorithm of its assertions, of a client that has registered one; any that is taken where it is left out. */
  readonly signingAlgorithm?: string;
}

/** The kinds are `tls_client_auth_<kind>` of RFC 8705 section 2.1.2. */
export type CertificateSubjectKind = 'subject_dn' | 'san_dns' | 'san_uri' | 'san_ip' | 'san_email';
export const CERTIFICATE_SUBJECT_KINDS: readonly CertificateSubjectKind[] = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'];

/** A name that a certificate must have, exactly: the whole subject as RFC 4514 writes it, or one subject alternative name. */
export interface CertificateSubject {
  readonly kind: CertificateSubjectKind;
  readonly value: string;
}
