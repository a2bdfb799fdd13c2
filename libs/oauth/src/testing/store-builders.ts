import { randomBytes } from 'node:crypto';
import { PLAIN_CLIENT } from '../configuration/plain-client.ts';
import { put, type Change } from '../configuration/configuration.ts';
import type {
  Bucket,
  Client,
  Endpoint,
  Library,
  LibraryVersion,
  Procedure,
  ProcedureVersion,
  SigningKey,
  Profile,
  Secret,
} from '../configuration/entities.ts';
import type { HttpClient } from '../configuration/http-client-settings.ts';
import type { NewPolledAuthorization } from '../polled-authorization-store.ts';
import type { Commit, Effect, NewAuditEvent, NewDelegation, NewGrant, NewToken, TokenKey } from '../stores.ts';
import type { Use } from '../single-use-store.ts';
import { periodOf } from '../token/opaque-token.ts';

/** A time in 2031, far from the machine's clock in both directions that matter. */
export const AT = 1_930_000_000;

let counter = 0;

/** An id that no other has, in this process or another. */
export function unique(prefix: string): string {
  return `${prefix}-${String(++counter)}-${randomBytes(4).toString('hex')}`;
}

export function aDelegation(profile: string, members: Partial<NewDelegation> = {}): NewDelegation {
  const id = members.id ?? unique('delegation');
  const view = JSON.stringify({ id, clientId: 'client', owner: 'owner', scope: 'read', claims: { 'line\nfeed': 'ü\u2028' } });
  return { profile, id, clientId: 'client', owner: 'owner', scope: 'read', view, createdAt: AT, expiresAt: AT + 3600, ...members };
}

export function aToken(delegation: NewDelegation, members: Partial<NewToken> = {}): NewToken {
  const expiresAt = members.expiresAt ?? AT + 300;
  return {
    key: aKey(expiresAt),
    profile: delegation.profile,
    purpose: 'access_token',
    form: 'opaque',
    clientId: delegation.clientId,
    subject: delegation.owner,
    delegationId: delegation.id,
    data: `{"sub":"owner","text":"\\u0000 \\ud800 ${unique('data')} ü"}`,
    issuedAt: AT,
    expiresAt,
    ...members,
  };
}

export function aKey(expiresAt = AT): TokenKey {
  return { period: periodOf(expiresAt), hash: randomBytes(32) };
}

export function aGrant(delegation: NewDelegation, members: Partial<NewGrant> = {}): NewGrant {
  const { profile, id, clientId } = delegation;
  return { profile, hash: randomBytes(32), kind: 'code', clientId, delegationId: id, data: '{"nonce":"n"}', expiresAt: AT, ...members };
}

export function aPolledAuthorization(members: Partial<NewPolledAuthorization> = {}): NewPolledAuthorization {
  return {
    ...{ profile: unique('p'), hash: randomBytes(32), kind: 'device_code', clientId: 'client', userCode: randomBytes(32) },
    ...{ subject: null, boundTo: null, data: '{"scopes":["ü"]}', createdAt: AT - 600, expiresAt: AT, interval: 5 },
    ...members,
  };
}

export function aUse(members: Partial<Use> = {}): Use {
  return { profile: unique('p'), kind: 'client-assertion', hash: randomBytes(32), expiresAt: AT, ...members };
}

export function aCommit(effects: readonly Effect[], members: Partial<Commit> = {}): Commit {
  return { at: AT, effects, requires: [], claim: null, ...members };
}

/** A delegation with tokens and grants on it, as effects. */
export function making(delegation: NewDelegation, ...rest: readonly (NewToken | NewGrant)[]): Effect[] {
  const effect = (made: NewToken | NewGrant): Effect =>
    'purpose' in made ? { effect: 'token', token: made } : { effect: 'grant', grant: made };
  return [{ effect: 'delegation', delegation }, ...rest.map(effect)];
}

export function aProfile(members: Partial<Profile> = {}): Profile {
  return {
    id: unique('profile'),
    issuer: '/~',
    capabilities: ['introspection'],
    defaults: {
      ...{ accessTokenLifetime: 300, maximumTokenLifetime: 3600, accessTokenFormat: 'opaque' },
      ...{ refreshTokenLifetime: 86_400, delegationLifetime: 604_800, refreshTokenGrace: 30, idTokenLifetime: 600, dpopNonces: false },
    },
    allowedAudiences: null,
    scopes: { write: {}, read: { description: 'ü', lifetime: 60 } },
    trustedIssuers: [],
    upstreamProviders: {},
    resources: {},
    authenticationContexts: null,
    registrationTemplates: {},
    origin: 'api',
    ...members,
  };
}

export function aClient(profile: string, members: Partial<Client> = {}): Client {
  return {
    ...PLAIN_CLIENT,
    profile,
    id: unique('https://client/with slash'),
    name: 'A client',
    secrets: [{ hash: 'sha256$x', createdAt: AT, expiresAt: null }],
    capabilities: ['introspection'],
    scopes: ['read', 'write'],
    properties: { nested: { list: [1, 'two', null, false] } },
    accessTokenLifetime: 120,
    origin: 'file',
    ...members,
  };
}

