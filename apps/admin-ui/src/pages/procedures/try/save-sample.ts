import { useMutation, useQueryClient } from '@tanstack/react-query';
import { get, path, put, remove } from '../../../api/request.ts';
import type { DryRunContext, NewSample, Sample } from '../../../api/script-types.ts';
import { nameOf, wrong } from '../../../components/draft.ts';
import { useForgetScripts } from '../../../scripts/script-data.ts';
import { samplesOf } from './samples-data.ts';

/** What a sample is made of: a context that is looked up and kept as data, or what is kept of one already. */
export type SampleSource =
  | { readonly kind: 'context'; readonly profile: string; readonly context: () => DryRunContext }
  | { readonly kind: 'sample'; readonly sample: Sample };

export interface SampleDraft {
  readonly name: string;
  readonly description: string;
  /** JSON of what is kept, of a sample that exists. */
  readonly sample: Record<string, unknown> | null;
  readonly expect: Record<string, unknown>;
}

/** Saves a sample; one that exists as long as nobody else has changed it, also under another name. */
export function useSaveSample(procedure: string, source: SampleSource) {
  const forget = useForgetSamples();
  return useMutation({
    gcTime: 0,
    mutationFn: async (read: () => SampleDraft): Promise<Sample> => {
      const draft = read();
      const name = nameOf(draft.name, '/name');
      const { data, etag } = await get<{ readonly items: readonly Sample[] }>(samplesOf(procedure));
      const before = source.kind === 'sample' ? source.sample : null;
      const now = data.items.find((one) => one.name === before?.name);
      if (before !== null && JSON.stringify(now) !== JSON.stringify(before))
        throw new Error('Somebody else has changed this sample meanwhile. Close this and look at it again.');
      if (name !== before?.name && data.items.some((one) => one.name === name)) throw wrong('/name', 'is the name of another sample');
      const { description, expect } = draft;
      const body: NewSample = {
        ...{ description, expect },
        ...(source.kind === 'context'
          ? { profile: source.profile, context: source.context() }
          : { sample: draft.sample ?? source.sample.sample }),
      };
      const saved = await put<Sample>(samplesOf(procedure) + path`/${name}`, { body, ifMatch: etag });
      // The old one goes when the new one is there.
      if (before !== null && name !== before.name) await remove(samplesOf(procedure) + path`/${before.name}`);
      return saved.data;
    },
    onSettled: forget,
  });
}

/** Deletes a sample. */
export function deleteSample(procedure: string, name: string) {
  return remove(samplesOf(procedure) + path`/${name}`);
}

/** What was read of the samples, and of the procedure they are kept with, is read again. */
export function useForgetSamples(): () => Promise<unknown> {
  const client = useQueryClient();
  const forget = useForgetScripts();
  return () =>
    Promise.all([client.invalidateQueries({ predicate: ({ queryKey: [resource] }) => String(resource).endsWith('/samples') }), forget()]);
}
