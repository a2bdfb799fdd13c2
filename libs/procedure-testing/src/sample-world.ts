import {
  Configuration,
  DEFAULT_BACKCHANNEL_AUTHENTICATION,
  ENDPOINT_KINDS,
  FLOWS,
  KeyRings,
  KeySealer,
  PROFILE_CAPABILITIES,
  CLIENT_CAPABILITIES,
  ACCESS_TOKEN_FORMATS,
  PLAIN_CLIENT,
  PLAIN_INTROSPECTION,
  put,
  REGISTERED_CAPABILITIES,
  Snapshot,
  type Change,
  type Client,
  type FlowId,
  type ForwardAuthSettings,
  type Profile,
  type Program,
  type RegistrationSettings,
  type RegistrationTemplate,
  type Scope,
} from '#libs/oauth';
import { randomBytes } from 'node:crypto';
import type { Sample } from './sample.ts';

/** Id of the profile that samples are of. */
export const SAMPLE_PROFILE = 'sample';

/** Where a sample's service is. */
const BASE_URL = 'https://sample.example';
const LONG_LIVED = {
  refreshTokenLifetime: 86_400,
  delegationLifetime: 604_800,
  refreshTokenGrace: 30,
  idTokenLifetime: 600,
  dpopNonces: false,
};
const DEFAULT_SCOPES = ['read', 'write'];

/** The configuration that a sample stands for, ready to serve. */
export interface SampleWorld {
  readonly configuration: Configuration;
  readonly snapshot: Snapshot;
  readonly client: Client;
}

const SAMPLE_FORWARD_AUTH: ForwardAuthSettings = {
  ...{ client: null, networks: [], certificates: [], requiredScopes: [], requiredAudience: null, claimHeaders: {}, resourceMetadata: null },
  clientCertificateHeader: null,
};

const SAMPLE_TEMPLATE = 'sample';

/** Whoever registers may have all that the sample's client has. */
const SAMPLE_REGISTRATION: RegistrationSettings = {
  ...{ template: SAMPLE_TEMPLATE, templates: [], access: ['anyone'], accessTokenScope: null },
  ...{ softwareStatements: [], softwareStatementRequired: false, perMinute: 60 },
};

function templatesOf(scopes: readonly string[]): Profile['registrationTemplates'] {
  const template: RegistrationTemplate = {
    ...{ capabilities: REGISTERED_CAPABILITIES, scopes, defaultScopes: null, authenticationMethods: ['client_secret_basic', 'none'] },
    ...{ audiences: [], resources: null, accessTokenLifetime: null, refreshTokenLifetime: null, delegationLifetime: null },
    ...{ boundAccessTokens: null, consent: true, pushedRequestsOnly: false, redirectHosts: null, webOrigins: [], properties: {} },
    ...{ metadataProperties: [], maximumClients: 10, clientLifetime: null, secretLifetime: null, rotateSecretOnUpdate: false },
    secretOverlap: 3600,
  };
  return { [SAMPLE_TEMPLATE]: template };
}

/** Makes the profile, the endpoints and the client of a sample. */
export async function sampleWorld(sample: Sample): Promise<SampleWorld> {
  const profile = profileOf(sample);
  const client = clientOf(sample, profile);
  const issuers = sample.profile?.tokenIssuers ?? ACCESS_TOKEN_FORMATS;
  const changes: Change[] = [
    put('profile', profile),
    put('client', client),
    ...ENDPOINT_KINDS.map((kind) =>
      put('endpoint', {
        profile: SAMPLE_PROFILE,
        id: kind,
        kind,
        path: `/${kind}`,
        enabled: true,
        advertised: true,
        deployedTo: ['default'],
        revocationLag: null,
        forwardAuth: kind === 'oauth-forward-auth' ? SAMPLE_FORWARD_AUTH : null,
        tokenValidation: kind === 'oauth-token-validation' ? { client: client.id } : null,
        deviceAuthorization: kind === 'oauth-device-authorization' ? { codeLifetime: 600, pollInterval: 5 } : null,
        userPages: null,
        backchannelAuthentication: kind === 'oauth-backchannel-authentication' ? DEFAULT_BACKCHANNEL_AUTHENTICATION : null,
        registration: kind === 'oauth-dynamic-client-registration' ? SAMPLE_REGISTRATION : null,
        origin: 'system',
      }),
    ),
    ...issuers.map((kind) =>
      put('token-issuer', {
        profile: SAMPLE_PROFILE,
        id: kind,
        kind,
        isDefault: true,
        enabled: true,
        algorithm: null,
        lifetime: null,
        allowSubjectChange: false,
        origin: 'system',
      }),
    ),
  ];
  const sealer = new KeySealer(randomBytes(32));
  changes.push(...(await serviceChanges(sample, sealer)));
  const configuration = Configuration.empty.with(changes);
  // Without signing keys: dry runs sign with one of their own.
  const keyRings = new KeyRings(sealer);
  const snapshot = await Snapshot.build(configuration, { baseUrl: BASE_URL, role: 'default' }, keyRings, UNBOUND);
  return { configuration, snapshot, client };
}