export function anEndpoint(profile: string, members: Partial<Endpoint> = {}): Endpoint {
  const id = unique('endpoint');
  return {
    ...{ profile, id, kind: 'oauth-introspect', path: `/${id}`, enabled: true, advertised: false },
    ...{ deployedTo: ['default'], revocationLag: null, forwardAuth: null, tokenValidation: null, deviceAuthorization: null },
    ...{ userPages: null, backchannelAuthentication: null, registration: null, origin: 'api' },
    ...members,
  };
}

export function aSigningKey(profile: string, kid: string): SigningKey {
  return {
    ...{ profile, kid, algorithm: 'ES256', state: 'active', publicJwk: { kty: 'EC', kid }, sealedPrivateJwk: 'sealed' },
    ...{ createdAt: AT, activatedAt: AT, retiredAt: null, origin: 'system' },
  };
}

export function aProcedure(members: Partial<Procedure> = {}): Procedure {
  return {
    id: unique('procedure'),
    flow: 'oauth-introspect',
    description: '',
    activeVersion: null,
    samples: [],
    origin: 'api',
    ...members,
  };
}

export function aVersion(procedure: string, members: Partial<ProcedureVersion> = {}): ProcedureVersion {
  return {
    ...{ procedure, version: 1, language: 'typescript', source: 'function result(context: object) { return {}; }' },
    ...{ script: 'function result(context        ) { return {}; }', libraries: [], secrets: ['b', 'a'], tests: null, digest: 'd' },
    ...{ note: '', createdAt: AT, createdBy: 'admin', origin: 'api' },
    ...members,
  };
}

export function aLibrary(members: Partial<Library> = {}): Library {
  return { id: unique('library'), description: '', activeVersion: null, origin: 'api', ...members };
}

export function aLibraryVersion(library: string, members: Partial<LibraryVersion> = {}): LibraryVersion {
  const source = 'function twice(n) { return n + n; }';
  return {
    ...{ library, version: 1, language: 'javascript', source, script: source, digest: 'd' },
    ...{ note: '', createdAt: AT, createdBy: 'admin', origin: 'api' },
    ...members,
  };
}

export function anHttpClient(profile: string, members: Partial<HttpClient> = {}): HttpClient {
  return {
    ...{ profile, id: unique('http-client'), allowedHosts: ['api.example.com', '*.example.org:8443'], allowHttp: false },
    allowTokens: false,
    ...{ allowedNetworks: ['10.1.0.0/16'], credentials: { kind: 'basic', username: 'ü', sealedValue: 'jwe' } },
    tls: { caCertificates: null, clientCertificate: null, sealedClientKey: null },
    ...{ timeoutMilliseconds: 5000, maximumResponseBytes: 262_144, maximumRedirects: 0, origin: 'api' },
    ...members,
  };
}

export function aSecret(profile: string, members: Partial<Secret> = {}): Secret {
  return { profile, id: unique('secret'), sealedValue: 'jwe', createdAt: AT, updatedAt: AT + 1, origin: 'api', ...members };
}

export function aBucket(profile: string, members: Partial<Bucket> = {}): Bucket {
  return { profile, id: unique('bucket'), description: 'ü', origin: 'api', ...members };
}

export function anEvent(members: Partial<NewAuditEvent> = {}): NewAuditEvent {
  return {
    at: AT,
    actor: 'admin',
    action: 'client.create',
    kind: 'client',
    key: unique('key'),
    before: null,
    after: { a: [1] },
    ...members,
  };
}

/** Entities of every kind: a profile with a client, an endpoint, and a procedure bound to it at its active version, among others. */
export function aConfiguration(): { readonly profile: string; readonly procedure: string; readonly changes: readonly Change[] } {
  const profile = aProfile();
  const endpoint = anEndpoint(profile.id);
  const procedure = aProcedure({ activeVersion: 1 });
  const library = aLibrary({ activeVersion: 1 });
  const changes = [
    // References before what they refer to: a store checks them at the end.
    put('binding', {
      profile: profile.id,
      endpoint: endpoint.id,
      flow: 'oauth-introspect',
      procedure: procedure.id,
      version: null,
      origin: 'api',
    }),
    put('procedure', procedure),
    put('procedure-version', aVersion(procedure.id, { libraries: [{ library: library.id, version: 1 }] })),
    put('library', library),
    put('library-version', aLibraryVersion(library.id)),
    put('http-client', anHttpClient(profile.id)),
    put('secret', aSecret(profile.id)),
    put('bucket', aBucket(profile.id)),
    put('endpoint', endpoint),
    put('client', aClient(profile.id)),
    put('profile', profile),
    put('token-issuer', {
      ...{ profile: profile.id, id: 'jwt', kind: 'jwt', isDefault: true, enabled: false, algorithm: null, lifetime: null },
      ...{ allowSubjectChange: true, origin: 'system' },
    }),
    put('signing-key', {
      ...{
        profile: profile.id,
        kid: unique('kid'),
        algorithm: 'ES256',
        state: 'active',
        publicJwk: { kty: 'EC' },
        sealedPrivateJwk: 'jwe',
      },
      ...{ createdAt: AT, activatedAt: AT, retiredAt: null, origin: 'system' },
    }),
    put('administrator', { id: unique('admin'), role: 'author', tokenHash: 'sha256$y', createdAt: AT, origin: 'system' }),
  ];
  return { profile: profile.id, procedure: procedure.id, changes };
}
