import type { Origin } from './entities.ts';

/** An outgoing HTTP client that procedures of a profile may use. */
export interface HttpClient {
  readonly profile: string;
  readonly id: string;
  /** `api.example.com`, `*.example.com`, with `:port` where it is not the scheme's default. Empty: none is reachable. */
  readonly allowedHosts: readonly string[];
  /** Whether `http:` is allowed beside `https:`. */
  readonly allowHttp: boolean;
  /** Whether requests may carry tokens of the run: those it issues, and the one that was presented to it. */
  readonly allowTokens: boolean;
  /** CIDR ranges of private, loopback or link-local addresses that may be connected to all the same, such as `10.1.0.0/16`. */
  readonly allowedNetworks: readonly string[];
  /** Sent with each request; null for none. */
  readonly credentials: HttpCredentials | null;
  readonly tls: HttpClientTls;
  /** For the whole call with its redirects. */
  readonly timeoutMilliseconds: number;
  readonly maximumResponseBytes: number;
  /** Every hop is checked like the first. */
  readonly maximumRedirects: number;
  readonly origin: Origin;
}

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
