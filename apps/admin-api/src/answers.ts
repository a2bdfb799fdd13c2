import { z } from 'zod';
import {
  authenticationContextsBody,
  authorizationCodeBody,
  backchannelAuthenticationBody,
  backchannelClientBody,
  clientAuthenticationBody,
  forwardAuthBody,
  openIdBody,
  refreshTokensBody,
  resourceBody,
  tokenExchangeBody,
  deviceAuthorizationBody,
  tokenValidationBody,
  trustedIssuerBody,
  registrationBody,
  registrationTemplateBody,
  upstreamBody,
  userPagesBody,
} from '#libs/configuration';
import {
  ACCESS_TOKEN_FORMATS,
  ADMINISTRATOR_ROLES,
  BOUND_ACCESS_TOKENS,
  CLIENT_CAPABILITIES,
  ENDPOINT_KINDS,
  INTROSPECTION_FORMATS,
  INTROSPECTION_POLICIES,
  NOT_RUN,
  PROCEDURE_LANGUAGES,
  PROFILE_CAPABILITIES,
  SIGNING_ALGORITHMS,
} from '#libs/oauth';

/** What answers look like, for the OpenAPI description. A test holds real answers against these. */

export const seconds = z.int().describe('Seconds since 1970.');
const origin = z.enum(['file', 'api', 'system']).describe('Who made it: what a file owns, a file may change and remove.');
export const jsonObject = z.record(z.string(), z.unknown());

export const profileAnswer = z
  .strictObject({
    id: z.string(),
    issuer: z.string(),
    capabilities: z.array(z.enum(PROFILE_CAPABILITIES)),
    defaults: z.strictObject({
      accessTokenLifetime: z.int(),
      maximumTokenLifetime: z.int(),
      refreshTokenLifetime: z.int(),
      delegationLifetime: z.int(),
      idTokenLifetime: z.int(),
      dpopNonces: z.boolean(),
      refreshTokenGrace: z.int(),
      accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS),
    }),
    allowedAudiences: z.array(z.string()).nullable(),
    scopes: z.record(
      z.string(),
      z.strictObject({ description: z.string().optional(), lifetime: z.int().optional(), claims: z.array(z.string()).optional() }),
    ),
    trustedIssuers: z.array(trustedIssuerBody),
    upstreamProviders: z.record(z.string(), upstreamBody),
    resources: z.record(z.string(), resourceBody),
    authenticationContexts: authenticationContextsBody.nullable(),
    registrationTemplates: z.record(z.string(), registrationTemplateBody),
    origin,
  })
  .meta({ id: 'Profile' });

export const endpointAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    kind: z.enum(ENDPOINT_KINDS),
    path: z.string(),
    enabled: z.boolean(),
    advertised: z.boolean(),
    deployedTo: z.array(z.string()),
    revocationLag: z.int().nullable(),
    forwardAuth: forwardAuthBody.nullable(),
    tokenValidation: tokenValidationBody.nullable(),
    deviceAuthorization: deviceAuthorizationBody.nullable(),
    userPages: userPagesBody.nullable(),
    backchannelAuthentication: backchannelAuthenticationBody.nullable(),
    registration: registrationBody.nullable(),
    origin,
  })
  .meta({ id: 'Endpoint' });

export const bindingAnswer = z
  .strictObject({ profile: z.string(), endpoint: z.string(), flow: z.string(), procedure: z.string(), version: z.int().nullable(), origin })
  .meta({ id: 'Binding' });

export const secretAnswer = z
  .strictObject({ id: z.string(), createdAt: seconds, expiresAt: seconds.nullable() })
  .meta({ id: 'ClientSecret' });

export const clientAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    secrets: z.array(secretAnswer),
    capabilities: z.array(z.enum(CLIENT_CAPABILITIES)),
    scopes: z.array(z.string()),
    audiences: z.array(z.string()),
    properties: jsonObject,
    accessTokenFormat: z.enum(ACCESS_TOKEN_FORMATS).nullable(),
    accessTokenLifetime: z.int().nullable(),
    refreshTokens: refreshTokensBody.nullable(),
    delegationLifetime: z.int().nullable(),
    boundAccessTokens: z.enum(BOUND_ACCESS_TOKENS).nullable(),
    resources: z.array(z.string()).nullable(),
    authorizationCode: authorizationCodeBody.nullable(),
    backchannelAuthentication: backchannelClientBody.nullable(),
    tokenExchange: tokenExchangeBody.nullable(),
    authentication: clientAuthenticationBody.nullable(),
    openId: openIdBody.nullable(),
    introspection: z.strictObject({
      policy: z.enum(INTROSPECTION_POLICIES).nullable(),
      formats: z.array(z.enum(INTROSPECTION_FORMATS)).nullable(),
      encryption: z.strictObject({ alg: z.string(), enc: z.string(), jwk: jsonObject }).nullable(),
      unknownTokensPerMinute: z.int().nullable(),
    }),
    origin,
  })
  .meta({ id: 'Client' });

