import { AUTHORIZING_CAPABILITIES } from '../authorize/response-type.ts';
import { backchannelProblems } from './backchannel-rules.ts';
import { checkClientAuthentication } from './client-authentication-rules.ts';
import type { Configuration, Change } from './configuration.ts';
import { entityKey, type Endpoint, type EntityKind, type Profile } from './entities.ts';
import { httpClientProblems } from './http-client-rules.ts';
import { checkBindings, checkLibraries, checkProcedures, type Report } from './procedure-validation.ts';
import { checkAuthenticationContexts, checkOpenId } from './openid-rules.ts';
import { checkRegistration, checkRegistrationTemplates } from './registration-rules.ts';
import { checkTokenExchange, checkTrustedIssuers } from './token-exchange-rules.ts';
import { checkUpstreamProviders } from './upstream-rules.ts';

/** Something that keeps a configuration from being used, at the member of the entity that is to be mended. */
export interface ConfigurationProblem {
  readonly kind: EntityKind;
  readonly key: string;
  /** JSON pointer within the entity, such as `/scopes/0`; empty for the entity itself. RFC 6901. */
  readonly pointer: string;
  readonly message: string;
}

/** A change was refused; nothing of it was stored. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(problems.map((problem) => `${problem.kind} ${decodeURIComponent(problem.key)}${problem.pointer}: ${problem.message}`).join('\n'));
    this.name = 'ConfigurationError';
  }
}

/**
 * What must hold between entities; their own shape is checked where they come in.
 * Looks at all of it, so that a removal which leaves something dangling is found too.
 */
export function validate(configuration: Configuration, changes?: readonly Change[]): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const report = (kind: EntityKind, key: string, pointer: string, message: string) => problems.push({ kind, key, pointer, message });
  const profileOf = (id: string) => configuration.get('profile', entityKey(id));
  const httpClients = Map.groupBy(configuration.all('http-client'), (client) => client.profile);

  const checkProfile = (kind: EntityKind, key: string, profile: string): Profile | undefined => {
    const found = profileOf(profile);
    if (found === undefined) report(kind, key, '/profile', `there is no profile "${profile}"`);
    return found;
  };

  checkIssuers(configuration, report);
  checkEndpoints(configuration, report);
  const secrets = Map.groupBy(configuration.all('secret'), (secret) => secret.profile);
  for (const profile of configuration.all('profile')) {
    const ofProfile = (pointer: string, message: string) => report('profile', entityKey(profile.id), pointer, message);
    const clients = httpClients.get(profile.id) ?? [];
    checkTrustedIssuers(profile, clients, ofProfile);
    checkUpstreamProviders(profile, clients, new Set(secrets.get(profile.id)?.map(({ id }) => id)), ofProfile);
    checkAuthenticationContexts(profile, ofProfile);
    checkRegistrationTemplates(profile, ofProfile);
  }
  for (const endpoint of configuration.all('endpoint')) {
    const key = entityKey(endpoint.profile, endpoint.id);
    const profile = checkProfile('endpoint', key, endpoint.profile);
    checkRegistration(endpoint, profile, (pointer, message) => report('endpoint', key, pointer, message));
  }

  // Clients may be many: when only some change and nothing that they refer to does, the others are as valid as before.
  const changedClients =
    changes !== undefined && !changes.some((change) => change.kind === 'profile' || change.kind === 'http-client')
      ? new Set(changes.filter((c) => c.kind === 'client').map((c) => c.key))
      : null;
  const clients =
    changedClients === null
      ? configuration.all('client')
      : [...changedClients].map((key) => configuration.get('client', key)).filter((c) => c !== undefined);
  for (const client of clients) {
    const key = entityKey(client.profile, client.id);
    const profile = checkProfile('client', key, client.profile);
    if (profile === undefined) continue;
    client.scopes.forEach((scope, i) => {
      if (!Object.hasOwn(profile.scopes, scope)) report('client', key, `/scopes/${i}`, `profile "${profile.id}" has no scope "${scope}"`);
    });
    client.resources?.forEach((resource, i) => {
      if (!Object.hasOwn(profile.resources, resource))
        report('client', key, `/resources/${i}`, `profile "${profile.id}" has no resource "${resource}"`);
    });
    client.audiences.forEach((audience, i) => {
      if (profile.allowedAudiences !== null && !profile.allowedAudiences.includes(audience))
        report('client', key, `/audiences/${i}`, `profile "${profile.id}" does not allow the audience "${audience}"`);
    });
    client.capabilities.forEach((capability, i) => {
      if (!profile.capabilities.includes(capability))
        report('client', key, `/capabilities/${i}`, `profile "${profile.id}" has no capability "${capability}"`);
    });
    checkClientAuthentication(client, httpClients.get(client.profile) ?? [], (pointer, message) => report('client', key, pointer, message));
    checkTokenExchange(client, profile, (pointer, message) => report('client', key, pointer, message));
    checkOpenId(client, (pointer, message) => report('client', key, pointer, message));
    const [authorizing] = AUTHORIZING_CAPABILITIES.filter((capability) => client.capabilities.includes(capability));
    if (authorizing !== undefined && client.authorizationCode === null)
      report('client', key, '/authorizationCode', `is missing: a client with the capability "${authorizing}" needs a redirect URI`);
    if (authorizing === undefined && client.authorizationCode !== null)
      report(
        'client',
        key,
        '/authorizationCode',
        'goes with the capability "authorization-code", "implicit", "hybrid" or "authorization-none" only',
      );
    if (client.capabilities.includes('hybrid') && !client.capabilities.includes('authorization-code'))
      report('client', key, '/capabilities', '"hybrid" goes with "authorization-code": it gives a code, and that has to be redeemed');
    const { jwks = null, jwksUri = null } = client.authentication ?? {};
    if (client.authorizationCode?.signedRequestsOnly === true && jwks === null && jwksUri === null)
      report(
        'client',
        key,
        '/authorizationCode/signedRequestsOnly',
        'needs keys: give the client authentication/jwks or authentication/jwksUri',
      );
    for (const [pointer, message] of backchannelProblems(client)) report('client', key, pointer, message);
    if (client.refreshTokens?.rotation === false && client.authentication?.methods.includes('none') === true)
      report('client', key, '/refreshTokens/rotation', 'must be true for a public client: nobody could tell who has its token');
    if (client.accessTokenLifetime !== null && client.accessTokenLifetime > profile.defaults.maximumTokenLifetime)
      report(
        'client',
        key,
        '/accessTokenLifetime',
        `is longer than the profile's maximum of ${profile.defaults.maximumTokenLifetime} seconds`,
      );
  }

  const defaults = new Set<string>();
  for (const issuer of configuration.all('token-issuer')) {
    const key = entityKey(issuer.profile, issuer.id);
    checkProfile('token-issuer', key, issuer.profile);
    if (!issuer.isDefault) continue;
    const slot = `${issuer.profile} ${issuer.kind}`;
    if (defaults.has(slot))
      report('token-issuer', key, '/isDefault', `profile "${issuer.profile}" already has a default issuer of kind "${issuer.kind}"`);
    defaults.add(slot);
  }

  for (const key of configuration.all('signing-key')) checkProfile('signing-key', entityKey(key.profile, key.kid), key.profile);

  for (const kind of ['secret', 'bucket'] as const)
    for (const entity of configuration.all(kind)) checkProfile(kind, entityKey(entity.profile, entity.id), entity.profile);
  // Reading certificates takes its time, and an HTTP client hangs on nothing but its profile.
  for (const client of configuration.all('http-client')) {
    const key = entityKey(client.profile, client.id);
    checkProfile('http-client', key, client.profile);
    if (changes !== undefined && !changes.some((change) => change.kind === 'http-client' && change.key === key)) continue;
    for (const [pointer, message] of httpClientProblems(client)) report('http-client', key, pointer, message);
  }

  checkLibraries(configuration, report);
  checkProcedures(configuration, report);
  checkBindings(configuration, report);

  return problems;
}

