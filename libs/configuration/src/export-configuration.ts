import { Document, isCollection, isMap, isPair, isScalar, isSeq, Scalar, visit, type Pair } from 'yaml';
import {
  DEFAULT_OPENID,
  DEFAULT_BACKCHANNEL_AUTHENTICATION,
  DEFAULT_BACKCHANNEL_CLIENT,
  DEFAULT_TOKEN_EXCHANGE,
  PLAIN_CLIENT,
  PLAIN_INTROSPECTION,
  type BackchannelClientSettings,
  type RegistrationSettings,
  type RegistrationTemplate,
  type Client,
  type ClientAuthenticationSettings,
  type ClientSecret,
  type Configuration,
  type Endpoint,
  type HttpClient,
  type Library,
  type LibraryVersion,
  type OpenIdSettings,
  type Procedure,
  type ProcedureVersion,
  type Profile,
  type Resource,
  type Secret,
  type TokenExchangeSettings,
  type TokenIssuer,
  type TrustedIssuer,
  type UpstreamProvider,
  PLAIN_THEME,
  type UserPagesSettings,
} from '#libs/oauth';
import { libraryVersionsOf, versionsOf } from './plan.ts';
import { NO_FORWARD_AUTH } from './schema/forward-auth-body.ts';
import { PLAIN_TEMPLATE } from './schema/registration-body.ts';
import { PLAIN_DEVICE_AUTHORIZATION } from './schema/device-authorization-body.ts';
import { upstreamBody } from './schema/upstream-body.ts';
import { PLAIN_USER_PAGES } from './schema/user-pages-body.ts';

export interface ExportOptions {
  /** Seconds since 1970, for the heading. */
  readonly now: number;
}

/**
 * The whole configuration as the text of a configuration file, entities of every origin: applied to the same service
 * it changes nothing, applied to an empty one with the same key encryption key it gives the same configuration.
 * Client secrets come out as hashes; secrets, credentials and client keys sealed.
 * Signing keys and administrators are not part of it.
 */
export function exportConfiguration(configuration: Configuration, { now }: ExportOptions): string {
  const document = new Document({
    profiles: entries(configuration.all('profile'), (profile) => [profile.id, profileEntry(configuration, profile)]),
    ...terse({ libraries: entries(configuration.all('library'), (library) => [library.id, libraryEntry(configuration, library)]) }, NONE),
    procedures: entries(configuration.all('procedure'), (procedure) => [procedure.id, procedureEntry(configuration, procedure)]),
  });
  const [, ...further] = isMap(document.contents) ? document.contents.items : [];
  for (const { key } of further) if (isScalar(key)) key.spaceBefore = true;
  document.commentBefore = heading(configuration.revision, now);
  style(document);
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: true });
}

function heading(revision: number, now: number): string {
  return [
    `The configuration of a Tokenwright service at revision ${revision}, exported at ${timeText(now)}.`,
    'Apply it with: tokenwright apply FILE',
    '',
    'It holds everything but signing keys and administrators, which every service makes for itself, and tokens.',
    'Client secrets are hashes. In place of `versions` a procedure may name its text: `file: my-procedure.js`.',
    'What is `sealed` can be opened by services with the same key encryption key only; for another one write a `value` or an `env`.',
  ]
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n');
}

type Entry = Record<string, unknown>;

function entries<T>(values: Iterable<T>, entry: (value: T) => readonly [string, Entry]): Entry {
  return Object.fromEntries([...values].map(entry));
}

/** Without members that say what is so anyway. */
function terse(entry: Entry, usual: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([member, value]) => JSON.stringify(value) !== JSON.stringify(usual[member])));
}

const NONE = { libraries: {}, httpClients: {}, secrets: {}, buckets: {} };

