import { configurationWarnings, type Configuration, type ConfigurationProblem } from '#libs/oauth';
import { ConfigurationFileError, type FileProblem } from './file/file-problem.ts';
import { readAndTryToPlan, type ReadOptions } from './file/read-configuration-file.ts';
import type { Plan, PlannedChange } from './plan.ts';

/** What applying a configuration file would do. */
export interface ConfigurationDiff {
  /** With problems: what they would be without them, as far as that can be said. */
  readonly changes: readonly PlannedChange[];
  /** What was made in the service and differs from the file: why the file is refused. Each is a problem, too. */
  readonly conflicts: Plan['conflicts'];
  /** Everything that is wrong with the text; applying it is refused unless there is nothing. */
  readonly problems: readonly FileProblem[];
  /** What is less safe than it may seem in the configuration that would result. */
  readonly warnings: readonly ConfigurationProblem[];
}

/** Compares a configuration file with what is in force, and changes nothing. Signing keys that would be made are not in it. */
export async function diffConfiguration(
  current: Configuration,
  text: string,
  options: Omit<ReadOptions, 'current'>,
): Promise<ConfigurationDiff> {
  const { plan, problems } = await readAndTryToPlan(text, { ...options, current });
  const changes = plan?.changes ?? [];
  const isSound = problems.length === 0;
  return {
    changes,
    conflicts: plan?.conflicts ?? [],
    problems: new ConfigurationFileError(problems).problems,
    warnings: isSound ? configurationWarnings(current.with(changes.map(({ change }) => change))) : [],
  };
}
