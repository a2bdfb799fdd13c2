import type { SandboxLimits } from '#libs/oauth';

export type TlsMode = 'self-signed' | 'files' | 'off';

/** How one node is run: what flags and environment say. What is served is in the database. */
export interface Settings {
  /** A configuration file to apply at start; null applies the demo file to an empty database only. */
  readonly configFile: string | null;
  /** Of the token service. Listens on `host`. */
  readonly port: number;
  readonly host: string;
  readonly adminPort: number;
  readonly adminHost: string;
  readonly tls: {
    readonly mode: TlsMode;
    /** PEM files; for mode `files`. */
    readonly certFile: string | null;
    readonly keyFile: string | null;
    /** Whether the other end is asked for a certificate in the handshake. Any is taken: whose it is, endpoints know. */
    readonly asksForCertificates: boolean;
  };
  /** Holds the database, the key encryption key, the administrator's token and the generated certificate. */
  readonly dataDir: string;
  /** Where clients reach the token service, without a slash at the end; null for `https://localhost:<port>`. */
  readonly baseUrl: string | null;
  /** Null for SQLite in the data directory; a `postgres://` URL otherwise. */
  readonly databaseUrl: string | null;
  /** Which endpoints this node serves: those deployed to this role. */
  readonly role: string;
  /** `required` refuses to start when the operating system's walls around the sandbox are not complete. */
  readonly sandboxIsolation: 'required' | 'preferred' | 'off';
  readonly sandboxLimits: Partial<SandboxLimits>;
  /** Base64url of 32 bytes, to seal signing keys; null for a file in the data directory. */
  readonly encryptionKey: string | null;
  /** The bootstrap administrator's token; null to make one at first start. */
  readonly adminToken: string | null;
  /** Where browsers reach the admin API, an origin; null for `https://localhost:<adminPort>`. */
  readonly adminBaseUrl: string | null;
  /** How long administrators stay signed in to the pages. Seconds. */
  readonly adminSessions: { readonly idle: number; readonly lifetime: number };
  /** The OpenID provider by which they may sign in; null for none. */
  readonly adminLogin: AdminLoginSettings | null;
  /** Addresses or networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly string[];
  /** The header by which those proxies tell the certificate that a client showed them; null where they do not. */
  readonly proxyClientCertificate: 'client-cert' | 'x-ssl-client-cert' | null;
  /** PEM file of the authorities that certificates of clients must come from, for `tls_client_auth`; null for none. */
  readonly clientAuthorities: string | null;
  /** Lets the demo configuration's secrets be served on other addresses than loopback. */
  readonly allowDemoSecrets: boolean;
  /** Whether what decides what tokens say needs a second administrator. Of each node with an admin API. */
  readonly fourEyes: boolean;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
}

/** An OpenID provider by which administrators sign in to the pages of the admin API. */
export interface AdminLoginSettings {
  /** Value of `iss`, exactly. */
  readonly issuer: string;
  readonly clientId: string;
  /** With the client's secret; null for a public client. */
  readonly secretFile: string | null;
  readonly roleClaim: string;
  readonly scopes: readonly string[];
  /** Host patterns that it may have endpoints at, beside that of the issuer. */
  readonly hosts: readonly string[];
  /** PEM file of authorities; null for the platform's. */
  readonly caFile: string | null;
  /** Seconds of sessions. */
  readonly lifetime: number;
}