function checkIssuers(configuration: Configuration, report: Report): void {
  const seen = new Map<string, string>();
  for (const profile of configuration.all('profile')) {
    // Metadata and key sets are found by the path alone, so no two issuers may share one, whatever their hosts.
    const path = issuerPath(profile.issuer);
    const other = seen.get(path);
    if (other !== undefined)
      report(
        'profile',
        entityKey(profile.id),
        '/issuer',
        `profile "${other}" already has an issuer with the path "${path === '' ? '/' : path}"`,
      );
    else seen.set(path, profile.id);
  }
}

function issuerPath(issuer: string): string {
  return (URL.parse(issuer, 'https://localhost')?.pathname ?? issuer).replace(/\/$/, '');
}

/** Paths that the service answers itself. */
const RESERVED = /^\/(health|metrics)(\/|$)|^\/\.well-known\/|\/\.well-known\/openid-configuration$|\/jwks$/;

function checkEndpoints(configuration: Configuration, report: Report): void {
  const paths = new Map<string, Endpoint>();
  const advertised = new Map<string, Endpoint>();
  for (const endpoint of configuration.all('endpoint')) {
    const key = entityKey(endpoint.profile, endpoint.id);
    if (RESERVED.test(endpoint.path)) report('endpoint', key, '/path', `"${endpoint.path}" is a path of the service itself`);
    for (const settings of ['forwardAuth', 'tokenValidation'] as const) {
      const client = endpoint[settings]?.client ?? null;
      if (client === null) continue;
      if (configuration.get('client', entityKey(endpoint.profile, client))?.capabilities.includes('introspection') !== true)
        report('endpoint', key, `/${settings}/client`, `the profile has no client "${client}" with the capability "introspection"`);
    }
    if (!endpoint.enabled) continue;
    for (const role of endpoint.deployedTo) {
      const slot = `${role} ${endpoint.path}`;
      const other = paths.get(slot);
      if (other !== undefined)
        report(
          'endpoint',
          key,
          '/path',
          `endpoint "${other.id}" of profile "${other.profile}" already answers at "${endpoint.path}" in role "${role}"`,
        );
      else paths.set(slot, endpoint);
    }
    if (!endpoint.advertised) continue;
    const slot = `${endpoint.profile} ${endpoint.kind}`;
    const other = advertised.get(slot);
    if (other !== undefined)
      report('endpoint', key, '/advertised', `endpoint "${other.id}" of the same kind is already advertised; exactly one may be`);
    else advertised.set(slot, endpoint);
  }
}
