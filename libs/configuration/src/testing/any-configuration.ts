import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import {
  ACCESS_TOKEN_FORMATS,
  CLIENT_CAPABILITIES,
  type ClientCapability,
  Configuration,
  DEFAULT_BACKCHANNEL_CLIENT,
  ENDPOINT_KINDS,
  FLOWS,
  INTROSPECTION_FORMATS,
  INTROSPECTION_POLICIES,
  PROCEDURE_LANGUAGES,
  PROFILE_CAPABILITIES,
  put,
  SIGNING_ALGORITHMS,
  type Change,
  type ClientAuthenticationSettings,
  type EndpointKind,
  type FlowId,
  type Origin,
  type ProcedureLanguage,
} from '#libs/oauth';
import { aClientCertificate } from '../../../oauth/src/testing/client-certificate.ts';
import { digestOf } from '../plan.ts';
import { NO_FORWARD_AUTH } from '../schema/forward-auth-body.ts';
import { PLAIN_TEMPLATE, registrationBody } from '../schema/registration-body.ts';
import { PLAIN_DEVICE_AUTHORIZATION } from '../schema/device-authorization-body.ts';
import { PLAIN_USER_PAGES } from '../schema/user-pages-body.ts';
import { SEALER } from './files.ts';
import {
  API,
  ASKING,
  CODES,
  EXCHANGING,
  OPENID,
  RESOURCE,
  SECRETS,
  TRUSTED,
  UPSTREAMS,
  UPSTREAM_CLIENT,
  WAITING,
} from './written-out-settings.ts';

const origin = fc.constantFrom<Origin>('file', 'api');
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/);
const clientId = fc.stringMatching(/^[A-Za-z0-9!#$&'*/;<=>?@^_`{|}~()[\],-][A-Za-z0-9!#$&'*/;<=>?@^_`{|}~(),.-]{0,8}$/);
const scopeName = fc.oneof(
  fc.constantFrom('read', 'toString', 'constructor', 'null', 'true', '1', '~', '<<', '-', '#a'),
  fc.stringMatching(/^[!#-[\]-~]{1,8}$/),
);
// eslint-disable-next-line no-control-regex -- naming them is how they are left out
const label = fc.stringMatching(/^[^\u0000-\u001f\u007f\ud800-\udfff]{0,20}$/u);
const lifetime = fc.integer({ min: 1, max: 80_000 });
const time = fc.integer({ min: 1_500_000_000, max: 1_700_000_000 });
const NO_AUTHENTICATION = { jwks: null, jwksUri: null, certificateSubject: null, certificates: [] };
const publicJwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
const authentication = fc.constantFrom<ClientAuthenticationSettings>(
  { ...NO_AUTHENTICATION, methods: ['client_secret_basic'] },
  { ...NO_AUTHENTICATION, methods: ['client_secret_post', 'private_key_jwt'], jwks: { keys: [{ ...publicJwk, kid: 'a: #1' }] } },
  { ...NO_AUTHENTICATION, methods: ['tls_client_auth'], certificateSubject: { kind: 'subject_dn', value: 'CN=a\\, b,O=c' } },
  { ...NO_AUTHENTICATION, methods: ['self_signed_tls_client_auth'], certificates: ['A'.repeat(43)] },
);
const hash = fc.stringMatching(/^sha256\$[A-Za-z0-9_-]{43}$/);
const source = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc
    .array(
      fc.constantFrom('function result() {', '  return {};', '}', '', '\t', '# x', '---', '...', ' x ', '"', "'", '\r', '\u2028', '\ufeff'),
      { minLength: 1 },
    )
    .map((lines) => lines.join('\n') || 'x'),
);
const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes('__proto__'));

const sealed = fc.constantFrom(...(await Promise.all(['one', 'two', 'ein-drittes'].map((text) => SEALER.sealText(text)))));
const { certificate, key: clientKey } = await aClientCertificate();
const sealedKey = await SEALER.sealText(clientKey);

/** Stands for the compiler: what runs of TypeScript is another text than its source. */
const scriptOf = (source: string, language: ProcedureLanguage) => (language === 'typescript' ? `${source} ` : source);
export const options = {
  compile: ({ source: text, language }: { source: string; language: ProcedureLanguage }) =>
    Promise.resolve({ ok: true as const, script: scriptOf(text, language) }),
};
const upload = { source, language: fc.constantFrom(...PROCEDURE_LANGUAGES), note: label, createdAt: time, createdBy: id, origin };

const httpClient = fc.record({
  id,
  allowedHosts: fc.subarray(['api.example.com', '*.example.org', '[2001:db8::1]:8443']),
  allowHttp: fc.boolean(),
  allowTokens: fc.boolean(),
  allowedNetworks: fc.subarray(['10.1.0.0/16', 'fd00:1::/32']),
  credentials: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('basic' as const), username: fc.constantFrom('me', 'ü'), sealedValue: sealed }),
      fc.record({ kind: fc.constant('bearer' as const), sealedValue: sealed }),
      fc.record({ kind: fc.constant('header' as const), name: fc.constant('X-Api-Key'), sealedValue: sealed }),
    ),
  ),
  tls: fc.constantFrom(
    { caCertificates: null, clientCertificate: null, sealedClientKey: null },
    { caCertificates: `# ours\n${certificate}`, clientCertificate: null, sealedClientKey: null },
    { caCertificates: null, clientCertificate: certificate, sealedClientKey: sealedKey },
  ),
  timeoutMilliseconds: fc.integer({ min: 1, max: 60_000 }),
  maximumResponseBytes: fc.integer({ min: 1, max: 4_194_304 }),
  maximumRedirects: fc.integer({ min: 0, max: 5 }),
  origin,
});

