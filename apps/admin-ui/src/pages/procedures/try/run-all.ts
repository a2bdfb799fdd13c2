import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Sample, SampleRun } from '../../../api/script-types.ts';
import { runInSample, type Text } from './run.ts';

/** How a text does in samples. */
export interface Verdicts {
  /** By the names of samples, of those that have ended. */
  readonly all: ReadonlyMap<string, SampleRun>;
  readonly isRunning: boolean;
  /** The text, or what it uses, is another by now. */
  readonly isStale: boolean;
  /** Why it did not go on. */
  readonly error: Error | null;
  readonly runAll: () => void;
  readonly cancel: () => void;
}

interface Ended {
  readonly of: string;
  readonly all: ReadonlyMap<string, SampleRun>;
  readonly error: Error | null;
}

const NONE: Ended = { of: '', all: new Map(), error: null };

/** Runs a text in all samples, one after the other, as a save would. */
export function useVerdicts(text: Text, samples: readonly Sample[]): Verdicts {
  const [ended, setEnded] = useState(NONE);
  const running = useRef<AbortController | null>(null);
  const of = JSON.stringify([text.source, text.language, text.libraries, text.secrets, samples]);
  const { mutateAsync, reset, isPending } = useMutation({
    gcTime: 0,
    mutationFn: async ({ signal }: AbortController) => {
      for (const { name } of samples) {
        const run = await runInSample(text, name, signal);
        if (signal.aborted) return;
        setEnded((before) => ({ ...before, all: new Map([...before.all, [name, run]]) }));
      }
    },
  });
  const runAll = () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setEnded({ ...NONE, of });
    mutateAsync(controller).catch((error: unknown) => {
      if (!controller.signal.aborted) setEnded((before) => ({ ...before, error: error as Error }));
    });
  };
  const cancel = useCallback(() => {
    running.current?.abort();
    reset();
  }, [reset]);
  useEffect(() => () => running.current?.abort(), []);
  return { all: ended.all, isRunning: isPending, isStale: ended.of !== of, error: ended.error, runAll, cancel };
}
