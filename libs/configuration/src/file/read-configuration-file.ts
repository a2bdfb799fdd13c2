import { validate, type CheckOutcome, type Configuration, type Program } from '#libs/oauth';
import { plan, type Plan } from '../plan.ts';
import { pointerOf } from '../schema/shape.ts';
import { readClientSecrets, type ClientEntry } from './client-secrets.ts';
import { ConfigurationText } from './configuration-text.ts';
import type { Desired } from './desired.ts';
import { ConfigurationFileError, type FileProblem } from './file-problem.ts';
import { readProcedures, type ReadFile } from './procedure-entries.ts';
import { readProfiles } from './profile-entries.ts';
import { Reading } from './reading.ts';
import { reportConflict, reportReference } from './reference-problems.ts';

/** What a configuration file is read with. */
export interface ReadOptions {
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
  /** Checks procedure texts that are new, such as `sandbox.check`. */
  readonly check?: (program: Program) => Promise<CheckOutcome>;
}

/** Reads files relative to nowhere: for texts that come over the network. */
export const readNoFiles: ReadFile = () => {
  throw new Error('this text is applied without files beside it; write the text itself as "source"');
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
  const { current, now, actor = 'file', conflicts = 'refuse' } = options;
  const { reading, clients, desired } = await readAlone(text, options);
  if (reading.text.root === undefined) throw new ConfigurationFileError(reading.problems);
  await readClientSecrets(reading, clients, { env: options.env ?? {}, now, current });
  // Others refer to profiles and procedures; anything else that cannot be read is best checked as if it were not there.
  const keep = new Set([...reading.malformed].filter((name) => /^(profile|procedure) /.test(name)));
  const planned = plan(current, desired, { origin: 'file', now, actor, keep, conflicts });
  for (const problem of planned.problems) reportConflict(reading, problem);
  const changes = planned.changes.map(({ change }) => change);
  for (const problem of validate(current.with(changes), changes)) reportReference(reading, current, problem);
  if (options.check !== undefined) await checkTexts(reading, planned, options.check);
  if (reading.problems.length > 0) throw new ConfigurationFileError(reading.problems);
  return { desired, plan: planned };
}

/** Reads entities and problems of the text alone, without regard to how they fit what there is; clients still without secrets. */
export async function readAlone(
  text: string,
  { fileName, readFile = readNoFiles }: Pick<ReadOptions, 'fileName' | 'readFile'>,
): Promise<Alone> {
  const reading = new Reading(new ConfigurationText(text, fileName));
  const root = reading.text.root ?? {};
  if (reading.text.root === null) reading.report([], 'is empty; write "profiles: {}" to say that there is to be nothing');
  reading.only(root, [], ['profiles', 'procedures']);
  const members = Object.fromEntries(reading.members(root, []));
  const clients = readProfiles(reading, members['profiles']);
  const procedures = await readProcedures(reading, members['procedures'], readFile);
  return { reading, clients, desired: { entities: reading.entities, procedures, places: reading.places } };
}

export interface Alone {
  readonly reading: Reading;
  readonly clients: readonly ClientEntry[];
  readonly desired: Desired;
}

async function checkTexts(reading: Reading, { newVersions }: Plan, check: NonNullable<ReadOptions['check']>): Promise<void> {
  for (const { version, flow, text } of newVersions) {
    const { procedure, version: number, source } = version;
    const outcome = await check({ key: `${procedure}@${number}`, procedure, version: number, flow, source });
    if (outcome.ok) continue;
    for (const { line = 1, column = 1, message } of outcome.errors)
      reading.problems.push(problemInText(reading, text.path, text.file, line, column, message));
  }
}

function problemInText(
  reading: Reading,
  path: readonly (string | number)[],
  file: string | null,
  line: number,
  column: number,
  message: string,
): FileProblem {
  const pointer = pointerOf(path);
  if (file !== null) return { pointer, file, line, column, message };
  const within = reading.text.placeWithin(path, line, column);
  if (within !== null) return { pointer, file: reading.text.fileName, ...within, message };
  return reading.text.problem(path, `line ${line}, column ${column} of the text: ${message}`);
}
