import { PAIRWISE_SECRET } from '../issuance/pairwise-subject.ts';
import { findFlow } from '../procedures/flows.ts';
import type { Configuration } from './configuration.ts';
import { entityKey, type Binding, type EntityKind, type Procedure } from './entities.ts';

/** Takes note of a problem. */
export type Report = (kind: EntityKind, key: string, pointer: string, message: string) => void;

/** Libraries and their versions. */
export function checkLibraries(configuration: Configuration, report: Report): void {
  for (const { id, activeVersion } of configuration.all('library'))
    if (activeVersion !== null && configuration.get('library-version', entityKey(id, activeVersion)) === undefined)
      report('library', entityKey(id), '/activeVersion', `library "${id}" has no version ${activeVersion}`);
  for (const { library, version } of configuration.all('library-version'))
    if (configuration.get('library', entityKey(library)) === undefined)
      report('library-version', entityKey(library, version), '/library', `there is no library "${library}"`);
}

/** Procedures, their versions, and the library versions that these pin. */
export function checkProcedures(configuration: Configuration, report: Report): void {
  for (const procedure of configuration.all('procedure')) {
    const key = entityKey(procedure.id);
    if (findFlow(procedure.flow) === undefined) report('procedure', key, '/flow', `there is no flow "${procedure.flow}"`);
    if (
      procedure.activeVersion !== null &&
      configuration.get('procedure-version', entityKey(procedure.id, procedure.activeVersion)) === undefined
    )
      report('procedure', key, '/activeVersion', `procedure "${procedure.id}" has no version ${procedure.activeVersion}`);
  }
  for (const { procedure, version, libraries } of configuration.all('procedure-version')) {
    const key = entityKey(procedure, version);
    if (configuration.get('procedure', entityKey(procedure)) === undefined)
      report('procedure-version', key, '/procedure', `there is no procedure "${procedure}"`);
    const seen = new Set<string>();
    libraries.forEach((pin, i) => {
      if (seen.has(pin.library)) report('procedure-version', key, `/libraries/${i}`, `library "${pin.library}" is named twice`);
      seen.add(pin.library);
      if (configuration.get('library-version', entityKey(pin.library, pin.version)) === undefined)
        report(
          'procedure-version',
          key,
          `/libraries/${i}`,
          `there is no version ${pin.version} of library "${pin.library}"; a library stays for as long as a version of a procedure uses it`,
        );
    });
  }
}

/** What is bound to what, and whether it can run there. */
export function checkBindings(configuration: Configuration, report: Report): void {
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
    else checkSecrets(configuration, binding, procedure, report);
  }
}

/** Versions are shared by profiles, secrets are not: only where a version is bound it shows which ones there must be. */
function checkSecrets(configuration: Configuration, binding: Binding, procedure: Procedure, report: Report): void {
  const number = binding.version ?? procedure.activeVersion ?? 0;
  for (const secret of configuration.get('procedure-version', entityKey(procedure.id, number))?.secrets ?? [])
    if (secret === PAIRWISE_SECRET)
      report(
        'binding',
        entityKey(binding.profile, binding.endpoint, binding.flow),
        '/procedure',
        `version ${number} of procedure "${procedure.id}" reads the secret "${secret}", which the service keeps for itself`,
      );
    else if (configuration.get('secret', entityKey(binding.profile, secret)) === undefined)
      report(
        'binding',
        entityKey(binding.profile, binding.endpoint, binding.flow),
        '/procedure',
        `version ${number} of procedure "${procedure.id}" reads the secret "${secret}", which profile "${binding.profile}" does not have`,
      );
}