function profileEntry(
  configuration: Configuration,
  {
    id,
    issuer,
    capabilities,
    defaults,
    allowedAudiences,
    scopes,
    trustedIssuers,
    upstreamProviders,
    resources,
    authenticationContexts,
    registrationTemplates,
  }: Profile,
): Entry {
  const mine = <T extends { readonly profile: string }>(values: Iterable<T>) => [...values].filter((value) => value.profile === id);
  return {
    ...terse(
      {
        ...{ issuer, capabilities, defaults, allowedAudiences, scopes, trustedIssuers: trustedIssuers.map(trustedIssuerEntry) },
        upstreamProviders: entries(Object.entries(upstreamProviders), ([name, provider]) => [name, upstreamEntry(provider)]),
        resources: entries(Object.entries(resources), ([uri, resource]) => [uri, resourceEntry(resource)]),
        authenticationContexts,
        registrationTemplates: entries(Object.entries(registrationTemplates), ([name, template]) => [name, templateEntry(template)]),
      },
      {
        ...{ allowedAudiences: null, scopes: {}, trustedIssuers: [], upstreamProviders: {}, resources: {} },
        ...{ authenticationContexts: null, registrationTemplates: {} },
      },
    ),
    endpoints: entries(mine(configuration.all('endpoint')), (endpoint) => [endpoint.id, endpointEntry(configuration, endpoint)]),
    tokenIssuers: entries(mine(configuration.all('token-issuer')), (tokenIssuer) => [tokenIssuer.id, tokenIssuerEntry(tokenIssuer)]),
    clients: entries(mine(configuration.all('client')), (client) => [client.id, clientEntry(client)]),
    ...terse(
      {
        httpClients: entries(mine(configuration.all('http-client')), (client) => [client.id, httpClientEntry(client)]),
        secrets: entries(mine(configuration.all('secret')), (secret) => [secret.id, sealedSecretEntry(secret)]),
        buckets: entries(mine(configuration.all('bucket')), ({ id: bucket, description }) => [
          bucket,
          terse({ description }, { description: '' }),
        ]),
      },
      NONE,
    ),
  };
}

function upstreamEntry({ issuer, clientId, authentication, displayName, ...provider }: UpstreamProvider): Entry {
  const usual = upstreamBody.parse({ issuer, clientId, authentication, displayName });
  return { issuer, clientId, authentication: terse({ ...authentication }, { secret: null }), displayName, ...terse(provider, usual) };
}

function httpClientEntry({ credentials, tls, ...client }: HttpClient): Entry {
  const { allowedHosts, allowHttp, allowTokens, allowedNetworks, timeoutMilliseconds, maximumResponseBytes, maximumRedirects } = client;
  const { caCertificates, clientCertificate, sealedClientKey } = tls;
  const sealed = (value: string | null) => (value === null ? null : { sealed: value });
  const { sealedValue, ...named } = credentials ?? { sealedValue: null };
  return terse(
    {
      ...{ allowedHosts, allowHttp, allowTokens, allowedNetworks },
      credentials: credentials === null ? null : { ...named, value: sealed(sealedValue) },
      tls: terse(
        { caCertificates, clientCertificate, clientKey: sealed(sealedClientKey) },
        { caCertificates: null, clientCertificate: null, clientKey: null },
      ),
      ...{ timeoutMilliseconds, maximumResponseBytes, maximumRedirects },
    },
    { allowHttp: false, allowTokens: false, allowedNetworks: [], credentials: null, tls: {} },
  );
}

function sealedSecretEntry({ sealedValue, createdAt, updatedAt }: Secret): Entry {
  return { sealed: sealedValue, createdAt: timeText(createdAt), updatedAt: timeText(updatedAt) };
}

