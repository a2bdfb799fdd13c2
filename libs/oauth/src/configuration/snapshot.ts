import { AUTHORIZING_CAPABILITIES } from '../authorize/response-type.ts';
import type { KeyRing, KeyRings, ReadyKey } from '../issuance/key-ring.ts';
import { PAIRWISE_SECRET, pairwiseSession, pairwiseSubject } from '../issuance/pairwise-subject.ts';
import type { FlowId } from '../procedures/flows.ts';
import { flowsOf } from '../procedures/flows.ts';
import type { IssuerView } from '../procedures/host-calls.ts';
import type { Program } from '../procedures/sandbox.ts';
import type { ClientAuthenticationMethod } from './client-authentication-settings.ts';
import type { Configuration } from './configuration.ts';
import {
  entityKey,
  SIGNING_ALGORITHMS,
  type Bucket,
  type Client,
  type Endpoint,
  type EndpointKind,
  type Profile,
  type ProfileCapability,
  type TokenIssuer,
  type TokenIssuerKind,
} from './entities.ts';
import { sectorOf } from './openid-rules.ts';
import type { OpenedHttpClient } from './opened-secrets.ts';
import { programOfVersion } from './programs.ts';
import type { TrustedIssuer } from './token-exchange-settings.ts';
import type { RegistrationTemplate } from './registration-settings.ts';
import type { OpenedUpstream } from '../people/upstream/upstream-client.ts';
import { RegisteredClient } from '../client/registered-client.ts';
import { clientOfRegistration } from '../registration/client-of-registration.ts';
import type { Choice, EndpointPlace, ProgramPlace } from '../procedures/execution-observer.ts';
import { isDynamicClientId, type DynamicClients } from '../registration/dynamic-clients.ts';
import type { DynamicClient } from '../registration-stores.ts';
import type { MaybePromise } from '../stores.ts';

/** What a node adds to the configuration. */
export interface NodeSettings {
  /** Such as `https://localhost:8443`, without a slash at the end. */
  readonly baseUrl: string;
  /** Only endpoints deployed to this role are served. */
  readonly role: string;
  /** Methods of client authentication by certificates that its listener sees; none unless told. */
  readonly certificateMethods?: readonly ClientAuthenticationMethod[];
  /** Clients that have registered themselves; none unless told. */
  readonly dynamicClients?: DynamicClients;
}

/** An endpoint as it is served. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly profile: ProfileSnapshot;
  /** The program that answers each flow of the endpoint's kind. */
  readonly programs: ReadonlyMap<FlowId, Program>;
  /** The endpoint and its programs for those who watch. */
  readonly place: EndpointPlace;
  readonly places: ReadonlyMap<FlowId, ProgramPlace>;
}

/** A profile with everything a request needs, resolved once per configuration. */
export class ProfileSnapshot {
  readonly id: string;
  readonly revision: number;
  readonly #clients = new Map<string, RegisteredClient>();
  /** By what is stored of them, which is another object once it has changed. */
  readonly #dynamicClients = new WeakMap<DynamicClient, RegisteredClient>();
  readonly #issuers = new Map<string, TokenIssuer>();
  /** By URL. */
  readonly #tokenEndpoints: ReadonlySet<string>;
  /** By id. */
  readonly buckets: ReadonlyMap<string, Bucket>;
  /** Whether any scope has a lifetime of its own; if none has, introspection need not look into the data. */
  readonly hasScopeLifetimes: boolean;
  /** Collected when a browser asks for the first time. */
  #webOrigins: Set<string> | undefined;
  /** By name: those by which people sign in. */
  readonly upstreams: ReadonlyMap<string, OpenedUpstream>;
  /** JSON text of `issuers` in the context, by the kind of token that `accessTokenIssuer` mints. */
  readonly #issuerTexts = new Map<TokenIssuerKind, string>();

