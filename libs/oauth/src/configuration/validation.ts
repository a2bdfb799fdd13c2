import type { Configuration, Change } from './configuration.ts';
import { entityKey, type Endpoint, type EntityKind, type Profile } from './entities.ts';
import { findFlow } from '../procedures/flows.ts';

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

  const checkProfile = (kind: EntityKind, key: string, profile: string): Profile | undefined => {
    const found = profileOf(profile);
    if (found === undefined) report(kind, key, '/profile', `there is no profile "${profile}"`);
    return found;
  };

  checkIssuers(configuration, report);
  checkEndpoints(configuration, report);
  for (const endpoint of configuration.all('endpoint'))
    checkProfile('endpoint', entityKey(endpoint.profile, endpoint.id), endpoint.profile);

  // Clients may be many: when only some change and no profile does, the others are as valid as before.
  const changedClients =
    changes !== undefined && !changes.some((change) => change.kind === 'profile')
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
    client.audiences.forEach((audience, i) => {
      if (profile.allowedAudiences !== null && !profile.allowedAudiences.includes(audience))
        report('client', key, `/audiences/${i}`, `profile "${profile.id}" does not allow the audience "${audience}"`);
    });
    client.capabilities.forEach((capability, i) => {
      if (!profile.capabilities.includes(capability))
        report('client', key, `/capabilities/${i}`, `profile "${profile.id}" has no capability "${capability}"`);
    });
    if (client.capabilities.length > 0 && client.secrets.length === 0)
      report('client', key, '/secrets', 'a client with capabilities needs a secret to authenticate with');
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

  for (const procedure of configuration.all('procedure')) {
    const key = entityKey(procedure.id);
    if (findFlow(procedure.flow) === undefined) report('procedure', key, '/flow', `there is no flow "${procedure.flow}"`);
    if (
      procedure.activeVersion !== null &&
      configuration.get('procedure-version', entityKey(procedure.id, procedure.activeVersion)) === undefined
    )
      report('procedure', key, '/activeVersion', `procedure "${procedure.id}" has no version ${procedure.activeVersion}`);
  }
  for (const version of configuration.all('procedure-version')) {
    if (configuration.get('procedure', entityKey(version.procedure)) === undefined)
      report(
        'procedure-version',
        entityKey(version.procedure, version.version),
        '/procedure',
        `there is no procedure "${version.procedure}"`,
      );
  }

  for (const binding of configuration.all('binding')) {
    const key = entityKey(binding.profile, binding.endpoint, binding.flow);
    const endpoint = configuration.get('endpoint', entityKey(binding.profile, binding.endpoint));
    if (endpoint === undefined) report('binding', key, '/endpoint', `profile "${binding.profile}" has no endpoint "${binding.endpoint}"`);
    const flow = findFlow(binding.flow);
    if (flow === undefined) report('binding', key, '/flow', `there is no flow "${binding.flow}"`);
    else if (endpoint !== undefined && flow.endpoint !== endpoint.kind)
      report(
        'binding',
        key,
        '/flow',
        `flow "${flow.id}" belongs to endpoints of kind "${flow.endpoint}", "${endpoint.id}" is of kind "${endpoint.kind}"`,
      );
    const procedure = configuration.get('procedure', entityKey(binding.procedure));
    if (procedure === undefined) report('binding', key, '/procedure', `there is no procedure "${binding.procedure}"`);
    else if (flow !== undefined && procedure.flow !== flow.id)
      report('binding', key, '/procedure', `procedure "${procedure.id}" is for flow "${procedure.flow}", not "${flow.id}"`);
    else if (binding.version === null && procedure.activeVersion === null)
      report('binding', key, '/version', `procedure "${procedure.id}" has no active version: activate one or pin a version`);
    else if (binding.version !== null && configuration.get('procedure-version', entityKey(procedure.id, binding.version)) === undefined)
      report('binding', key, '/version', `procedure "${procedure.id}" has no version ${binding.version}`);
  }

  return problems;
}

type Report = (kind: EntityKind, key: string, pointer: string, message: string) => void;

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
