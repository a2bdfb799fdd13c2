/** `sealedValue` is the password, the bearer token or the value of the header, sealed as text. */
export type HttpCredentials =
  | { readonly kind: 'basic'; readonly username: string; readonly sealedValue: string }
  | { readonly kind: 'bearer'; readonly sealedValue: string }
  | { readonly kind: 'header'; readonly name: string; readonly sealedValue: string };

/** PEM texts; null for the platform's own authorities, and for no client certificate. */
export interface HttpClientTls {
  /** Authorities that are trusted instead of the platform's own. */
  readonly caCertificates: string | null;
  readonly clientCertificate: string | null;
  /** PKCS #8 or SEC 1, sealed as text. */
  readonly sealedClientKey: string | null;
}
