import { keyOf, validate, type Configuration } from '#libs/oauth';
import { plan, type Plan } from '../plan.ts';
import { readClientSecrets } from './client-secrets.ts';
import { ConfigurationText } from './configuration-text.ts';
import { ConfigurationFileError, type FileProblem } from './file-problem.ts';
import { sealOutgoing } from './outgoing-entries.ts';
import { readLibraries, readProcedures } from './procedure-entries.ts';
import { readProfiles, type ProfileEntries } from './profile-entries.ts';
import { Reading } from './reading.ts';
import { withThemeFiles, type ThemeFile } from './theme-files.ts';
import { reportConflict, reportReference } from './reference-problems.ts';
import { checkScripts, type ScriptChecks } from './script-checks.ts';
import type { TextSealer } from './sealed-values.ts';
import type { ReadFile } from './version-entries.ts';
import { placeKey, type Desired } from './desired.ts';

/** What a configuration file is read with. */
export interface ReadOptions extends ScriptChecks {
  /** For messages. */
  readonly fileName: string;
  /** Reads a procedure's file, its path as written; without it texts must stand in the configuration itself. */
  readonly readFile?: ReadFile;
  /** Where `{ env: NAME }` looks; nowhere unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Seconds since 1970. */
  readonly now: number;
  /** What is in force: references may point there, and secrets and versions that have not changed are kept. */
  readonly current: Configuration;
  /** Who uploads new procedure versions; `file` unless told. */
  readonly actor?: string;
  /** What becomes of what was made in the service and differs from the file: a problem unless told. */
  readonly conflicts?: 'refuse' | 'keep';
  /** Seals secrets and credentials for storage. */
  readonly sealer: TextSealer;
}

/** Reads files relative to nowhere: for texts that come over the network. */
export const readNoFiles: ReadFile = () => {
  throw new Error('this text is applied without files beside it; write what is in them into it: texts as "source", logos as "base64"');
};

/**
 * Reads a whole configuration file and answers the entities it wants.
 *
 * @throws ConfigurationFileError with every problem: YAML, shapes, unknown keys, missing files and environment
 *   variables, references to nothing, conflicts with what was made in the service, procedures that do not pass the check
 */
export async function readConfigurationFile(text: string, options: ReadOptions): Promise<Desired> {
  return (await readAndPlan(text, options)).desired;
}

/** The same with the plan to bring it about. */
export async function readAndPlan(text: string, options: ReadOptions): Promise<{ readonly desired: Desired; readonly plan: Plan }> {
  const { problems, plan, desired } = await readAndTryToPlan(text, options);
  if (plan === null || problems.length > 0) throw new ConfigurationFileError(problems);
  return { desired, plan };
}

/** The same for people who want to see both: what the file would change, and everything that is wrong with it. */
export async function readAndTryToPlan(
  text: string,
  options: ReadOptions,
): Promise<{ readonly desired: Desired; readonly plan: Plan | null; readonly problems: readonly FileProblem[] }> {
  const { current, now, actor = 'file', conflicts = 'refuse' } = options;
  const { reading, profiles, desired } = await readAlone(text, options);
  if (reading.text.root === undefined) return { desired, plan: null, problems: reading.problems };
  const env = options.env ?? {};
  await readClientSecrets(reading, profiles.clients, { env, now, current });
  await sealOutgoing(reading, profiles, { env, now, current, sealer: options.sealer });
  // Others refer to profiles, procedures and libraries; anything else that cannot be read is best checked as if it were not there.
  const keep = new Set([...reading.malformed].filter((name) => /^(profile|procedure|library) /.test(name)));
  const planned = plan(current, desired, { origin: 'file', now, actor, keep, conflicts });
  for (const problem of planned.problems) reportConflict(reading, problem);
  for (const { kind, version, text } of planned.newVersions)
    reading.places.set(placeKey(kind, keyOf(kind, version as never)), text.path.slice(0, -1));
  const changes = planned.changes.map(({ change }) => change);
  for (const problem of validate(current.with(changes), changes)) reportReference(reading, current, problem);
  const checked = await checkScripts(reading, current, planned, options);
  return { desired, plan: checked, problems: reading.problems };
}

/** Reads entities and problems of the text alone, without regard to how they fit what there is; secret parts are still as the text gives them. */
export async function readAlone(
  text: string,
  { fileName, readFile = readNoFiles }: Pick<ReadOptions, 'fileName' | 'readFile'>,
): Promise<Alone> {
  const reading = new Reading(new ConfigurationText(text, fileName));
  const root = reading.text.root ?? {};
  if (reading.text.root === null) reading.report([], 'is empty; write "profiles: {}" to say that there is to be nothing');
  reading.only(root, [], ['profiles', 'libraries', 'procedures']);
  const members = Object.fromEntries(reading.members(root, []));
  const themed = await withThemeFiles(reading, members['profiles'], readFile);
  const profiles = readProfiles(reading, themed.profiles);
  const libraries = await readLibraries(reading, members['libraries'], readFile);
  const procedures = await readProcedures(reading, members['procedures'], readFile);
  return {
    reading,
    profiles,
    themeFiles: themed.files,
    desired: { entities: reading.entities, libraries, procedures, places: reading.places },
  };
}

export interface Alone {
  readonly reading: Reading;
  readonly profiles: ProfileEntries;
  readonly themeFiles: readonly ThemeFile[];
  readonly desired: Desired;
}