const AUTHORIZING: readonly string[] = ['authorization-code', 'implicit', 'hybrid', 'authorization-none'] satisfies ClientCapability[];

/** A client that gets codes redeems them. */
function withCodes(capabilities: readonly ClientCapability[]): readonly ClientCapability[] {
  return capabilities.includes('hybrid') ? [...new Set(['authorization-code' as const, ...capabilities])] : capabilities;
}

/** Of so many flows one has a procedure although nothing is bound to it. */
const UNBOUND = 8;

/** The first flow of an endpoint, which is the one that is bound. */
function flowAt(kind: EndpointKind): FlowId | undefined {
  return FLOWS.find((flow) => flow.endpoint === kind)?.id;
}

/** A whole valid configuration: one to three profiles, everything else hanging from them. */
export const anyConfiguration = fc
  .record({
    profiles: fc.uniqueArray(
      fc.record({
        id,
        scopes: fc.uniqueArray(
          scopeName.filter((name) => name !== '__proto__' && name !== 'openid'),
          { maxLength: 4 },
        ),
        allowedAudiences: fc.option(fc.constant(['https://api.example.com'])),
        format: fc.constantFrom(...ACCESS_TOKEN_FORMATS),
        accessTokenLifetime: lifetime,
        origin,
        endpoints: fc.uniqueArray(
          fc.record({
            id,
            kind: fc.constantFrom(...ENDPOINT_KINDS),
            enabled: fc.boolean(),
            lag: fc.option(lifetime),
            origin,
            bound: fc.boolean(),
            pinned: fc.boolean(),
          }),
          { maxLength: 4, selector: (e) => e.id },
        ),
        clients: fc.uniqueArray(
          fc.record({
            id: clientId,
            name: label,
            description: label,
            enabled: fc.boolean(),
            // Who has people asked cannot answer for them.
            capabilities: fc.subarray(CLIENT_CAPABILITIES.filter((name) => name !== 'backchannel-decision')).map(withCodes),
            secrets: fc.array(fc.record({ hash, createdAt: time, expiresAt: fc.option(time) }), { minLength: 1, maxLength: 2 }),
            properties: fc.dictionary(fc.stringMatching(/^[a-z.~/ ]{1,6}$/), json, { maxKeys: 3, noNullPrototype: true }),
            authentication: fc.option(authentication),
            policy: fc.option(fc.constantFrom(...INTROSPECTION_POLICIES)),
            formats: fc.option(fc.subarray([...INTROSPECTION_FORMATS], { minLength: 1 })),
            origin,
          }),
          { maxLength: 3, selector: (c) => c.id },
        ),
        issuers: fc.uniqueArray(
          fc.record({
            id,
            kind: fc.constantFrom(...ACCESS_TOKEN_FORMATS),
            algorithm: fc.option(fc.constantFrom(...SIGNING_ALGORITHMS)),
            lifetime: fc.option(lifetime),
            enabled: fc.boolean(),
            origin,
          }),
          { maxLength: 3, selector: (i) => i.id },
        ),
        httpClients: fc.uniqueArray(httpClient, { maxLength: 2, selector: (c) => c.id }),
        secrets: fc.tuple(...SECRETS.map(() => fc.record({ sealedValue: sealed, createdAt: time, updatedAt: time, origin }))),
        buckets: fc.uniqueArray(fc.record({ id, description: label, origin }), { maxLength: 2, selector: (b) => b.id }),
      }),
      { minLength: 1, maxLength: 3, selector: (profile) => profile.id },
    ),
    procedures: fc.array(
      fc.record({
        description: label,
        versions: fc.array(fc.record({ ...upload, libraries: fc.uniqueArray(fc.nat(2)), secrets: fc.subarray(SECRETS) }), {
          minLength: 1,
          maxLength: 3,
        }),
        active: fc.nat(),
        origin,
      }),
      { minLength: FLOWS.length, maxLength: FLOWS.length },
    ),
    libraries: fc.array(
      fc.record({
        description: label,
        versions: fc.array(fc.record(upload), { minLength: 1, maxLength: 2 }),
        active: fc.boolean(),
        origin,
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ profiles, procedures, libraries }) => {
    const changes: Change[] = [];
    libraries.forEach(({ description, versions, active, origin }, i) => {
      changes.push(put('library', { id: `l-${i}`, description, activeVersion: active ? versions.length : null, origin }));
      versions.forEach(({ source: text, language, ...rest }, n) => {
        const script = scriptOf(text, language);
        changes.push(
          put('library-version', { library: `l-${i}`, version: n + 1, language, source: text, script, digest: digestOf(text), ...rest }),
        );
      });
    });
    const bound = new Set(
      profiles.flatMap(({ endpoints }) => endpoints.filter((endpoint) => endpoint.bound).map(({ kind }) => flowAt(kind))),
    );
    procedures.forEach((procedure, i) => {
      const flow = FLOWS[i];
      // Those that answer, and some that nothing is bound to: more of them cost time and show nothing new.
      if (flow === undefined || (i % UNBOUND !== 0 && !bound.has(flow.id))) return;
      const name = `p-${flow.id}`;
      changes.push(
        put('procedure', {
          id: name,
          flow: flow.id,
          description: procedure.description,
          activeVersion: 1 + (procedure.active % procedure.versions.length),
          samples: i % 2 === 0 ? [] : [{ name: 'one', description: '', sample: { user: 'alice' }, expect: { status: 200 } }],
          origin: procedure.origin,
        }),
      );
      procedure.versions.forEach((version, n) =>
        changes.push(
          put('procedure-version', {
            procedure: name,
            version: n + 1,
            script: scriptOf(version.source, version.language),
            digest: digestOf(version.source),
            tests: null,
            ...version,
            libraries: version.libraries.flatMap((at) => {
              const versions = libraries[at]?.versions.length;
              return versions === undefined ? [] : [{ library: `l-${at}`, version: versions }];
            }),
          }),
        ),
      );
    });
    profiles.forEach((profile, i) => {
      changes.push(
        put('profile', {
          id: profile.id,
          issuer: `/~${i}`,
          capabilities: PROFILE_CAPABILITIES,
          defaults: {
            ...{ accessTokenLifetime: profile.accessTokenLifetime, maximumTokenLifetime: 86_400, accessTokenFormat: profile.format },
            ...{
              refreshTokenLifetime: 86_400,
              delegationLifetime: 604_800,
              refreshTokenGrace: 30,
              idTokenLifetime: 600,
              dpopNonces: false,
            },
          },
          allowedAudiences: profile.allowedAudiences,
          scopes: Object.fromEntries(
            [...profile.scopes, 'openid'].map((name, n) => [name, n % 2 === 0 ? {} : { description: 'x', lifetime: 60 }]),
          ),
          authenticationContexts: i % 2 === 0 ? null : { levels: { pwd: 1, mfa: 2 }, password: 'pwd' },
          trustedIssuers: i % 2 === 0 ? [] : [TRUSTED, { ...TRUSTED, issuer: 'other', subjectPrefix: '' }],
          upstreamProviders: i % 2 === 0 ? {} : UPSTREAMS,
          resources: { [API]: RESOURCE },
          registrationTemplates: {
            plain: PLAIN_TEMPLATE,
            apps: { ...PLAIN_TEMPLATE, capabilities: ['authorization-code'], webOrigins: ['https://a.example'] },
          },
          origin: profile.origin,
        }),
      );
      const advertised = new Set<string>();
      profile.endpoints.forEach((endpoint, n) => {
        const first = endpoint.enabled && !advertised.has(endpoint.kind);
        if (first) advertised.add(endpoint.kind);
        changes.push(
          put('endpoint', {
            profile: profile.id,
            id: endpoint.id,
            kind: endpoint.kind,
            path: `/${i}/${n}`,
            enabled: endpoint.enabled,
            advertised: first,
            deployedTo: ['default'],
            revocationLag: endpoint.kind === 'oauth-introspect' || endpoint.kind === 'oauth-forward-auth' ? endpoint.lag : null,
            forwardAuth: endpoint.kind === 'oauth-forward-auth' ? { ...NO_FORWARD_AUTH, claimHeaders: { 'X-User': 'sub' } } : null,
            tokenValidation: endpoint.kind === 'oauth-token-validation' ? { client: 'asking' } : null,
            deviceAuthorization: endpoint.kind === 'oauth-device-authorization' ? { ...PLAIN_DEVICE_AUTHORIZATION, pollInterval: 7 } : null,
            userPages: endpoint.kind === 'user-pages' ? { ...PLAIN_USER_PAGES, title: 'Example', locales: ['sv'] } : null,
            backchannelAuthentication: endpoint.kind === 'oauth-backchannel-authentication' ? WAITING : null,
            registration:
              endpoint.kind === 'oauth-dynamic-client-registration'
                ? { ...registrationBody.parse({ template: 'apps' }), perMinute: 5 }
                : null,
            origin: endpoint.origin,
          }),
        );
        const flow = flowAt(endpoint.kind);
        if (!endpoint.bound || flow === undefined) return;
        changes.push(
          put('binding', {
            profile: profile.id,
            endpoint: endpoint.id,
            flow,
            procedure: `p-${flow}`,
            version: endpoint.pinned ? 1 : null,
            origin: endpoint.origin,
          }),
        );
      });
      for (const { policy, formats, ...client } of [...profile.clients, ASKING])
        changes.push(
          put('client', {
            profile: profile.id,
            scopes: [...profile.scopes, 'openid'],
            audiences: [],
            accessTokenFormat: null,
            accessTokenLifetime: null,
            refreshTokens: null,
            delegationLifetime: null,
            boundAccessTokens: null,
            openId: client.id === 'asking' ? null : OPENID,
            resources: client.id === 'asking' ? null : [API],
            authorizationCode: client.capabilities.some((name) => AUTHORIZING.includes(name)) ? CODES : null,
            backchannelAuthentication: (client.capabilities as readonly string[]).includes('backchannel-authentication')
              ? DEFAULT_BACKCHANNEL_CLIENT
              : null,
            tokenExchange: (client.capabilities as readonly string[]).includes('token-exchange') ? EXCHANGING : null,
            introspection: { policy, formats, encryption: null, unknownTokensPerMinute: 500 },
            ...client,
          }),
        );
      changes.push(put('http-client', { profile: profile.id, ...UPSTREAM_CLIENT }));
      for (const client of profile.httpClients) changes.push(put('http-client', { profile: profile.id, ...client }));
      for (const bucket of profile.buckets) changes.push(put('bucket', { profile: profile.id, ...bucket }));
      SECRETS.forEach((name, n) => {
        const secret = profile.secrets[n];
        if (secret !== undefined) changes.push(put('secret', { profile: profile.id, id: name, ...secret }));
      });
      const defaults = new Set<string>();
      for (const issuer of profile.issuers) {
        changes.push(
          put('token-issuer', {
            profile: profile.id,
            allowSubjectChange: false,
            isDefault: !defaults.has(issuer.kind),
            ...issuer,
            algorithm: issuer.kind === 'opaque' ? null : issuer.algorithm,
          }),
        );
        defaults.add(issuer.kind);
      }
    });
    return Configuration.empty.with(changes);
  });
