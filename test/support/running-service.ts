import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode, type RunningNode, type Settings } from '#apps/token-service';

/** The product, running in this process on free ports with a data directory of its own and the demo configuration. */
export interface RunningService {
  readonly node: RunningNode;
  readonly url: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly dataDir: string;
  readonly settings: Settings;
  stop(): Promise<void>;
}

export async function startService(changes: Partial<Settings> = {}): Promise<RunningService> {
  const dataDir = changes.dataDir ?? mkdtempSync(join(tmpdir(), 'tokenwright-test-'));
  const [port, adminPort] = [await freePort(), await freePort()];
  const settings: Settings = { ...testSettings(dataDir), port, adminPort, ...changes };
  const node = await startNode(settings);
  return {
    node,
    url: node.url,
    adminUrl: node.adminUrl,
    adminToken: settings.adminToken ?? readFileSync(join(dataDir, 'admin-token'), 'utf8').trim(),
    dataDir,
    settings,
    async stop() {
      await node.close();
      if (changes.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function testSettings(dataDir: string): Settings {
  return {
    configFile: null,
    port: 0,
    host: '127.0.0.1',
    adminPort: 0,
    adminHost: '127.0.0.1',
    tls: { mode: 'off', certFile: null, keyFile: null, asksForCertificates: false },
    dataDir,
    baseUrl: null,
    databaseUrl: null,
    role: 'default',
    sandboxIsolation: 'preferred',
    sandboxLimits: {},
    encryptionKey: null,
    adminToken: null,
    adminBaseUrl: null,
    adminSessions: { idle: 1800, lifetime: 28_800 },
    adminLogin: null,
    trustProxy: [],
    proxyClientCertificate: null,
    clientAuthorities: null,
    allowDemoSecrets: false,
    fourEyes: false,
    logLevel: 'silent',
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export const GATEWAY = { id: 'gateway_client', secret: 'Secr3t!' } as const;
export const CLIENT = { id: 'server-client', secret: 'Secr3t!' } as const;

/** Posts a form, with Basic authentication where credentials are given. */
export function postForm(
  url: string,
  form: Readonly<Record<string, string>> | string,
  options: { readonly as?: { readonly id: string; readonly secret: string }; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const { as, headers } = options;
  return fetch(url, {
    method: 'POST',
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(as === undefined ? {} : { authorization: `Basic ${Buffer.from(`${as.id}:${as.secret}`).toString('base64')}` }),
      ...headers,
    },
  });
}

/** An access token of the demo's client. */
export async function issueToken(service: RunningService, form: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await postForm(`${service.url}/oauth/v2/oauth-token`, { grant_type: 'client_credentials', ...form }, { as: CLIENT });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

export function introspect(
  service: RunningService,
  token: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/introspection',
): Promise<Response> {
  return postForm(service.url + path, { token }, { as: GATEWAY, headers });
}

/** Something whose admin API can be called. */
export type Administered = Pick<RunningService, 'adminUrl' | 'adminToken'>;

/** Calls the admin API with JSON. */
export async function admin(
  service: Administered,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${service.adminUrl}/admin/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${service.adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
