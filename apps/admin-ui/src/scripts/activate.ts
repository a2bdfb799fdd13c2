import { useMutation } from '@tanstack/react-query';
import { post } from '../api/request.ts';
import type { Script, ScriptKind } from '../api/script-types.ts';
import { useChanging } from '../components/changing.ts';
import { resourceOf, useForgetScripts } from './script-data.ts';

export interface Activating {
  readonly version: number;
  readonly etag: string | null;
  /** Also when it fails in samples of its procedure. */
  readonly evenIfFailing?: boolean;
}

/** Activates a version. The entity tag is of the script as the person saw it. */
export function useActivate(kind: ScriptKind, id: string) {
  const changing = useChanging();
  const forget = useForgetScripts();
  return useMutation({
    mutationFn: ({ version, etag, evenIfFailing = false }: Activating) =>
      changing((options) =>
        post<Script>(`${resourceOf(kind, id)}/activate`, {
          body: { version },
          query: { evenIfFailing: evenIfFailing ? true : null },
          ifMatch: etag,
          ...options,
        }),
      ),
    onSettled: forget,
  });
}

/** Activates the version that was active before. */
export function useRollback(id: string) {
  const changing = useChanging();
  const forget = useForgetScripts();
  return useMutation({
    mutationFn: ({ etag }: { readonly etag: string | null }) =>
      changing((options) => post<Script>(`${resourceOf('procedure', id)}/rollback`, { ifMatch: etag, ...options })),
    onSettled: forget,
  });
}