function endpointEntry(configuration: Configuration, endpoint: Endpoint): Entry {
  const { profile, id, kind, path, enabled, advertised, deployedTo, revocationLag, tokenValidation } = endpoint;
  const bindings = [...configuration.all('binding')].filter((binding) => binding.profile === profile && binding.endpoint === id);
  const procedures = Object.fromEntries(
    bindings.map(({ flow, procedure, version }) => [flow, version === null ? procedure : { procedure, version }]),
  );
  const lag = kind === 'oauth-introspect' || kind === 'oauth-forward-auth' ? { revocationLag } : {};
  const ofKind = {
    ...settingsEntry('forwardAuth', endpoint.forwardAuth, NO_FORWARD_AUTH),
    ...settingsEntry('deviceAuthorization', endpoint.deviceAuthorization, PLAIN_DEVICE_AUTHORIZATION),
    ...userPagesEntry(endpoint.userPages),
    ...settingsEntry('backchannelAuthentication', endpoint.backchannelAuthentication, DEFAULT_BACKCHANNEL_AUTHENTICATION),
    ...(endpoint.registration === null ? {} : { registration: registrationEntry(endpoint.registration) }),
  };
  return terse(
    { kind, path, enabled, advertised, deployedTo, ...lag, tokenValidation, ...ofKind, procedures },
    {
      ...{ enabled: true, deployedTo: ['default'], tokenValidation: null, procedures: {} },
      ...{ forwardAuth: {}, deviceAuthorization: {}, userPages: {}, backchannelAuthentication: {} },
    },
  );
}

/** Of a theme, too, only what is not the usual. */
function userPagesEntry(settings: UserPagesSettings | null): Entry {
  if (settings === null) return {};
  const { palette, links, ...theme } = settings.theme;
  const entry = {
    ...{ palette: terse({ ...palette }, { ...PLAIN_THEME.palette }), links: terse({ ...links }, { ...PLAIN_THEME.links }) },
    ...terse(theme, { ...PLAIN_THEME }),
  };
  const terser = { ...settings, theme: terse(entry, { palette: {}, links: {} }) };
  return { userPages: terse(terser, { ...PLAIN_USER_PAGES, theme: {} }) };
}

/** The settings that only one kind of endpoint has, as far as they are not the usual ones. */
function settingsEntry<Settings extends object>(name: string, settings: Settings | null, usual: Settings): Entry {
  return settings === null ? {} : { [name]: terse({ ...settings } as Entry, { ...usual } as Entry) };
}

function tokenIssuerEntry({ kind, isDefault, enabled, algorithm, lifetime, allowSubjectChange }: TokenIssuer): Entry {
  return terse(
    { kind, isDefault, enabled, algorithm, lifetime, allowSubjectChange },
    { enabled: true, algorithm: null, lifetime: null, allowSubjectChange: false },
  );
}

function clientEntry(client: Client): Entry {
  const { id, name, description, enabled, secrets, capabilities, scopes, audiences, properties, accessTokenFormat, accessTokenLifetime } =
    client;
  const refreshTokens =
    client.refreshTokens === null ? null : terse({ ...client.refreshTokens }, { lifetime: null, rotation: true, grace: null });
  const authorizationCode =
    client.authorizationCode === null
      ? null
      : terse(
          { ...client.authorizationCode },
          { postLogoutRedirectUris: [], webOrigins: [], consent: true, pushedRequestsOnly: false, signedRequestsOnly: false },
        );
  const introspection = terse({ ...client.introspection }, { ...PLAIN_INTROSPECTION });
  const secret = secrets.length === 1 ? secretEntry(secrets[0]) : secrets.map(secretEntry);
  return terse(
    {
      name,
      description,
      enabled,
      secret,
      capabilities,
      scopes,
      audiences,
      properties,
      accessTokenFormat,
      accessTokenLifetime,
      refreshTokens,
      delegationLifetime: client.delegationLifetime,
      boundAccessTokens: client.boundAccessTokens,
      resources: client.resources,
      authorizationCode,
      backchannelAuthentication: backchannelEntry(client.backchannelAuthentication),
      tokenExchange: tokenExchangeEntry(client.tokenExchange),
      authentication: authenticationEntry(client.authentication),
      openId: openIdEntry(client.openId),
      introspection,
    },
    { ...PLAIN_CLIENT, name: id, secret: [], introspection: {} },
  );
}

function resourceEntry(resource: Resource): Entry {
  return terse({ ...resource }, { audience: null, scopes: null, accessTokenFormat: null, accessTokenLifetime: null });
}

function templateEntry(template: RegistrationTemplate): Entry {
  const { capabilities, ...defaults } = PLAIN_TEMPLATE;
  return { capabilities: template.capabilities, ...terse({ ...template, capabilities }, { ...defaults, capabilities }) };
}

