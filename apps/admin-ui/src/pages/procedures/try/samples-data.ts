import { useEntity } from '../../../api/entity.ts';
import { path } from '../../../api/request.ts';
import type { Sample } from '../../../api/script-types.ts';

/** Where a procedure's samples are. */
export function samplesOf(procedure: string): string {
  return path`/procedures/${procedure}/samples`;
}

/** All samples of a procedure, with its entity tag: there are few. */
export function useSamples(procedure: string) {
  return useEntity<{ readonly items: readonly Sample[] }>(samplesOf(procedure));
}
