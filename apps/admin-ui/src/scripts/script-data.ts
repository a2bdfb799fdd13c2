import { useQueries, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { all } from '../api/all.ts';
import { useEntity } from '../api/entity.ts';
import { get, path } from '../api/request.ts';
import type { DescribedFlow, Flow, Script, ScriptKind, ScriptVersion } from '../api/script-types.ts';
import type { ListPage } from '../api/shapes.ts';
import type { EditedText } from '../editor/worker/language-service.ts';
import type { Edited } from './draft.ts';

/** How often it is looked whether somebody else has saved a version. */
const LOOK_AGAIN_MILLISECONDS = 20_000;

/** Where the API has a script. */
export function resourceOf(kind: ScriptKind, id: string): string {
  return kind === 'procedure' ? path`/procedures/${id}` : path`/libraries/${id}`;
}

/** Where the page of a script is. */
export const pageOf = resourceOf;

export function useScript<T extends Script>(kind: ScriptKind, id: string) {
  return useEntity<T>(resourceOf(kind, id));
}

/** All versions, the latest first. */
export function useVersions(kind: ScriptKind, id: string): UseQueryResult<readonly ScriptVersion[]> {
  const resource = `${resourceOf(kind, id)}/versions`;
  return useQuery({
    queryKey: [resource, 'all'],
    queryFn: async ({ signal }) => (await all<ScriptVersion>(resource, {}, signal)).reverse(),
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
  });
}

/** The text of a version, which never changes. */
export function useSource(kind: ScriptKind, id: string, version: number | null): UseQueryResult<string> {
  return useQuery({ ...sourceQuery(kind, id, version ?? 0), enabled: version !== null && version > 0 });
}

/** The texts of pinned libraries, for the editor's types; those that cannot be read are left out. */
export function useLibraryTexts(pins: readonly string[]): EditedText['libraries'] {
  const named = pins.map((pin) => {
    const at = pin.lastIndexOf('@');
    return at === -1 ? { library: pin, version: 0 } : { library: pin.slice(0, at), version: Number(pin.slice(at + 1)) };
  });
  return useQueries({
    queries: named.map(({ library, version }) => ({
      queryKey: ['library text', library, version],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const resource = path`/libraries/${library}/versions/${version}`;
        const [about, source] = await Promise.all([
          get<ScriptVersion>(resource, { signal }),
          get<string>(`${resource}/source`, { signal }),
        ]);
        return { name: library, language: about.data.language, source: source.data };
      },
      staleTime: Infinity,
      enabled: version > 0,
    })),
    combine: textsOf,
  });
}

function textsOf(results: readonly UseQueryResult<EditedText['libraries'][number]>[]): EditedText['libraries'] {
  return results.flatMap(({ data }) => data ?? []);
}

export function useFlows(): UseQueryResult<readonly Flow[]> {
  return useQuery({
    queryKey: ['/flows'],
    queryFn: async ({ signal }) => (await get<ListPage<Flow>>('/flows', { signal })).data.items,
    staleTime: Infinity,
  });
}

/** A flow with its shipped procedure. */
export function useFlow(flow: string | null): UseQueryResult<DescribedFlow> {
  return useQuery({
    queryKey: ['/flows', flow],
    queryFn: async ({ signal }) => (await get<DescribedFlow>(path`/flows/${flow ?? ''}`, { signal })).data,
    enabled: flow !== null,
    staleTime: Infinity,
  });
}

/** After a change: what was read of scripts and their bindings is read again. */
export function useForgetScripts(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    () =>
      client.invalidateQueries({
        predicate: ({ queryKey: [resource] }) =>
          typeof resource === 'string' && /^\/(?:procedures|libraries|profiles|proposals)\b/u.test(resource),
      }),
    [client],
  );
}

/** What a version has of what can be edited. */
export function editedOf(version: ScriptVersion, source: string): Edited {
  return {
    source,
    language: version.language,
    libraries: (version.libraries ?? []).map(({ library, version: pinned }) => `${library}@${pinned}`),
    secrets: version.secrets ?? [],
  };
}

export function sourceQuery(kind: ScriptKind, id: string, version: number) {
  const resource = `${resourceOf(kind, id)}/versions/${version}/source`;
  return {
    queryKey: [resource],
    queryFn: async ({ signal }: { signal: AbortSignal }) => (await get<string>(resource, { signal })).data,
    staleTime: Infinity,
  };
}
