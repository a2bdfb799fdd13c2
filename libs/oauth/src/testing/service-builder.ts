import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_BACKCHANNEL_AUTHENTICATION } from '../configuration/backchannel-settings.ts';
import { hashGeneratedSecret } from '../client/client-secret.ts';
import { PLAIN_INTROSPECTION } from '../configuration/client-settings.ts';
import { put, type Change } from '../configuration/configuration.ts';
import type {
  AccessTokenFormat,
  Binding,
  Client,
  Endpoint,
  EndpointKind,
  Profile,
  SigningAlgorithm,
  TokenIssuer,
} from '../configuration/entities.ts';
import { PLAIN_CLIENT } from '../configuration/plain-client.ts';
import type { HttpClient } from '../configuration/http-client-settings.ts';
import { LiveConfiguration } from '../configuration/live-configuration.ts';
import { Snapshot, type NodeSettings } from '../configuration/snapshot.ts';
import { KeyRings } from '../issuance/key-ring.ts';
import { KeySealer } from '../issuance/key-sealing.ts';
import { createSigningKey } from '../issuance/signing-keys.ts';
import { OAuthService } from '../oauth-service.ts';
import { FLOWS, type FlowId } from '../procedures/flows.ts';
import type { HostServices } from '../procedures/host-services.ts';
import { DynamicClients } from '../registration/dynamic-clients.ts';
import type { LogLevel, Program } from '../procedures/sandbox.ts';
import type { Stores } from '../stores.ts';
import type { OAuthRequest, OAuthResponse } from '../transport/exchange.ts';
import { Interactions } from '../people/interaction.ts';
import type { UpstreamClient } from '../people/upstream/upstream-client.ts';
import { PeopleOfASpec } from './people-of-a-spec.ts';
import { InProcessSandbox } from './in-process-sandbox.ts';
import { memoryStores } from './memory-stores.ts';

export const PROFILE = 'main';
export const BASE_URL = 'https://as.example';
export const ISSUER = `${BASE_URL}/~`;
export const SECRET = 'a secret that the service generated';
export const INTROSPECTION = '/introspect';
export const TOKEN = '/token';
export const REVOCATION = '/revoke';

/** The shipped procedures, as a node loads them. */
export const SHIPPED: ReadonlyMap<FlowId, Program> = new Map(
  FLOWS.map(({ id }) => [id, { key: `default:${id}`, procedure: `default:${id}`, version: 0, flow: id, source: shippedSource(id, id) }]),
);

/** Source text below `procedures/`. */
export function shippedSource(folder: string, name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../../procedures', folder, `${name}.js`), 'utf8');
}

export function profileOf(members: Partial<Profile> = {}): Profile {
  return {
    id: PROFILE,
    issuer: '/~',
    capabilities: ['client-credentials', 'introspection', 'revocation'],
    defaults: {
      ...{ accessTokenLifetime: 300, maximumTokenLifetime: 3600, accessTokenFormat: 'opaque' },
      ...{ refreshTokenLifetime: 86_400, delegationLifetime: 604_800, refreshTokenGrace: 30, idTokenLifetime: 600, dpopNonces: false },
    },
    allowedAudiences: null,
    scopes: { read: {}, write: {}, short: { lifetime: 60 } },
    trustedIssuers: [],
    authenticationContexts: null,
    upstreamProviders: {},
    resources: {},
    registrationTemplates: {},
    origin: 'api',
    ...members,
  };
}

export function clientOf(id: string, members: Partial<Client> = {}): Client {
  return {
    ...PLAIN_CLIENT,
    profile: PROFILE,
    id,
    name: id,
    secrets: [{ hash: hashGeneratedSecret(SECRET), createdAt: 0, expiresAt: null }],
    capabilities: ['client-credentials'],
    scopes: ['read', 'write'],
    origin: 'api',
    ...members,
  };
}

/** A client that can do nothing but introspect: any token, every format. */
export function gatewayOf(id: string, introspection: Partial<Client['introspection']> = {}, members: Partial<Client> = {}): Client {
  return clientOf(id, {
    capabilities: ['introspection'],
    scopes: [],
    introspection: { ...PLAIN_INTROSPECTION, ...introspection },
    ...members,
  });
}

