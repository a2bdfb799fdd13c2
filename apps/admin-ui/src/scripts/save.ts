import { useMutation } from '@tanstack/react-query';
import { isProblem } from '../api/api-error.ts';
import { post } from '../api/request.ts';
import type { ScriptKind, UploadedVersion } from '../api/script-types.ts';
import { useChanging } from '../components/changing.ts';
import type { Edited } from './draft.ts';
import { resourceOf, useForgetScripts } from './script-data.ts';

export interface Saving {
  readonly edited: Edited;
  readonly note: string;
  /** The latest version must still have this number; 0 for none, null for whatever it is. */
  readonly latest: number | null;
}

export interface Saved {
  readonly version: UploadedVersion;
  /** False when the latest version was the very same. */
  readonly created: boolean;
}

/** Makes a version of what is edited. */
export function useSave(kind: ScriptKind, id: string) {
  const changing = useChanging();
  const forget = useForgetScripts();
  return useMutation({
    mutationFn: async ({ edited, note, latest }: Saving): Promise<Saved> => {
      const { source, language, libraries, secrets } = edited;
      const body = { source, language, note, ...(kind === 'procedure' ? { libraries, secrets } : {}) };
      const { data, status } = await changing((options) =>
        post<UploadedVersion>(`${resourceOf(kind, id)}/versions`, { body, query: { latest }, ...options }),
      );
      return { version: data, created: status === 201 };
    },
    onSuccess: forget,
    onError: (error) => (isProblem(error, 'precondition-failed') ? forget() : undefined),
  });
}
