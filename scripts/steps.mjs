// What check and test have in common: steps with times, jest, and the last line.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from './freshness.mjs';
import { aside, openly, root } from './run.mjs';

const bin = (...path) => join(root, 'node_modules', ...path);

/** Checks that read the sources without running them, what takes longest first. */
const STATIC_STEPS = [
  { name: 'lint', args: [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'types', args: [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json', '--incremental', 'false'] },
  { name: "types of the administrator's page", args: [bin('typescript', 'bin', 'tsc'), '-p', 'apps/admin-ui/tsconfig.json'] },
  { name: 'format', args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'module rules', args: [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), 'apps', 'libs'] },
];

/** Runs the checks that read the sources, two at a time, and shows what each wrote when it has ended; answers the names of those that failed. */
export async function staticSteps() {
  const waiting = [...STATIC_STEPS];
  const failed = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) if (!(await step(next, aside))) failed.push(next.name);
  };
  await Promise.all([lane(), lane()]);
  return failed;
}

/** Runs a step on the Node of the product, showing what it writes; answers whether it passed. */
async function step({ name, args }, run = openly) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  const code = await run([nodeBinary(root), ...args]);
  console.log(`── ${name}: ${code === 0 ? 'passed' : `FAILED (exit code ${code})`} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return code === 0;
}

/** Runs jest and answers what its result file says. */
export async function jest(name, args) {
  const file = join(root, '.cache', `${name.replaceAll(' ', '-')}-result.json`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(file, { force: true });
  const passed = await step({
    name,
    args: [
      '--no-warnings=ExperimentalWarning',
      '--experimental-vm-modules',
      bin('jest', 'bin', 'jest.js'),
      '--json',
      `--outputFile=${file}`,
      '--silent=false',
      ...args,
    ],
  });
  return countsOf(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null, passed);
}

/** Passed and failed tests; a suite that could not even run counts as one failed test, and so does a run without a result. */
export function countsOf(result, exitedWell) {
  if (result === null) return { passed: 0, failed: 1 };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && !(exitedWell && result.success) ? 1 : failed };
}

/** Says how it ended, plainly and last. A static step that failed counts as one failure. */
export function conclude(failedSteps, { passed, failed }) {
  const all = failed + failedSteps.length;
  if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
  console.log(`\n${passed} passed, ${all} failed`);
  process.exitCode = all === 0 ? 0 : 1;
}