  constructor(
    readonly profile: Profile,
    readonly issuer: string,
    readonly keys: KeyRing,
    /** What procedures may call, by id. */
    readonly httpClients: ReadonlyMap<string, OpenedHttpClient>,
    /** The values themselves, by name. A program may read those that it names. Never log them. */
    readonly secrets: ReadonlyMap<string, string>,
    private readonly configuration: Configuration,
    /** Of the node, without a slash at the end. */
    readonly baseUrl: string,
    private readonly registered: DynamicClients | null = null,
  ) {
    this.id = profile.id;
    this.revision = configuration.revision;
    this.hasScopeLifetimes = Object.values(profile.scopes).some((scope) => scope.lifetime !== undefined);
    for (const tokenIssuer of configuration.all('token-issuer'))
      if (tokenIssuer.profile === profile.id) this.#issuers.set(tokenIssuer.id, tokenIssuer);
    const secretOf = (name: string | null) => (name === null ? null : (secrets.get(name) ?? null));
    const tokenEndpoints = [...configuration.all('endpoint')].filter(
      (endpoint) => endpoint.profile === profile.id && endpoint.kind === 'oauth-token',
    );
    this.#tokenEndpoints = new Set(tokenEndpoints.map(({ path }) => baseUrl + path));
    const upstreams = Object.entries(profile.upstreamProviders).filter(([, { enabled }]) => enabled);
    this.upstreams = new Map(
      upstreams.map(([name, settings]) => {
        const secret = settings.authentication.secret;
        return [name, { ...{ profile: profile.id, name, settings, httpClients: [...httpClients.values()] }, secret: secretOf(secret) }];
      }),
    );
    const buckets = [...configuration.all('bucket')].filter((bucket) => bucket.profile === profile.id);
    this.buckets = new Map(buckets.map((bucket) => [bucket.id, bucket]));
  }

  /** The enabled client with this id: one of the configuration at once, one that has registered itself as the database has it now. */
  findClient(id: string): MaybePromise<RegisteredClient | undefined> {
    const configured = this.configuredClient(id);
    if (configured !== undefined || this.registered === null || !isDynamicClientId(id)) return configured;
    const found = this.registered.find(this.id, id);
    return found instanceof Promise ? found.then((client) => this.#dynamicClient(client)) : this.#dynamicClient(found);
  }

  /** With what its template and the profile allow today, whatever they allowed when it was registered. */
  #dynamicClient(client: DynamicClient | null): RegisteredClient | undefined {
    if (client === null) return undefined;
    const known = this.#dynamicClients.get(client);
    if (known !== undefined) return known;
    const template = this.template(client.template);
    if (template === undefined) return undefined;
    const made = new RegisteredClient(clientOfRegistration(client, template, this.profile), this.profile);
    this.#dynamicClients.set(client, made);
    return made;
  }

  /** A template for clients that register themselves. */
  template(id: string): RegistrationTemplate | undefined {
    const { registrationTemplates } = this.profile;
    return Object.hasOwn(registrationTemplates, id) ? registrationTemplates[id] : undefined;
  }

  /** The enabled client of the configuration with this id, and never one that has registered itself. */
  configuredClient(id: string): RegisteredClient | undefined {
    const known = this.#clients.get(id);
    if (known !== undefined) return known;
    const client: Client | undefined = this.configuration.get('client', entityKey(this.id, id));
    if (client?.enabled !== true) return undefined;
    const registered = new RegisteredClient(client, this.profile);
    this.#clients.set(id, registered);
    return registered;
  }

  /**
   * Whether a value of `aud` in a client assertion means this profile: its issuer, which is what clients should say, a token endpoint
   * of it, or the endpoint that is asked. By the configured base URL: what a request says of its host is the sender's.
   * RFC 7523 section 3, RFC 9126 section 2.
   *
   * @param path of the endpoint that is asked
   */
  isAssertionAudience(value: string, path: string): boolean {
    return value === this.issuer || value === this.baseUrl + path || this.#tokenEndpoints.has(value);
  }

  /** Origins of pages that may call endpoints from browsers. */
  get webOrigins(): ReadonlySet<string> {
    if (this.#webOrigins === undefined) {
      this.#webOrigins = new Set();
      for (const { profile, enabled, authorizationCode } of this.configuration.all('client'))
        if (profile === this.id && enabled) for (const origin of authorizationCode?.webOrigins ?? []) this.#webOrigins.add(origin);
      for (const { webOrigins } of Object.values(this.profile.registrationTemplates))
        for (const origin of webOrigins) this.#webOrigins.add(origin);
    }
    return this.#webOrigins;
  }

  /** Signs id tokens for a client; undefined when the profile has no key to sign with. */
  idTokenKey({ openId: { idTokenSignedResponseAlg: asked } }: RegisteredClient): ReadyKey | undefined {
    if (asked !== null) return this.keys.active(asked);
    return SIGNING_ALGORITHMS.map((algorithm) => this.keys.active(algorithm)).find((key) => key !== undefined);
  }

