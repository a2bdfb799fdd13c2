// Everything: types, lint, module rules and every spec, the journeys included. Further arguments choose specs for jest.
import { conclude, jest, staticSteps } from './steps.mjs';

const chosen = process.argv.slice(2);
const failed = chosen.length === 0 ? await staticSteps() : [];
conclude(failed, await jest('all specs', chosen));
