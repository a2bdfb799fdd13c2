// Everything: types, lint, module rules and every spec, the journeys included. Further arguments choose specs for jest.
import { conclude, jest, STATIC_STEPS, step } from './steps.mjs';

const chosen = process.argv.slice(2);
const failed = [];
if (chosen.length === 0) for (const each of STATIC_STEPS) if (!(await step(each))) failed.push(each.name);
conclude(failed, await jest('all specs', chosen));