function registrationEntry(registration: RegistrationSettings): Entry {
  return terse(
    { ...registration },
    {
      ...{ templates: [], access: ['initial-access-token'], accessTokenScope: null, softwareStatements: [] },
      ...{ softwareStatementRequired: false, perMinute: 60 },
    },
  );
}

function trustedIssuerEntry(trusted: TrustedIssuer): Entry {
  return terse({ ...trusted }, { jwks: null, jwksUri: null, subjectPrefix: null });
}

function backchannelEntry(settings: BackchannelClientSettings | null): Entry | null {
  return settings === null ? null : terse({ ...settings }, { ...DEFAULT_BACKCHANNEL_CLIENT });
}

function tokenExchangeEntry(settings: TokenExchangeSettings | null): Entry | null {
  return settings === null ? null : terse({ ...settings }, { ...DEFAULT_TOKEN_EXCHANGE });
}

function authenticationEntry(settings: ClientAuthenticationSettings | null): Entry | null {
  return settings === null ? null : terse({ ...settings }, { jwks: null, jwksUri: null, certificateSubject: null, certificates: [] });
}

function openIdEntry(settings: OpenIdSettings | null): Entry | null {
  return settings === null ? null : terse({ ...settings }, { ...DEFAULT_OPENID });
}

function secretEntry(secret: ClientSecret | undefined): Entry {
  if (secret === undefined) return {};
  const { hash, createdAt, expiresAt } = secret;
  return { hash, createdAt: timeText(createdAt), ...(expiresAt === null ? {} : { expiresAt: timeText(expiresAt) }) };
}

function procedureEntry(configuration: Configuration, { id, flow, description, activeVersion, samples }: Procedure): Entry {
  const versions = versionsOf(configuration, id).map((version) => {
    const libraries = version.libraries.map((pin) => `${pin.library}@${pin.version}`);
    return versionEntry(version, terse({ libraries, secrets: version.secrets }, { libraries: [], secrets: [] }));
  });
  const tried = entries(samples, ({ name, description: said, sample, expect }) => [
    name,
    terse({ description: said, sample, expect }, { description: '', expect: {} }),
  ]);
  return { flow, ...terse({ description, samples: tried }, { description: '', samples: {} }), activeVersion, versions };
}

function libraryEntry(configuration: Configuration, { id, description, activeVersion }: Library): Entry {
  const versions = libraryVersionsOf(configuration, id).map((version) => versionEntry(version, {}));
  return { ...terse({ description }, { description: '' }), activeVersion, versions };
}

function versionEntry({ language, source, note, createdAt, createdBy }: ProcedureVersion | LibraryVersion, uses: Entry): Entry {
  return {
    ...terse({ language, note }, { language: 'javascript', note: '' }),
    createdAt: timeText(createdAt),
    createdBy,
    ...uses,
    source,
  };
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Nodes and pairs above a mapping from which on it is a small setting rather than an entity of its own. */
const DEPTH_OF_SETTINGS = 9;

/** Texts of several lines. */
const TEXTS = new Set<unknown>(['source', 'stylesheet', 'caCertificates', 'clientCertificate']);

/** Short lists and mappings on one line, texts of several lines as blocks. */
function style(document: Document): void {
  visit(document, {
    Collection: (_key, node, ancestors) => {
      const flat = node.items.every((item) => !isCollection(item) && !(isPair(item) && isCollection(item.value)));
      const ofText = node.items.some((item) => isPair(item) && isText(item));
      if (node.items.length === 0 || (flat && !ofText && (isSeq(node) || ancestors.length >= DEPTH_OF_SETTINGS))) node.flow = true;
    },
    Pair: (_key, pair) => {
      if (isText(pair) && isScalar(pair.value)) pair.value.type = Scalar.BLOCK_LITERAL;
    },
  });
}

function isText({ key, value }: Pair): boolean {
  return isScalar(key) && TEXTS.has(key.value) && isScalar(value) && typeof value.value === 'string';
}