/** What procedures can use beside tokens. */
async function serviceChanges({ httpClients = {}, buckets = {}, secrets = {} }: Sample, sealer: KeySealer): Promise<Change[]> {
  const common = { profile: SAMPLE_PROFILE, origin: 'system' } as const;
  const clients = Object.entries(httpClients).map(([id, written]) => {
    const { host, allowTokens = false } = typeof written === 'string' ? { host: written } : written;
    return put('http-client', {
      ...{ ...common, id, allowedHosts: [host], allowHttp: false, allowTokens, allowedNetworks: [], credentials: null },
      ...{ tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null } },
      ...{ timeoutMilliseconds: 5000, maximumResponseBytes: 262_144, maximumRedirects: 0 },
    });
  });
  const sealed = Object.entries(secrets).map(async ([id, value]) =>
    put('secret', { ...common, id, sealedValue: await sealer.sealText(value), createdAt: 0, updatedAt: 0 }),
  );
  return [
    ...clients,
    ...Object.keys(buckets).map((id) => put('bucket', { ...common, id, description: '' })),
    ...(await Promise.all(sealed)),
  ];
}

/** A snapshot has a program for each flow; what is tested takes the place of its own, and none of these ever runs. */
const UNBOUND: ReadonlyMap<FlowId, Program> = new Map(
  FLOWS.map(({ id }) => [id, { key: `unbound:${id}`, procedure: id, version: 0, flow: id, source: 'function result() { return {}; }' }]),
);

function profileOf({ profile = {}, client, scopes, token }: Sample): Profile {
  const { accessTokenLifetime = 300, maximumTokenLifetime = 3600, accessTokenFormat = 'opaque', allowedAudiences = null } = profile;
  const known = scopesOf(profile.scopes, [...(client?.scopes ?? []), ...(scopes ?? []), ...namesIn(token?.['scope'])]);
  return {
    id: SAMPLE_PROFILE,
    issuer: profile.issuer ?? '/~',
    capabilities: PROFILE_CAPABILITIES,
    defaults: { accessTokenLifetime, maximumTokenLifetime, accessTokenFormat, ...LONG_LIVED },
    allowedAudiences,
    scopes: known,
    trustedIssuers: [],
    authenticationContexts: null,
    upstreamProviders: {},
    resources: {},
    registrationTemplates: templatesOf(Object.keys(known)),
    origin: 'system',
  };
}

/** Without scopes of its own the profile knows those that the sample speaks of. */
function scopesOf(own: NonNullable<Sample['profile']>['scopes'], spokenOf: readonly string[]): Record<string, Scope> {
  if (own === undefined) return unlimited(spokenOf.length === 0 ? DEFAULT_SCOPES : spokenOf);
  if (Array.isArray(own)) return unlimited(own);
  return Object.fromEntries(Object.entries(own).map(([name, { lifetime }]) => [name, lifetime === undefined ? {} : { lifetime }]));
}

function unlimited(names: readonly string[]): Record<string, Scope> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function clientOf({ client = {}, scopes }: Sample, profile: Profile): Client {
  const { id = 'sample-client', name = 'Sample client', description = '', properties = {}, audiences = [] } = client;
  return {
    ...PLAIN_CLIENT,
    profile: SAMPLE_PROFILE,
    id,
    name,
    description,
    capabilities: CLIENT_CAPABILITIES,
    scopes: client.scopes ?? scopes ?? Object.keys(profile.scopes),
    audiences,
    properties,
    accessTokenFormat: client.accessTokenFormat ?? null,
    accessTokenLifetime: client.accessTokenLifetime ?? null,
    introspection: { ...PLAIN_INTROSPECTION, policy: 'any', formats: ['json', 'jwt', 'signed'] },
    origin: 'system',
  };
}

function namesIn(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
}