export function endpointOf(kind: EndpointKind, path: string, members: Partial<Endpoint> = {}): Endpoint {
  const revocationLag = kind === 'oauth-introspect' ? 60 : null;
  return {
    profile: PROFILE,
    id: kind,
    kind,
    path,
    enabled: true,
    advertised: true,
    deployedTo: ['default'],
    revocationLag,
    forwardAuth: null,
    tokenValidation: null,
    deviceAuthorization: kind === 'oauth-device-authorization' ? { codeLifetime: 600, pollInterval: 5 } : null,
    userPages: null,
    backchannelAuthentication: kind === 'oauth-backchannel-authentication' ? DEFAULT_BACKCHANNEL_AUTHENTICATION : null,
    registration: null,
    origin: 'api',
    ...members,
  };
}

export function issuerOf(kind: AccessTokenFormat, members: Partial<TokenIssuer> = {}): TokenIssuer {
  return {
    profile: PROFILE,
    id: kind,
    kind,
    isDefault: true,
    enabled: true,
    algorithm: null,
    lifetime: null,
    allowSubjectChange: false,
    origin: 'api',
    ...members,
  };
}

/** An outgoing HTTP client, which may reach the host of its own name. */
export function httpClientOf(id: string, members: Partial<HttpClient> = {}): HttpClient {
  return {
    ...{
      profile: PROFILE,
      id,
      allowedHosts: [`${id}.example`],
      allowHttp: false,
      allowTokens: false,
      allowedNetworks: [],
      credentials: null,
    },
    tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null },
    ...{ timeoutMilliseconds: 1000, maximumResponseBytes: 1000, maximumRedirects: 0, origin: 'api' },
    ...members,
  };
}

/** The entities that bind a procedure of this source to a flow of an endpoint; `version` grows with each upload. */
export function bound(flow: FlowId, source: string, members: Partial<Binding> & { readonly upload?: number } = {}): Change[] {
  const { upload = 1, ...binding } = members;
  const procedure = binding.procedure ?? `own-${flow}`;
  const endpoint = FLOWS.find(({ id }) => id === flow)?.endpoint ?? 'oauth-token';
  return [
    put('procedure', { id: procedure, flow, description: '', activeVersion: upload, samples: [], origin: 'api' }),
    put('procedure-version', {
      ...{ procedure, version: upload, language: 'javascript', source, script: source, libraries: [], secrets: [], tests: null },
      digest: randomBytes(8).toString('hex'),
      ...{ note: '', createdAt: 0, createdBy: 'admin', origin: 'api' },
    }),
    put('binding', { profile: PROFILE, endpoint, flow, procedure, version: null, origin: 'api', ...binding }),
  ];
}

/** What a response's header says; undefined when it is not sent. */
export function headerOf(response: OAuthResponse, name: string): string | undefined {
  const at = response.headers.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name.toLowerCase());
  return at < 0 ? undefined : response.headers[at + 1];
}

export function jsonOf(response: OAuthResponse): Record<string, unknown> {
  return JSON.parse(response.body ?? 'null') as Record<string, unknown>;
}

/** The claims of a compact JWS, unverified. */
export function claimsOf(jws: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

export function aRequest(path: string, form: Readonly<Record<string, string>> | string, members: Partial<OAuthRequest> = {}): OAuthRequest {
  return {
    method: 'POST',
    path,
    query: '',
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    scheme: 'https',
    host: 'as.example',
    clientIpAddress: '192.0.2.1',
    ...members,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...members.headers },
  };
}

export interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const CLIENTS = [clientOf('app'), gatewayOf('gateway')];
const ENDPOINTS = [endpointOf('oauth-token', TOKEN), endpointOf('oauth-introspect', INTROSPECTION), endpointOf('oauth-revoke', REVOCATION)];
const ISSUERS = [issuerOf('opaque'), issuerOf('jwt'), issuerOf('wrapped-opaque')];

/** For specs: the whole service over memory stores and the in-process sandbox, with a clock that specs turn. */
export class ServiceUnderTest {
  readonly sandbox = new InProcessSandbox(() => this.now);
  readonly log: LoggedLine[] = [];
  readonly people = new PeopleOfASpec();
  readonly interactions = new Interactions(randomBytes(32), () => this.now);
  readonly service: OAuthService;
  /** Seconds since 1970; starts at the machine's time; procedures see it, too. */
  now = Math.floor(Date.now() / 1000);

