import { useMutation } from '@tanstack/react-query';
import { post, type Answer } from '../api/request.ts';
import type { Script, ScriptKind } from '../api/script-types.ts';
import { useTakeOver } from '../components/take-over.ts';
import { resourceOf, useForgetScripts } from './script-data.ts';

/** How an activation ended: it is so now, or it waits for another administrator. */
export type Activated = { readonly proposal: null } | { readonly proposal: number | string };

export interface Activating {
  readonly version: number;
  readonly etag: string | null;
  /** Also when it fails in samples of its procedure. */
  readonly evenIfFailing?: boolean;
}

/** Activates a version. The entity tag is of the script as the person saw it. */
export function useActivate(kind: ScriptKind, id: string) {
  const takeOver = useTakeOver();
  const forget = useForgetScripts();
  return useMutation({
    mutationFn: ({ version, etag, evenIfFailing = false }: Activating) =>
      takeOver(({ takeOver: taken }) =>
        post<Script>(`${resourceOf(kind, id)}/activate`, {
          body: { version },
          query: { evenIfFailing: evenIfFailing ? true : null },
          ifMatch: etag,
          takeOver: taken,
        }),
      ).then(outcomeOf),
    onSettled: forget,
  });
}

/** Activates the version that was active before. */
export function useRollback(id: string) {
  const takeOver = useTakeOver();
  const forget = useForgetScripts();
  return useMutation({
    mutationFn: async ({ etag }: { readonly etag: string | null }) => {
      const answer = await takeOver(({ takeOver: taken }) =>
        post<Script>(`${resourceOf('procedure', id)}/rollback`, { ifMatch: etag, takeOver: taken }),
      );
      return { ...outcomeOf(answer), script: answer.data };
    },
    onSettled: forget,
  });
}

/** A change that is answered 202 is a proposal. */
export function outcomeOf({ status, data }: Answer<unknown>): Activated {
  return { proposal: status === 202 ? (data as { readonly id: number | string }).id : null };
}
