import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOWS, type FlowId, type Program } from '#libs/oauth';
import { packageRoot } from './package-root.ts';

/** The shipped procedure of each flow: what answers where nothing is bound, in the same sandbox. */
export function defaultProcedures(): ReadonlyMap<FlowId, Program> {
  return new Map(
    FLOWS.map(({ id }) => [
      id,
      {
        key: `default:${id}`,
        procedure: `default:${id}`,
        version: 1,
        flow: id,
        source: readFileSync(join(packageRoot, 'procedures', id, `${id}.js`), 'utf8'),
      },
    ]),
  );
}
