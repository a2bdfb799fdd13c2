// The quick look: types, lint, module rules, unit specs and HTTP suites. Further arguments go to jest.
import { conclude, jest, STATIC_STEPS, step } from './steps.mjs';

/** What takes long or needs more than this machine: npm test runs it. */
const LONG = 'test/(journeys|gateways|faults)/';

const failed = [];
for (const each of STATIC_STEPS) if (!(await step(each))) failed.push(each.name);
conclude(failed, await jest('unit and HTTP specs', ['--testPathIgnorePatterns', '/node_modules/', LONG, ...restOf(process.argv)]));

function restOf(argv) {
  const rest = argv.slice(2);
  return rest.length === 0 ? [] : ['--', ...rest];
}
