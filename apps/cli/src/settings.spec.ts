import { describe, expect, test } from '@jest/globals';
import { resolve } from 'node:path';
import { SETTING_OPTIONS, settingsOf, type FlagValues } from './settings.ts';

describe('the settings of a node', () => {
  test('without flags and environment are safe: loopback, TLS, SQLite, the demo', () => {
    expect(settingsOf({}, {})).toEqual({
      configFile: null,
      port: 8443,
      host: '127.0.0.1',
      adminPort: 6749,
      adminHost: '127.0.0.1',
      tls: { mode: 'self-signed', certFile: null, keyFile: null, asksForCertificates: false },
      dataDir: resolve('data'),
      baseUrl: null,
      databaseUrl: null,
      role: 'default',
      sandboxIsolation: 'preferred',
      sandboxLimits: {},
      encryptionKey: null,
      fourEyes: false,
      adminToken: null,
      adminBaseUrl: null,
      adminSessions: { idle: 1800, lifetime: 28_800 },
      adminLogin: null,
      trustProxy: [],
      proxyClientCertificate: null,
      clientAuthorities: null,
      allowDemoSecrets: false,
      logLevel: 'info',
    });
  });

  test('a flag wins over the environment, and an empty variable counts as none', () => {
    expect(settingsOf({ port: '1' }, { TOKENWRIGHT_PORT: '2' }).port).toBe(1);
    expect(settingsOf({}, { TOKENWRIGHT_PORT: '2' }).port).toBe(2);
    expect(settingsOf({}, { TOKENWRIGHT_PORT: '' }).port).toBe(8443);
  });

  test('each has an environment variable of its own', () => {
    const names = Object.values(SETTING_OPTIONS).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^TOKENWRIGHT_[A-Z_]+$/);
  });

  test('reads lists, limits and base URL', () => {
    const settings = settingsOf(
      { sandboxLimit: ['cpuMilliseconds=100', 'heapMegabytes=128'] },
      {
        TOKENWRIGHT_TRUST_PROXY: '10.0.0.0/8, ::1',
        TOKENWRIGHT_BASE_URL: 'https://login.example.com/',
        TOKENWRIGHT_ALLOW_DEMO_SECRETS: 'true',
      },
    );
    expect(settings.sandboxLimits).toEqual({ cpuMilliseconds: 100, heapMegabytes: 128 });
    expect(settings.trustProxy).toEqual(['10.0.0.0/8', '::1']);
    expect(settings.baseUrl).toBe('https://login.example.com');
    expect(settings.allowDemoSecrets).toBe(true);
  });

  test('name an OpenID provider by which administrators sign in, a public client unless it has a secret', () => {
    const { adminLogin, adminSessions } = settingsOf(
      { adminLoginIssuer: 'https://login.example.com/~', adminLoginClient: 'admin-ui', adminLoginHost: ['api.example.com'] },
      { TOKENWRIGHT_ADMIN_LOGIN_SCOPE: 'openid roles', TOKENWRIGHT_ADMIN_SESSION_IDLE: '600' },
    );
    expect(adminLogin).toEqual({
      ...{ issuer: 'https://login.example.com/~', clientId: 'admin-ui', secretFile: null, roleClaim: 'roles', scopes: ['openid', 'roles'] },
      ...{ hosts: ['api.example.com'], caFile: null, lifetime: 3600 },
    });
    expect(adminSessions).toEqual({ idle: 600, lifetime: 28_800 });
  });

  test('take certificates of clients from the handshake, or from a trusted proxy', () => {
    expect(settingsOf({ tlsClientCertificates: true, tlsClientCa: '/ca.pem' }, {})).toMatchObject({
      ...{ tls: { asksForCertificates: true }, clientAuthorities: '/ca.pem', proxyClientCertificate: null },
    });
    expect(
      settingsOf({ tls: 'off' }, { TOKENWRIGHT_TRUST_PROXY: '::1', TOKENWRIGHT_PROXY_CLIENT_CERTIFICATE: 'x-ssl-client-cert' }),
    ).toMatchObject({
      ...{ tls: { asksForCertificates: false }, clientAuthorities: null, proxyClientCertificate: 'x-ssl-client-cert' },
    });
  });

  const bad: readonly (readonly [FlagValues, Record<string, string>, string])[] = [
    [{ port: '65536' }, {}, '--port: must be a port from 0 to 65535, not "65536"'],
    [{}, { TOKENWRIGHT_PORT: '-1' }, 'TOKENWRIGHT_PORT: must be a port from 0 to 65535, not "-1"'],
    [{ port: '6749' }, {}, '--admin-port: 6749 is the port of the token service too'],
    [{ host: 'a b' }, {}, '--host: must be an IP address or a host name, not "a b"'],
    [{ tls: 'on' }, {}, '--tls: must be one of self-signed, files, off, not "on"'],
    [{ tls: 'files', tlsCert: 'x' }, {}, '--tls: files needs --tls-cert FILE and --tls-key FILE'],
    [{ tlsCert: 'x' }, {}, '--tls-cert: goes with --tls files only'],
    [
      { baseUrl: 'login.example.com' },
      {},
      '--base-url: must be an http or https URL without user, query and fragment, such as https://login.example.com',
    ],
    [
      {},
      { TOKENWRIGHT_DATABASE_URL: 'mysql://u:secret@h/d' },
      'TOKENWRIGHT_DATABASE_URL: must be a URL such as postgres://user:password@host:5432/database',
    ],
    [
      { sandboxLimit: ['cpu=1'] },
      {},
      '--sandbox-limit: must be NAME=N with a name out of cpuMilliseconds, wallMilliseconds, heapMegabytes, hostCalls, effects, logBytes, responseBytes, sourceBytes, not "cpu=1"',
    ],
    [{ adminLoginClient: 'x' }, {}, '--admin-login-client: needs --admin-login-issuer URL'],
    [{ adminLoginIssuer: 'https://login.example.com' }, {}, '--admin-login-issuer: needs --admin-login-client ID'],
    [
      { adminLoginIssuer: 'https://login.example.com', adminLoginClient: 'x', adminHost: '0.0.0.0' },
      {},
      '--admin-login-issuer: needs --admin-base-url URL where the admin API is not on this machine alone: the provider sends browsers there',
    ],
    [
      { adminLoginIssuer: 'http://login.example.com', adminLoginClient: 'x' },
      {},
      '--admin-login-issuer: must be an https URL without user, query and fragment (http on this machine alone), as the provider writes it',
    ],
    [
      { adminBaseUrl: 'https://example.com/admin' },
      {},
      '--admin-base-url: must be an origin in lower case, without a path and without the default port',
    ],
    [{}, { TOKENWRIGHT_ADMIN_SESSION_IDLE: '5' }, 'TOKENWRIGHT_ADMIN_SESSION_IDLE: must be 60 to 86400 seconds, not "5"'],
    [{ adminLoginScope: 'profile' }, {}, '--admin-login-scope: must have openid'],
    [{ trustProxy: ['proxy'] }, {}, '--trust-proxy: must be an IP address or a network such as 10.0.0.0/8, not "proxy"'],
    [
      { proxyClientCertificate: 'x-cert', trustProxy: ['::1'] },
      {},
      '--proxy-client-certificate: must be one of client-cert, x-ssl-client-cert, not "x-cert"',
    ],
    [
      { proxyClientCertificate: 'client-cert' },
      {},
      '--proxy-client-certificate: needs --trust-proxy ADDRESS: the header is believed from those proxies only',
    ],
    [
      { proxyClientCertificate: 'client-cert', trustProxy: ['::1'], tlsClientCertificates: true },
      {},
      '--proxy-client-certificate: does not go with --tls-client-certificates: certificates come from one place only',
    ],
    [
      {},
      { TOKENWRIGHT_TLS_CLIENT_CA: 'ca.pem' },
      'TOKENWRIGHT_TLS_CLIENT_CA: needs --tls-client-certificates, or --proxy-client-certificate HEADER behind a proxy',
    ],
    [{}, { TOKENWRIGHT_ALLOW_DEMO_SECRETS: 'maybe' }, 'TOKENWRIGHT_ALLOW_DEMO_SECRETS: must be true or false, not "maybe"'],
    [{}, { TOKENWRIGHT_ADMIN_TOKEN: 'short' }, 'TOKENWRIGHT_ADMIN_TOKEN: must have 32 to 512 printable ASCII characters without spaces'],
    [{}, { TOKENWRIGHT_ENCRYPTION_KEY: 'short' }, 'TOKENWRIGHT_ENCRYPTION_KEY: must be 32 bytes in base64url (43 characters)'],
    [{ logLevel: '' }, {}, '--log-level: must not be empty'],
  ];
  test.each(bad)('%j with %j is refused in one line that names its source', (flags, env, line) => {
    let message = '';
    try {
      settingsOf(flags, env);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n')[0]).toBe(line);
    expect(message).not.toMatch(/secret@|"short"/);
  });
});
