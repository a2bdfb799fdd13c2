import { isIP, isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import { DEFAULT_LIMITS, type SandboxLimits } from '#libs/oauth';
import type { Settings } from '#apps/token-service';
import { UsageError } from './command-error.ts';

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

type SettingName = keyof typeof SETTING_OPTIONS;

/** Values of flags by setting: a text, several where a flag may be repeated, true for a flag without a value. */
export type FlagValues = Partial<Record<SettingName, string | readonly string[] | boolean>>;

const TLS_MODES = ['self-signed', 'files', 'off'] as const;
const ISOLATIONS = ['required', 'preferred', 'off'] as const;
const CERTIFICATE_HEADERS = ['client-cert', 'x-ssl-client-cert'] as const;
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/**
 * The settings of a node: a flag wins over the environment, which wins over the default. Relative paths are resolved
 * against the working directory.
 *
 * @throws UsageError with one line for each bad value, naming the flag or variable that it came from
 */
export function settingsOf(flags: FlagValues, env: Readonly<Record<string, string | undefined>>): Settings {
  const from = new Values(flags, env);
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
    trustProxy,
    proxyClientCertificate,
    clientAuthorities,
    allowDemoSecrets: from.flag('allowDemoSecrets'),
    logLevel: from.oneOf('logLevel', LOG_LEVELS, 'info'),
  };
  if (settings.port !== 0 && settings.port === settings.adminPort && settings.host === settings.adminHost)
    from.refuse('adminPort', `${settings.port} is the port of the token service too`);
  from.finish();
  return settings;
}

/** Reads values and gathers what is wrong with them. */
class Values {
  readonly #problems: string[] = [];

  constructor(
    private readonly flags: FlagValues,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  finish(): void {
    if (this.#problems.length > 0) throw new UsageError(this.#problems.join('\n'));
  }

  refuse(name: SettingName, message: string): void {
    const { flag, env } = SETTING_OPTIONS[name];
    this.#problems.push(`${this.flags[name] === undefined && this.#fromEnv(env) !== undefined ? env : flag}: ${message}`);
  }

  oneOf<const T extends string>(name: SettingName, allowed: readonly T[], usual: T): T {
    const text = this.#text(name);
    if (text === undefined) return usual;
    const found = allowed.find((value) => value === text);
    if (found === undefined) this.refuse(name, `must be one of ${allowed.join(', ')}, not "${text}"`);
    return found ?? usual;
  }

  header(name: SettingName): Settings['proxyClientCertificate'] {
    return this.#text(name) === undefined ? null : this.oneOf(name, CERTIFICATE_HEADERS, CERTIFICATE_HEADERS[0]);
  }

  port(name: SettingName, usual: number): number {
    const text = this.#text(name);
    if (text === undefined) return usual;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    this.refuse(name, `must be a port from 0 to 65535, not "${text}"`);
    return usual;
  }

  address(name: SettingName): string {
    const text = this.#text(name) ?? '127.0.0.1';
    if (isIP(text) === 0 && !/^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(text))
      this.refuse(name, `must be an IP address or a host name, not "${text}"`);
    return text;
  }

  path(name: SettingName): string | null {
    const text = this.#text(name);
    return text === undefined ? null : resolve(text);
  }

  baseUrl(name: SettingName): string | null {
    const text = this.#text(name);
    if (text === undefined) return null;
    const url = URL.canParse(text) ? new URL(text) : null;
    const plain =
      url !== null &&
      (url.protocol === 'https:' || url.protocol === 'http:') &&
      url.search === '' &&
      url.hash === '' &&
      url.username === '' &&
      url.password === '' &&
      !/[?#]/.test(text);
    if (!plain) this.refuse(name, `must be an http or https URL without user, query and fragment, such as https://login.example.com`);
    return text.replace(/\/+$/, '');
  }

  /** A database URL may hold a password: it is never shown. */
  databaseUrl(name: SettingName): string | null {
    const text = this.#text(name);
    if (text === undefined) return null;
    if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol))
      this.refuse(name, 'must be a URL such as postgres://user:password@host:5432/database');
    return text;
  }

  role(name: SettingName): string {
    const text = this.#text(name) ?? 'default';
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text))
      this.refuse(name, 'must start with a letter or digit and have at most 128 letters, digits, ".", "_" and "-"');
    return text;
  }

  limits(name: SettingName): Partial<SandboxLimits> {
    const limits: Record<string, number> = {};
    for (const text of this.#texts(name)) {
      const [, limit = '', value = ''] = /^([A-Za-z]+)=(\d{1,10})$/.exec(text) ?? [];
      if (!Object.hasOwn(DEFAULT_LIMITS, limit))
        this.refuse(name, `must be NAME=N with a name out of ${Object.keys(DEFAULT_LIMITS).join(', ')}, not "${text}"`);
      else if (Number(value) < 1) this.refuse(name, `${limit} must be at least 1`);
      else limits[limit] = Number(value);
    }
    return limits;
  }

  networks(name: SettingName): readonly string[] {
    const networks = this.#texts(name);
    for (const text of networks) {
      const [address = '', bits] = text.split('/');
      const valid = isIP(address) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128)));
      if (!valid) this.refuse(name, `must be an IP address or a network such as 10.0.0.0/8, not "${text}"`);
    }
    return networks;
  }

  flag(name: SettingName): boolean {
    if (this.flags[name] === true) return true;
    const text = this.#text(name)?.toLowerCase();
    if (text === undefined || ['0', 'false', 'no', 'off'].includes(text)) return false;
    if (!['1', 'true', 'yes', 'on'].includes(text)) this.refuse(name, `must be true or false, not "${text}"`);
    return true;
  }

  /** From the environment alone, and never shown: command lines are visible to others. */
  secret(env: string, form: RegExp, message: string): string | null {
    const text = this.#fromEnv(env);
    if (text === undefined) return null;
    if (!form.test(text)) this.#problems.push(`${env}: ${message}`);
    return text;
  }

  #texts(name: SettingName): readonly string[] {
    const value = this.flags[name];
    if (typeof value === 'object') return value;
    const text = this.#text(name);
    return text === undefined
      ? []
      : text
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '');
  }

  #text(name: SettingName): string | undefined {
    const value = this.flags[name];
    if (typeof value === 'string') {
      if (value === '') this.refuse(name, 'must not be empty');
      return value;
    }
    return this.#fromEnv(SETTING_OPTIONS[name].env);
  }

  /** An empty variable counts as none. */
  #fromEnv(env: string): string | undefined {
    const text = this.env[env];
    return text === undefined || text === '' ? undefined : text;
  }
}