const shownOnce = z.string().describe('Shown this once; the service keeps a hash only.');
export const createdClientAnswer = clientAnswer.extend({ secret: shownOnce.optional() }).meta({ id: 'CreatedClient' });
export const createdSecretAnswer = secretAnswer.extend({ secret: shownOnce }).meta({ id: 'CreatedClientSecret' });

export const tokenIssuerAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    kind: z.enum(ACCESS_TOKEN_FORMATS),
    isDefault: z.boolean(),
    enabled: z.boolean(),
    algorithm: z.enum(SIGNING_ALGORITHMS).nullable(),
    lifetime: z.int().nullable(),
    allowSubjectChange: z.boolean(),
    origin,
  })
  .meta({ id: 'TokenIssuer' });

export const signingKeyAnswer = z
  .strictObject({
    profile: z.string(),
    kid: z.string(),
    algorithm: z.enum(SIGNING_ALGORITHMS),
    state: z.enum(['next', 'active', 'retired']),
    publicJwk: jsonObject,
    createdAt: seconds,
    activatedAt: seconds.nullable(),
    retiredAt: seconds.nullable(),
    origin,
  })
  .meta({ id: 'SigningKey' });

export const rotationAnswer = z
  .strictObject({ activated: signingKeyAnswer, retired: signingKeyAnswer.nullable(), next: signingKeyAnswer })
  .meta({ id: 'Rotation' });

export const procedureAnswer = z
  .strictObject({
    id: z.string(),
    flow: z.string(),
    description: z.string(),
    activeVersion: z.int().nullable(),
    samples: z.array(z.string()).describe('Their names.'),
    origin,
  })
  .meta({ id: 'Procedure' });

export const libraryAnswer = z
  .strictObject({ id: z.string(), description: z.string(), activeVersion: z.int().nullable(), origin })
  .meta({ id: 'Library' });

const versionMembers = {
  version: z.int(),
  language: z.enum(PROCEDURE_LANGUAGES),
  digest: z.string().describe('SHA-256 of the source, base64url.'),
  note: z.string(),
  createdAt: seconds,
  createdBy: z.string(),
  origin,
};
const testState = z.enum(['passed', 'failed', 'not-run']);
export const testsAnswer = z
  .strictObject({
    state: testState.describe('`not-run` without samples, or when one could not run.'),
    at: seconds,
    by: z.string(),
    samples: z.array(z.strictObject({ name: z.string(), state: testState, problems: z.array(z.string()), milliseconds: z.int() })),
  })
  .meta({ id: 'VersionTests' });
export const listedProcedureAnswer = procedureAnswer
  .extend({
    latestVersion: z.int().nullable(),
    bindings: z
      .array(z.strictObject({ profile: z.string(), endpoint: z.string(), version: z.int().nullable() }))
      .describe('Where it answers its flow; with the version null it follows the active one.'),
    tests: testState.nullable().describe('How the latest version did in the samples, the last time; null for one that came by a file.'),
    lastFault: seconds.nullable().describe('When it failed last on this node, as far as that is remembered.'),
  })
  .meta({ id: 'ListedProcedure' });

export const versionAnswer = z
  .strictObject({
    procedure: z.string(),
    ...versionMembers,
    libraries: z.array(z.strictObject({ library: z.string(), version: z.int() })).describe('In the order of their evaluation.'),
    secrets: z.array(z.string()).describe('Names of the secrets it may read; their values are those of the profile it answers for.'),
    tests: testsAnswer.nullable().describe('How it did in the samples of its procedure, the last time; null for one that came by a file.'),
  })
  .meta({ id: 'ProcedureVersion' });
export const libraryVersionAnswer = z.strictObject({ library: z.string(), ...versionMembers }).meta({ id: 'LibraryVersion' });

const position = { line: z.int().optional(), column: z.int().optional(), library: z.string().optional() };
export const findingAnswer = z.strictObject({ code: z.string(), message: z.string(), ...position }).meta({ id: 'CheckFinding' });
const uploadMembers = {
  active: z.boolean(),
  warnings: z.array(findingAnswer).describe('What the check advises; none of it keeps the version from use.'),
};
export const uploadAnswer = versionAnswer.extend(uploadMembers).meta({ id: 'UploadedVersion' });
export const uploadedLibraryAnswer = libraryVersionAnswer.extend(uploadMembers).meta({ id: 'UploadedLibraryVersion' });

const credentials = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('basic'), username: z.string() }),
  z.strictObject({ kind: z.literal('bearer') }),
  z.strictObject({ kind: z.literal('header'), name: z.string() }),
]);
export const httpClientAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    allowedHosts: z.array(z.string()),
    allowHttp: z.boolean(),
    allowTokens: z.boolean().describe('Whether requests may carry tokens of the run.'),
    allowedNetworks: z.array(z.string()),
    credentials: credentials.nullable().describe('Null for none; otherwise a value is set, which no answer shows.'),
    tls: z.strictObject({
      caCertificates: z.string().nullable(),
      clientCertificate: z.string().nullable(),
      clientKey: z.boolean().describe('Whether a key is set, which no answer shows.'),
    }),
    timeoutMilliseconds: z.int(),
    maximumResponseBytes: z.int(),
    maximumRedirects: z.int(),
    origin,
  })
  .meta({ id: 'HttpClient' });

