// The quick look: types, lint, module rules, unit specs and HTTP suites. Further arguments go to jest.
import { conclude, jest, staticSteps } from './steps.mjs';

/** What takes long or needs more than this machine: npm test runs it. */
const LONG = 'test/(journeys|gateways|faults)/';

const failed = await staticSteps();
conclude(failed, await jest('unit and HTTP specs', ['--testPathIgnorePatterns', '/node_modules/', LONG, ...restOf(process.argv)]));

function restOf(argv) {
  const rest = argv.slice(2);
  return rest.length === 0 ? [] : ['--', ...rest];
}
