import { entityKey, type Configuration, type VersionTests } from '#libs/oauth';
import { Problem } from './problem.ts';

/** The action of audit events of activations that were wanted although a sample fails. */
export const ACTIVATE_FAILING = 'procedure.activate-failing';

/** Whether a version failed in a sample of its procedure, the last time. */
export function isFailing(configuration: Configuration, procedure: string, version: number): boolean {
  return testsOf(configuration, procedure, version)?.state === 'failed';
}

/** @throws Problem `samples-failed` with the samples that do */
export function refuseFailing(configuration: Configuration, procedure: string, version: number): void {
  const tests = testsOf(configuration, procedure, version);
  if (tests?.state !== 'failed') return;
  const failing = tests.samples.filter(({ state }) => state === 'failed');
  throw new Problem(
    'samples-failed',
    `Version ${version} fails in ${failing.length} of ${tests.samples.length} samples: ${failing.map(({ name }) => `"${name}"`).join(', ')}. Add ?evenIfFailing=true to activate it all the same.`,
    { members: { samples: failing } },
  );
}

function testsOf(configuration: Configuration, procedure: string, version: number): VersionTests | null {
  return configuration.get('procedure-version', entityKey(procedure, version))?.tests ?? null;
}
