import type { Row, Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { revokeDelegations } from './token-store.ts';

/**
 * Ends what was given in login sessions that were just deleted, in the same transaction: who has seen a session end may rely on it.
 *
 * @param ended rows with the id of each
 */
export function* endWithSessions(dialect: Dialect, profile: string, ended: readonly Row[]): Script<void> {
  const at = Math.floor(Date.now() / 1000);
  for (const row of ended) yield* revokeDelegations(dialect, profile, { session: row['id'] as string }, at, Number.MAX_SAFE_INTEGER);
}