  /** The `sub` by which a client knows somebody. Itself it knows by its id. */
  subjectFor({ id, sector }: Pick<RegisteredClient, 'id' | 'sector'>, subject: string): string {
    return sector === null || subject === id ? subject : pairwiseSubject(this.#pairwiseSecret(), sector, subject);
  }

  /** The `sid` by which a client knows a login session. */
  sessionFor({ sector }: Pick<RegisteredClient, 'sector'>, session: string): string {
    return sector === null ? session : pairwiseSession(this.#pairwiseSecret(), sector, session);
  }

  /**
   * Whom a JWT access token of a client is about, whatever its `sub` says to the client.
   *
   * @param subject of the token's row
   * @param shown `sub` of the JWT
   */
  async subjectOfJwt(clientId: string, subject: string, shown: unknown): Promise<unknown> {
    if (shown === subject) return subject;
    // A disabled client's tokens are about the same people as before.
    const configured = this.configuration.get('client', entityKey(this.id, clientId));
    const sector = configured === undefined ? ((await this.findClient(clientId))?.sector ?? null) : sectorOf(configured);
    return sector !== null && this.subjectFor({ id: clientId, sector }, subject) === shown ? subject : shown;
  }

  #pairwiseSecret(): string {
    const secret = this.secrets.get(PAIRWISE_SECRET);
    if (secret === undefined) throw new Error(`profile ${this.id} has no secret "${PAIRWISE_SECRET}" yet`);
    return secret;
  }

  /** The issuer of other tokens that the profile trusts under this `iss`. */
  trustedIssuer(issuer: unknown): TrustedIssuer | undefined {
    return this.profile.trustedIssuers.find((trusted) => trusted.issuer === issuer);
  }

  tokenIssuer(id: string): TokenIssuer | undefined {
    return this.#issuers.get(id);
  }

  /** The default issuer of a kind. */
  defaultIssuer(kind: TokenIssuerKind): TokenIssuer | undefined {
    for (const issuer of this.#issuers.values()) if (issuer.kind === kind && issuer.isDefault) return issuer;
    return undefined;
  }

  /** The `issuers` member of the context text, for a client with this access token format. */
  issuersText(format: TokenIssuerKind): string {
    let text = this.#issuerTexts.get(format);
    if (text === undefined) {
      const view = (issuer: TokenIssuer | undefined): IssuerView | null =>
        issuer === undefined ? null : { id: issuer.id, kind: issuer.kind, enabled: issuer.enabled };
      const named = [...this.#issuers.values()].map(view);
      text = JSON.stringify({ access: view(this.defaultIssuer(format)), jwt: view(this.defaultIssuer('jwt')), named });
      this.#issuerTexts.set(format, text);
    }
    return text;
  }
}

/** The configuration made ready to serve, immutable: a request uses one snapshot from beginning to end. */
export class Snapshot {
  /** Endpoints that have paths of their own below them, longest path first. */
  readonly #roots: readonly Route[];

  private constructor(
    readonly revision: number,
    readonly node: NodeSettings,
    /** By exact path. */
    readonly routes: ReadonlyMap<string, Route>,
    /** By the path of their issuer: `/~`, or the empty string for an issuer without a path. */
    readonly profilesByPath: ReadonlyMap<string, ProfileSnapshot>,
    readonly profiles: ReadonlyMap<string, ProfileSnapshot>,
    /** Everything that may run, by key. */
    readonly programs: ReadonlyMap<string, Program>,
    /** Paths of advertised endpoints, by profile and kind. */
    private readonly advertisedPaths: ReadonlyMap<string, string>,
  ) {
    const roots = [...routes.values()].filter(({ endpoint }) => ROOTS.has(endpoint.kind));
    this.#roots = roots.sort((a, b) => b.endpoint.path.length - a.endpoint.path.length);
  }

  static async build(
    configuration: Configuration,
    node: NodeSettings,
    keyRings: KeyRings,
    defaults: ReadonlyMap<FlowId, Program>,
  ): Promise<Snapshot> {
    const profiles = new Map<string, ProfileSnapshot>();
    const profilesByPath = new Map<string, ProfileSnapshot>();
    for (const profile of configuration.all('profile')) {
      const issuer = profile.issuer.startsWith('/') ? node.baseUrl + profile.issuer : profile.issuer;
      const snapshot = new ProfileSnapshot(
        profile,
        issuer.replace(/\/$/, ''),
        await keyRings.open(configuration, profile.id),
        await keyRings.secrets.httpClients(configuration, profile.id),
        await keyRings.secrets.values(configuration, profile.id),
        configuration,
        node.baseUrl,
        node.dynamicClients,
      );
      profiles.set(profile.id, snapshot);
      profilesByPath.set(new URL(issuer).pathname.replace(/\/$/, ''), snapshot);
    }
    const programs = new Map<string, Program>([...defaults.values()].map((program) => [program.key, program]));
    const routes = new Map<string, Route>();
    const advertisedPaths = new Map<string, string>();
    for (const endpoint of configuration.all('endpoint')) {
      const profile = profiles.get(endpoint.profile);
      if (!endpoint.enabled || profile === undefined || !isCapable(profile.profile, endpoint.kind)) continue;
      if (endpoint.advertised) advertisedPaths.set(advertisedName(profile, endpoint.kind), endpoint.path);
      if (!endpoint.deployedTo.includes(node.role)) continue;
      const ofEndpoint = new Map<FlowId, Program>();
      const place: EndpointPlace = { profile: profile.id, endpoint: endpoint.id, kind: endpoint.kind };
      const places = new Map<FlowId, ProgramPlace>();
      for (const flow of flowsOf(endpoint.kind)) {
        const program = boundProgram(configuration, endpoint, flow.id) ?? defaults.get(flow.id);
        if (program === undefined) throw new Error(`flow ${flow.id} has neither a binding nor a default procedure`);
        ofEndpoint.set(flow.id, program);
        programs.set(program.key, program);
        const { procedure, version } = program;
        places.set(flow.id, { ...place, flow: flow.id, procedure, version, choice: choiceOf(configuration, endpoint, flow.id) });
      }
      routes.set(endpoint.path, { endpoint, profile, programs: ofEndpoint, place, places });
    }
    return new Snapshot(configuration.revision, node, routes, profilesByPath, profiles, programs, advertisedPaths);
  }

  /**
   * What answers at a path: the endpoint there, or one that answers below its own path, too, if the path is there.
   */
  routeAt(path: string): Route | undefined {
    const route = this.routes.get(path);
    if (route !== undefined || this.#roots.length === 0) return route;
    return this.#roots.find(({ endpoint }) => path.startsWith(`${endpoint.path}/`));
  }

  /** URL of the advertised endpoint of a kind, if the profile has one; endpoints of other roles count too. */
  advertised(profile: ProfileSnapshot, kind: EndpointKind): string | undefined {
    const path = this.advertisedPaths.get(advertisedName(profile, kind));
    return path === undefined ? undefined : this.node.baseUrl + path;
  }
}

/**
 * Endpoints that answer below their paths. Some gateways put the path of the request they ask about behind that of forward auth and can do
 * no other (Envoy); pages for people are many; each registered client has an address of its own. RFC 7592 section 3.
 */
const ROOTS: ReadonlySet<EndpointKind> = new Set(['oauth-forward-auth', 'user-pages', 'oauth-dynamic-client-registration']);

/** What a profile must be capable of, one of them, for an endpoint to be served; the token endpoint asks per grant type. */
const NEEDED: Readonly<Partial<Record<EndpointKind, readonly ProfileCapability[]>>> = {
  'oauth-introspect': ['introspection'],
  'oauth-forward-auth': ['introspection'],
  'oauth-token-validation': ['introspection'],
  'oauth-revoke': ['revocation'],
  'oauth-authorize': AUTHORIZING_CAPABILITIES,
  'oauth-pushed-authorization': AUTHORIZING_CAPABILITIES,
  'oauth-device-authorization': ['device-authorization'],
  'oauth-revocation-events': ['introspection'],
  'oauth-backchannel-authentication': ['backchannel-authentication'],
  'oauth-backchannel-decision': ['backchannel-decision'],
};

function isCapable(profile: Profile, kind: EndpointKind): boolean {
  const needed = NEEDED[kind];
  return needed === undefined || needed.some((capability) => profile.capabilities.includes(capability));
}

function advertisedName(profile: ProfileSnapshot, kind: EndpointKind): string {
  return `${kind} ${profile.id}`;
}

function choiceOf(configuration: Configuration, endpoint: Endpoint, flow: FlowId): Choice {
  const binding = configuration.get('binding', entityKey(endpoint.profile, endpoint.id, flow));
  if (binding === undefined) return 'default';
  return binding.version === null ? 'active' : 'pinned';
}

function boundProgram(configuration: Configuration, endpoint: Endpoint, flow: FlowId): Program | undefined {
  const binding = configuration.get('binding', entityKey(endpoint.profile, endpoint.id, flow));
  if (binding === undefined) return undefined;
  const number = binding.version ?? configuration.get('procedure', entityKey(binding.procedure))?.activeVersion ?? 0;
  const version = configuration.get('procedure-version', entityKey(binding.procedure, number));
  if (version === undefined) throw new Error(`binding of ${endpoint.id} ${flow} names a missing version of procedure ${binding.procedure}`);
  return programOfVersion(configuration, version, flow);
}