export const profileSecretAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    createdAt: seconds,
    updatedAt: seconds.describe('When its value was set, which no answer shows. Seconds since 1970.'),
    origin,
  })
  .meta({ id: 'Secret' });

export const bucketAnswer = z.strictObject({ profile: z.string(), id: z.string(), description: z.string(), origin }).meta({ id: 'Bucket' });
export const bucketEntryAnswer = z
  .strictObject({ subject: z.string(), purpose: z.string(), attributes: jsonObject, updatedAt: seconds })
  .meta({ id: 'BucketEntry' });
export const clearedAnswer = z.strictObject({ entries: z.int().describe('How many were deleted.') }).meta({ id: 'ClearedEntries' });

export const administratorAnswer = z
  .strictObject({ id: z.string(), role: z.enum(ADMINISTRATOR_ROLES), createdAt: seconds, origin })
  .meta({ id: 'Administrator' });
export const createdAdministratorAnswer = administratorAnswer.extend({ token: shownOnce }).meta({ id: 'CreatedAdministrator' });

export const delegationAnswer = z
  .strictObject({
    profile: z.string(),
    id: z.string(),
    clientId: z.string(),
    owner: z.string(),
    scope: z.string(),
    status: z.enum(['active', 'revoked']),
    view: jsonObject.describe('What procedures see of it.'),
    createdAt: seconds,
    expiresAt: seconds,
    revokedAt: seconds.nullable(),
  })
  .meta({ id: 'Delegation' });

export const revocationsAnswer = z.strictObject({ delegations: z.int().describe('How many were revoked.') }).meta({ id: 'Revocations' });

export const tokenAnswer = z
  .strictObject({
    id: z.string().describe('Public id; neither the token nor its hash.'),
    profile: z.string(),
    purpose: z.enum(['access_token', 'refresh_token']),
    form: z.enum(ACCESS_TOKEN_FORMATS),
    clientId: z.string(),
    subject: z.string().nullable(),
    delegationId: z.string(),
    data: jsonObject,
    issuedAt: seconds,
    expiresAt: seconds,
    revokedAt: seconds.nullable(),
  })
  .meta({ id: 'Token' });

export const auditEventAnswer = z
  .strictObject({
    id: z.int(),
    at: seconds,
    actor: z.string(),
    action: z.string(),
    kind: z.string(),
    key: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    revision: z.int().nullable(),
  })
  .meta({ id: 'AuditEvent' });

export const faultAnswer = z.strictObject({
  kind: z.string(),
  procedure: z.string(),
  version: z.int(),
  message: z.string(),
  ...position,
  stack: z.array(z.strictObject({ line: z.int(), column: z.int(), library: z.string().optional() })),
  retryable: z.boolean().optional(),
  notRun: z.enum(NOT_RUN).optional().describe('Why it did not even begin to run.'),
});
export const recordedFaultAnswer = faultAnswer.extend({ at: seconds, profile: z.string(), flow: z.string() }).meta({ id: 'RecordedFault' });

export const flowAnswer = z
  .strictObject({ id: z.string(), endpoint: z.enum(ENDPOINT_KINDS), title: z.string(), contextType: z.string(), source: z.string() })
  .meta({ id: 'Flow' });

export const statusAnswer = z
  .strictObject({
    version: z.string(),
    revision: z.int().describe('Of the configuration in force on this node.'),
    baseUrl: z.string(),
    fourEyes: z.boolean().describe('Whether a second administrator approves what decides what tokens say.'),
    ready: z.boolean(),
    reason: z.string().optional(),
    database: z.enum(['memory', 'sqlite', 'postgres']),
    entities: z.record(z.string(), z.int()).describe('How many there are of each kind.'),
    sandbox: z.looseObject({ ready: z.boolean(), inFlight: z.int() }).describe('Isolation, processes, counts and quarantined procedures.'),
    faults: z.array(recordedFaultAnswer).describe('The latest failures of procedures on this node, newest first.'),
  })
  .meta({ id: 'Status' });

export const healthAnswer = z.strictObject({ status: z.enum(['ok', 'unavailable']), reason: z.string().optional() }).meta({ id: 'Health' });

export const problemAnswer = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string(),
          message: z.string(),
          kind: z.string().optional(),
          key: z.string().optional(),
          ...position,
        }),
      )
      .optional(),
    findings: z.array(findingAnswer).optional(),
  })
  .meta({ id: 'Problem' });

/** The answer of a list of something. */
export function listOf(item: z.ZodType) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('Send it as `after` for the next page; null on the last one.'),
  });
}
