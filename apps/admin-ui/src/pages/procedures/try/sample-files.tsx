import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { path, put } from '../../../api/request.ts';
import type { NewSample, Sample } from '../../../api/script-types.ts';
import { Button } from '../../../components/button.tsx';
import { useConfirm } from '../../../components/confirm.tsx';
import { giveFile } from '../../../components/download.ts';
import { useToast } from '../../../components/toast.tsx';
import { samplesOf } from './samples-data.ts';
import { useForgetSamples } from './save-sample.ts';

type Entry = Pick<NewSample, 'description' | 'sample' | 'expect'>;

/** Samples as the file that `tokenwright procedure test` runs, downloaded and taken from one. */
export function SampleFiles({
  procedure,
  samples,
  mayChange,
}: {
  readonly procedure: string;
  readonly samples: readonly Sample[];
  readonly mayChange: boolean;
}) {
  const file = useRef<HTMLInputElement>(null);
  const confirm = useConfirm();
  const toast = useToast();
  const forget = useForgetSamples();
  const upload = useMutation({
    mutationFn: async (chosen: File) => {
      const entries = entriesOf(await chosen.text(), chosen.name);
      const replaced = entries.filter(([name]) => samples.some((one) => one.name === name));
      const isWanted = await confirm({
        title: `Save ${counted(entries.length)} of ${chosen.name}?`,
        text:
          replaced.length === 0
            ? 'All of them are new. Every version that is saved from then on runs in them.'
            : `They take the place of samples of the same name: ${replaced.map(([name]) => name).join(', ')}.`,
        action: 'Save them',
      });
      if (!isWanted) return;
      for (const [name, body] of entries) {
        await put(samplesOf(procedure) + path`/${name}`, { body }).catch((error: unknown) => {
          throw new Error(`The sample ${name} was not saved, nor were those after it: ${(error as Error).message}`, { cause: error });
        });
      }
      toast.done(`${counted(entries.length)} saved.`);
    },
    onError: (error) => toast.failed(error),
    onSettled: forget,
  });
  return (
    <div className="row">
      {samples.length > 0 && (
        <Button
          small
          onClick={() => giveFile(`${procedure}.samples.json`, 'application/json', fileOf(samples))}
          title="As tokenwright procedure test runs it"
        >
          Download
        </Button>
      )}
      {mayChange && (
        <>
          <Button small busy={upload.isPending} onClick={() => file.current?.click()}>
            Upload …
          </Button>
          <input
            ref={file}
            type="file"
            hidden
            accept=".json,application/json"
            aria-label="File of samples"
            onChange={({ target }) => {
              const [chosen] = target.files ?? [];
              // The same one may be chosen again when it was mended.
              target.value = '';
              if (chosen !== undefined) upload.mutate(chosen);
            }}
          />
        </>
      )}
    </div>
  );
}

function fileOf(samples: readonly Sample[]): string {
  const entries = samples.map(({ name, description, sample, expect }) => [
    name,
    { ...(description === '' ? {} : { description }), sample, expect },
  ]);
  return `${JSON.stringify({ samples: Object.fromEntries(entries) as unknown }, null, 2)}\n`;
}

/** What a file has of samples. What is in each the service looks at. @throws Error for one that is no such file */
function entriesOf(text: string, file: string): readonly (readonly [string, Entry])[] {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as SyntaxError).message}`, { cause: error });
  }
  const { samples } = (isObject(written) ? written : {}) as { readonly samples?: unknown };
  if (!isObject(samples) || !Object.values(samples).every(isObject))
    throw new Error(`${file} has no samples: it must be { "samples": { "a name": { "sample": { ... }, "expect": { ... } } } }.`);
  return Object.entries(samples as Record<string, Entry>);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function counted(count: number): string {
  return count === 1 ? '1 sample' : `${count} samples`;
}
