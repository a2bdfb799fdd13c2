import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { get } from '../../api/request.ts';
import type { AuditEvent, ListPage } from '../../api/shapes.ts';

/** The active version of a procedure became another one. */
export interface Activation {
  readonly procedure: string;
  /** Null for none. */
  readonly version: number | null;
  readonly before: number | null;
  /** Seconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly isRollback: boolean;
}

/** As many of the last changes of a procedure as are looked at. */
const LIMIT = 100;
/** Milliseconds. */
const REFRESH = 15_000;

/** The last activations of procedures, from the audit trail, newest first; none while they are not known. */
export function useActivations(procedures: readonly string[]): readonly Activation[] {
  return useQueries({
    queries: procedures.map((procedure) => ({
      queryKey: ['/audit', 'activations', procedure],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { kind: 'procedure', key: encodeURIComponent(procedure), limit: LIMIT };
        const { data } = await get<ListPage<AuditEvent>>('/audit', { query, signal });
        return data.items.flatMap((event) => activationOf(procedure, event));
      },
      refetchInterval: REFRESH,
    })),
    combine: together,
  });
}

function together(results: readonly UseQueryResult<Activation[]>[]): readonly Activation[] {
  return results.flatMap(({ data }) => data ?? []).sort((a, b) => b.at - a.at);
}

function activationOf(procedure: string, { at, actor, action, before, after }: AuditEvent): Activation[] {
  const [from, to] = [activeVersion(before), activeVersion(after)];
  return from === to ? [] : [{ procedure, version: to, before: from, at, actor, isRollback: action === 'procedure.rollback' }];
}

function activeVersion(procedure: unknown): number | null {
  return (procedure as { readonly activeVersion?: number | null } | null)?.activeVersion ?? null;
}
