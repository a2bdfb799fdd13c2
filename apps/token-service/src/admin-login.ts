import { readFileSync } from 'node:fs';
import type { OpenIdLogin } from '#apps/admin-api';
import type { OpenedHttpClient, OpenedUpstream, UpstreamClient, UpstreamProvider } from '#libs/oauth';
import type { TlsMaterial } from './certificate.ts';
import type { AdminLoginSettings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Whoever starts the service names the provider, which may well be inside: private addresses are none that a stranger chose. */
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'];

/** What the node knows of itself, for an issuer of its own. */
interface Node {
  /** Base URLs of the token service and of the admin API. */
  readonly url: string;
  readonly adminUrl: string;
  readonly isSelfSigned: boolean;
  readonly tls: TlsMaterial | null;
}

/**
 * The provider by which administrators sign in, made ready; null for none.
 *
 * @throws StartError for files that cannot be read
 */
export function adminLogin(settings: AdminLoginSettings | null, client: UpstreamClient, node: Node): OpenIdLogin | null {
  if (settings === null) return null;
  const { roleClaim, lifetime, secretFile } = settings;
  const secret = secretFile === null ? null : read(secretFile, '--admin-login-secret-file').trim();
  if (secret === '') throw new StartError(`${secretFile ?? ''} is empty: --admin-login-secret-file needs the secret of the client`);
  const upstream: OpenedUpstream = {
    ...{ profile: '', name: 'admin-login', secret },
    settings: providerOf(settings),
    httpClients: [httpClientOf(settings, node)],
  };
  return { client, upstream, roleClaim, lifetime, baseUrl: node.adminUrl };
}

function providerOf({ issuer, clientId, secretFile, scopes }: AdminLoginSettings): UpstreamProvider {
  return {
    ...{ enabled: true, issuer, clientId, scopes, displayName: new URL(issuer).host, displayNames: {} },
    authentication: secretFile === null ? { method: 'none', secret: null } : { method: 'client_secret_basic', secret: 'admin-login' },
    ...{ responseMode: 'query', prompt: null, acrValues: [], loginHint: false, userInfo: true },
    ...{ accounts: 'link', linkByEmail: false, subjectClaim: 'sub', usernameClaim: 'preferred_username', attributes: {} },
    ...{ allowedEmailDomains: null, requiredClaims: {}, acr: {}, passAmr: false },
  };
}

function httpClientOf({ issuer, hosts, caFile }: AdminLoginSettings, { url, isSelfSigned, tls }: Node): OpenedHttpClient {
  const isOwn = isSelfSigned && new URL(issuer).origin === new URL(url).origin;
  const ca = caFile !== null ? read(caFile, '--admin-login-ca') : isOwn ? (tls?.cert ?? null) : null;
  return {
    ...{ profile: '', id: 'admin-login', allowedHosts: [new URL(issuer).host, ...hosts], allowedNetworks: PRIVATE },
    ...{ allowHttp: issuer.startsWith('http:'), allowTokens: false, credentials: null, origin: 'system' },
    tls: { caCertificates: ca, clientCertificate: null, clientKey: null },
    ...{ timeoutMilliseconds: 10_000, maximumResponseBytes: 1_048_576, maximumRedirects: 0 },
  };
}

function read(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartError(`${flag}: cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
