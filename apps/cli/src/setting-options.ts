import { DEFAULT_LIMITS } from '#libs/oauth';

/** One setting of a node: a flag, the environment variable of the same meaning, and what is so without either. */
interface SettingOption {
  readonly flag: string;
  /** Placeholder of the value; a flag without one is on when it is given. */
  readonly value?: string;
  readonly env: string;
  readonly help: string;
}

/** Every setting, in the order of the help. */
export const SETTING_OPTIONS = {
  config: {
    flag: '--config',
    value: 'FILE',
    env: 'TOKENWRIGHT_CONFIG',
    help: 'configuration file to apply; it replaces what files own and leaves what was made by the admin API (default: the demo, on an empty database)',
  },
  port: { flag: '--port', value: 'N', env: 'TOKENWRIGHT_PORT', help: 'port of the token service (default: 8443)' },
  host: { flag: '--host', value: 'ADDRESS', env: 'TOKENWRIGHT_HOST', help: 'address the token service listens on (default: 127.0.0.1)' },
  adminPort: { flag: '--admin-port', value: 'N', env: 'TOKENWRIGHT_ADMIN_PORT', help: 'port of the admin API (default: 6749)' },
  adminHost: {
    flag: '--admin-host',
    value: 'ADDRESS',
    env: 'TOKENWRIGHT_ADMIN_HOST',
    help: 'address the admin API listens on (default: 127.0.0.1)',
  },
  tls: {
    flag: '--tls',
    value: 'MODE',
    env: 'TOKENWRIGHT_TLS',
    help: 'self-signed: a certificate for localhost is made in the data directory; files: your own; off: plain HTTP, behind a proxy (default: self-signed)',
  },
  tlsCert: { flag: '--tls-cert', value: 'FILE', env: 'TOKENWRIGHT_TLS_CERT', help: 'certificate chain in PEM, for --tls files' },
  tlsKey: { flag: '--tls-key', value: 'FILE', env: 'TOKENWRIGHT_TLS_KEY', help: 'private key in PEM, for --tls files' },
  dataDir: {
    flag: '--data-dir',
    value: 'DIR',
    env: 'TOKENWRIGHT_DATA_DIR',
    help: 'holds database, keys and administrator token (default: data)',
  },
  baseUrl: {
    flag: '--base-url',
    value: 'URL',
    env: 'TOKENWRIGHT_BASE_URL',
    help: 'where clients reach the token service (default: https://localhost:PORT)',
  },
  databaseUrl: {
    flag: '--database-url',
    value: 'URL',
    env: 'TOKENWRIGHT_DATABASE_URL',
    help: 'a postgres:// URL (default: SQLite in the data directory)',
  },
  role: { flag: '--role', value: 'ROLE', env: 'TOKENWRIGHT_ROLE', help: 'serve the endpoints deployed to this role (default: default)' },
  sandboxIsolation: {
    flag: '--sandbox-isolation',
    value: 'LEVEL',
    env: 'TOKENWRIGHT_SANDBOX_ISOLATION',
    help: "required: refuse to start unless all of the operating system's walls stand around the sandbox; preferred: as many as there are; off: none (default: preferred)",
  },
  sandboxLimit: {
    flag: '--sandbox-limit',
    value: 'NAME=N',
    env: 'TOKENWRIGHT_SANDBOX_LIMITS',
    help: `limit of procedures, may be repeated, in the environment separated by commas: ${Object.entries(DEFAULT_LIMITS)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
  },
  tlsClientCertificates: {
    flag: '--tls-client-certificates',
    env: 'TOKENWRIGHT_TLS_CLIENT_CERTIFICATES',
    help: 'ask for a certificate in the TLS handshake, for gateways and clients that are known by theirs',
  },
  trustProxy: {
    flag: '--trust-proxy',
    value: 'ADDRESS',
    env: 'TOKENWRIGHT_TRUST_PROXY',
    help: 'proxy or network (10.0.0.0/8) whose forwarded client address, and certificate, is believed; may be repeated, in the environment separated by commas',
  },
  proxyClientCertificate: {
    flag: '--proxy-client-certificate',
    value: 'HEADER',
    env: 'TOKENWRIGHT_PROXY_CLIENT_CERTIFICATE',
    help: 'header by which trusted proxies tell the certificate that a client showed them: client-cert (RFC 9440), or x-ssl-client-cert, PEM URL-encoded; they must remove it from what clients send',
  },
  tlsClientCa: {
    flag: '--tls-client-ca',
    value: 'FILE',
    env: 'TOKENWRIGHT_TLS_CLIENT_CA',
    help: 'authorities in PEM that certificates of clients must come from, for clients with tls_client_auth; behind a proxy the very ones that issue them',
  },
  adminBaseUrl: {
    flag: '--admin-base-url',
    value: 'URL',
    env: 'TOKENWRIGHT_ADMIN_BASE_URL',
    help: 'where browsers reach the admin API and its pages, without a path, such as https://admin.example.com (default: https://localhost:PORT)',
  },
  adminSessionIdle: {
    flag: '--admin-session-idle',
    value: 'SECONDS',
    env: 'TOKENWRIGHT_ADMIN_SESSION_IDLE',
    help: 'administrators who do nothing for so long are signed out of the pages (default: 1800)',
  },
  adminSessionLifetime: {
    flag: '--admin-session-lifetime',
    value: 'SECONDS',
    env: 'TOKENWRIGHT_ADMIN_SESSION_LIFETIME',
    help: 'administrators sign in to the pages anew after so long, whatever they do (default: 28800)',
  },
  adminLoginIssuer: {
    flag: '--admin-login-issuer',
    value: 'URL',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_ISSUER',
    help: 'OpenID provider by which administrators sign in to the pages, beside their tokens; it may be an issuer of this service',
  },
  adminLoginClient: {
    flag: '--admin-login-client',
    value: 'ID',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_CLIENT',
    help: 'what the service is called as a client there',
  },
  adminLoginSecretFile: {
    flag: '--admin-login-secret-file',
    value: 'FILE',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_SECRET_FILE',
    help: 'file with the secret of that client (default: none, a public client with PKCE)',
  },
  adminLoginRoleClaim: {
    flag: '--admin-login-role-claim',
    value: 'NAME',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_ROLE_CLAIM',
    help: 'claim with tokenwright:read, tokenwright:author or tokenwright:admin; who has none does not come in (default: roles)',
  },
  adminLoginScope: {
    flag: '--admin-login-scope',
    value: 'SCOPE',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_SCOPE',
    help: 'what is asked for there (default: "openid profile")',
  },
  adminLoginHost: {
    flag: '--admin-login-host',
    value: 'HOST',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_HOSTS',
    help: 'further host that the provider has endpoints at, may be repeated, in the environment separated by commas',
  },
  adminLoginCa: {
    flag: '--admin-login-ca',
    value: 'FILE',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_CA',
    help: "authorities in PEM that the provider's certificate comes from (default: the platform's, or the certificate of this service for an issuer of its own)",
  },
  adminLoginLifetime: {
    flag: '--admin-login-lifetime',
    value: 'SECONDS',
    env: 'TOKENWRIGHT_ADMIN_LOGIN_LIFETIME',
    help: 'how long who came by the provider stays signed in, with the role of that moment (default: 3600)',
  },
  fourEyes: {
    flag: '--four-eyes',
    env: 'TOKENWRIGHT_FOUR_EYES',
    help: 'what decides what tokens say is proposed by one administrator and approved by another; the same on every node',
  },
  allowDemoSecrets: {
    flag: '--allow-demo-secrets',
    env: 'TOKENWRIGHT_ALLOW_DEMO_SECRETS',
    help: "serve the demo's public secrets on other addresses than loopback",
  },
  logLevel: {
    flag: '--log-level',
    value: 'LEVEL',
    env: 'TOKENWRIGHT_LOG_LEVEL',
    help: 'silent, error, warn, info, debug or trace (default: info)',
  },
} as const satisfies Readonly<Record<string, SettingOption>>;

/** A setting by its name. */
export type SettingName = keyof typeof SETTING_OPTIONS;

/** Values of flags by setting: a text, several where a flag may be repeated, true for a flag without a value. */
export type FlagValues = Partial<Record<SettingName, string | readonly string[] | boolean>>;
