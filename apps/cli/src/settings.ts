import { resolve } from 'node:path';
import type { Settings } from '#apps/token-service';
import { SETTING_OPTIONS, type FlagValues } from './setting-options.ts';
import { SettingValues } from './setting-values.ts';

export { SETTING_OPTIONS, type FlagValues };

const TLS_MODES = ['self-signed', 'files', 'off'] as const;
const ISOLATIONS = ['required', 'preferred', 'off'] as const;
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
const DAY = 86_400;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * The settings of a node: a flag wins over the environment, which wins over the default. Relative paths are resolved
 * against the working directory.
 *
 * @throws UsageError with one line for each bad value, naming the flag or variable that it came from
 */
export function settingsOf(flags: FlagValues, env: Readonly<Record<string, string | undefined>>): Settings {
  const from = new SettingValues(flags, env);
  const mode = from.oneOf('tls', TLS_MODES, 'self-signed');
  const certFile = from.path('tlsCert');
  const keyFile = from.path('tlsKey');
  if (mode === 'files' && (certFile === null || keyFile === null)) from.refuse('tls', 'files needs --tls-cert FILE and --tls-key FILE');
  if (mode !== 'files' && (certFile !== null || keyFile !== null))
    from.refuse(certFile === null ? 'tlsKey' : 'tlsCert', 'goes with --tls files only');
  if (mode === 'off' && from.flag('tlsClientCertificates'))
    from.refuse('tlsClientCertificates', 'needs TLS: it does not go with --tls off');
  const proxyClientCertificate = from.header('proxyClientCertificate');
  const clientAuthorities = from.path('tlsClientCa');
  const trustProxy = from.networks('trustProxy');
  if (proxyClientCertificate !== null && trustProxy.length === 0)
    from.refuse('proxyClientCertificate', 'needs --trust-proxy ADDRESS: the header is believed from those proxies only');
  if (proxyClientCertificate !== null && from.flag('tlsClientCertificates'))
    from.refuse('proxyClientCertificate', 'does not go with --tls-client-certificates: certificates come from one place only');
  if (clientAuthorities !== null && proxyClientCertificate === null && !from.flag('tlsClientCertificates'))
    from.refuse('tlsClientCa', 'needs --tls-client-certificates, or --proxy-client-certificate HEADER behind a proxy');
  const settings: Settings = {
    configFile: from.path('config'),
    port: from.port('port', 8443),
    host: from.address('host'),
    adminPort: from.port('adminPort', 6749),
    adminHost: from.address('adminHost'),
    tls: { mode, certFile, keyFile, asksForCertificates: from.flag('tlsClientCertificates') },
    dataDir: from.path('dataDir') ?? resolve('data'),
    baseUrl: from.baseUrl('baseUrl'),
    databaseUrl: from.databaseUrl('databaseUrl'),
    role: from.role('role'),
    sandboxIsolation: from.oneOf('sandboxIsolation', ISOLATIONS, 'preferred'),
    sandboxLimits: from.limits('sandboxLimit'),
    encryptionKey: from.secret('TOKENWRIGHT_ENCRYPTION_KEY', /^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url (43 characters)'),
    adminToken: from.secret(
      'TOKENWRIGHT_ADMIN_TOKEN',
      /^[\x21-\x7e]{32,512}$/,
      'must have 32 to 512 printable ASCII characters without spaces',
    ),
    adminBaseUrl: from.baseUrl('adminBaseUrl'),
    adminSessions: { idle: from.seconds('adminSessionIdle', 1800, DAY), lifetime: from.seconds('adminSessionLifetime', 28_800, 30 * DAY) },
    adminLogin: adminLoginOf(from),
    trustProxy,
    proxyClientCertificate,
    clientAuthorities,
    fourEyes: from.flag('fourEyes'),
    allowDemoSecrets: from.flag('allowDemoSecrets'),
    logLevel: from.oneOf('logLevel', LOG_LEVELS, 'info'),
  };
  if (settings.port !== 0 && settings.port === settings.adminPort && settings.host === settings.adminHost)
    from.refuse('adminPort', `${settings.port} is the port of the token service too`);
  refuseUnreachablePages(from, settings);
  from.finish();
  return settings;
}

/** How administrators sign in by an OpenID provider; null where they do not. */
function adminLoginOf(from: SettingValues): Settings['adminLogin'] {
  const issuer = from.text('adminLoginIssuer');
  const clientId = from.text('adminLoginClient');
  const rest = {
    secretFile: from.path('adminLoginSecretFile'),
    roleClaim: from.text('adminLoginRoleClaim') ?? 'roles',
    scopes: (from.text('adminLoginScope') ?? 'openid profile').split(' ').filter((scope) => scope !== ''),
    hosts: from.hosts('adminLoginHost'),
    caFile: from.path('adminLoginCa'),
    lifetime: from.seconds('adminLoginLifetime', 3600, DAY),
  };
  if (!rest.scopes.includes('openid')) from.refuse('adminLoginScope', 'must have openid');
  if (issuer === null) {
    if (clientId !== null) from.refuse('adminLoginClient', 'needs --admin-login-issuer URL');
    return null;
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isLocal) || url.username !== '' || /[?#]/.test(issuer))
    from.refuse(
      'adminLoginIssuer',
      'must be an https URL without user, query and fragment (http on this machine alone), as the provider writes it',
    );
  if (clientId === null) from.refuse('adminLoginIssuer', 'needs --admin-login-client ID');
  return { issuer, clientId: clientId ?? '', ...rest };
}

/** The cookie of sessions is of a whole host, and a provider sends browsers back to where they are. */
function refuseUnreachablePages(from: SettingValues, { adminBaseUrl, adminHost, adminLogin }: Settings): void {
  if (adminBaseUrl !== null && URL.canParse(adminBaseUrl) && new URL(adminBaseUrl).origin !== adminBaseUrl)
    from.refuse('adminBaseUrl', 'must be an origin in lower case, without a path and without the default port');
  if (adminLogin !== null && adminBaseUrl === null && !LOOPBACK.test(adminHost))
    from.refuse(
      'adminLoginIssuer',
      'needs --admin-base-url URL where the admin API is not on this machine alone: the provider sends browsers there',
    );
}