  private constructor(
    readonly stores: Stores,
    readonly live: LiveConfiguration,
    readonly sealer: KeySealer,
    readonly keyRings: KeyRings,
    public snapshot: Snapshot,
    readonly node: NodeSettings,
    services?: HostServices,
    clientKeySets?: Pick<HostServices, 'verify'>,
    upstreamClient?: UpstreamClient,
  ) {
    this.service = new OAuthService({
      stores,
      ...(services === undefined ? {} : { services }),
      ...{ people: this.people, interactions: this.interactions },
      ...(clientKeySets === undefined ? {} : { clientKeySets }),
      ...(upstreamClient === undefined ? {} : { upstreamClient }),
      sandbox: this.sandbox,
      log: { write: (level, message, fields) => this.log.push({ level, message, fields }) },
      clock: () => this.now,
    });
    this.#load();
  }

  /** @param changes over a profile with a client `app`, a gateway `gateway`, the three endpoints and an issuer of each kind */
  static async open(
    changes: readonly Change[] = [],
    algorithms: readonly SigningAlgorithm[] = ['ES256'],
    role = 'default',
    services?: HostServices,
    clientKeySets?: Pick<HostServices, 'verify'>,
    upstreamClient?: UpstreamClient,
  ): Promise<ServiceUnderTest> {
    const stores = memoryStores();
    const live = await LiveConfiguration.open(stores.configuration);
    const sealer = new KeySealer(randomBytes(32));
    const keys = await Promise.all(algorithms.map((algorithm) => createSigningKey(PROFILE, algorithm, 'active', sealer, 0)));
    const base: Change[] = [
      put('profile', profileOf()),
      ...CLIENTS.map((client) => put('client', client)),
      ...ENDPOINTS.map((endpoint) => put('endpoint', endpoint)),
      ...ISSUERS.map((issuer) => put('token-issuer', issuer)),
      ...keys.map((key) => put('signing-key', key)),
    ];
    await live.change(() => ({ changes: [...base, ...changes], audit: [], result: null }));
    let world: ServiceUnderTest | undefined = undefined;
    const node = { baseUrl: BASE_URL, role, dynamicClients: new DynamicClients(stores.dynamicClients, () => world?.now ?? 0) };
    const keyRings = new KeyRings(sealer);
    world = new ServiceUnderTest(
      stores,
      live,
      sealer,
      keyRings,
      await Snapshot.build(live.current, node, keyRings, SHIPPED),
      node,
      services,
      clientKeySets,
      upstreamClient,
    );
    return world;
  }

  /** Changes the configuration and serves the new one. */
  async change(...changes: readonly Change[]): Promise<void> {
    await this.live.change(() => ({ changes, audit: [], result: null }));
    this.snapshot = await Snapshot.build(this.live.current, this.node, this.keyRings, SHIPPED);
    this.#load();
    this.service.configured(this.snapshot);
  }

  async handle(request: OAuthRequest): Promise<OAuthResponse> {
    const response = await this.service.handle(request, this.snapshot);
    if (response === null) throw new Error(`nothing is served at ${request.path}`);
    return response;
  }

  post(path: string, form: Readonly<Record<string, string>> | string, headers: OAuthRequest['headers'] = {}): Promise<OAuthResponse> {
    return this.handle(aRequest(path, form, { headers }));
  }

  get(path: string, method = 'GET'): Promise<OAuthResponse> {
    return this.handle({ ...aRequest(path, ''), method, headers: {} });
  }

  tokenRequest(form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<OAuthResponse> {
    return this.post(TOKEN, { grant_type: 'client_credentials', client_id: client, client_secret: SECRET, ...form });
  }

  /** An access token, as its client gets it. */
  async token(form: Readonly<Record<string, string>> = {}, client = 'app'): Promise<string> {
    const response = await this.tokenRequest(form, client);
    const token = jsonOf(response)['access_token'];
    if (typeof token !== 'string') throw new Error(`no token: ${response.status} ${response.body ?? ''}`);
    return token;
  }

  introspect(token: string, accept?: string, client = 'gateway', path = INTROSPECTION): Promise<OAuthResponse> {
    return this.post(path, { token, client_id: client, client_secret: SECRET }, accept === undefined ? {} : { accept });
  }

  /** The phantom token of a token; throws when the answer has none. */
  async phantom(token: string, client = 'gateway'): Promise<string> {
    const response = await this.introspect(token, 'application/jwt', client);
    if (response.status !== 200 || response.body === null) throw new Error(`no phantom token: ${response.status} ${response.body ?? ''}`);
    return response.body;
  }

  revoke(token: string, client = 'app'): Promise<OAuthResponse> {
    return this.post(REVOCATION, { token, client_id: client, client_secret: SECRET });
  }

  #load(): void {
    for (const program of this.snapshot.programs.values()) this.sandbox.load(program);
  }
}
