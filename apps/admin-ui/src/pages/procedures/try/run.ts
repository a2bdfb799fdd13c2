import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isProblem, type Finding } from '../../../api/api-error.ts';
import { path, post } from '../../../api/request.ts';
import type { DryRunContext, DryRunReport, SampleRun } from '../../../api/script-types.ts';
import type { TryPanelProps } from '../../../scripts/try-panel-props.ts';
import type { Place } from './place.ts';

/** What is run: the text in a context that is looked up, or in a saved sample. */
export type Started =
  { readonly kind: 'context'; readonly place: Place; readonly context: DryRunContext } | { readonly kind: 'sample'; readonly name: string };

/** The last run that has come to an end. */
export interface Ended {
  /** The text that ran. */
  readonly source: string;
  readonly report: DryRunReport | null;
  /** How it did in the sample; null outside of one. */
  readonly sample: SampleRun | null;
  /** Why there is no report. */
  readonly error: Error | null;
  /** Names it apart from others. */
  readonly number: number;
}

/** What runs: a text with what it may use. */
export type Text = Pick<TryPanelProps, 'procedure' | 'flow' | 'source' | 'language' | 'libraries' | 'secrets'>;

/** Runs a text, one run at a time: who begins another, or cancels, hears no more of the one before. */
export function useRun(text: Text, onMarks: TryPanelProps['onMarks']) {
  const [ended, setEnded] = useState<Ended | null>(null);
  const running = useRef<AbortController | null>(null);
  const number = useRef(0);
  const { source } = text;
  const latest = useRef(source);
  const marked = useRef(false);
  const mark = useCallback(
    (findings: readonly Finding[]) => {
      if (findings.length === 0 && !marked.current) return;
      marked.current = findings.length > 0;
      onMarks(findings);
    },
    [onMarks],
  );
  // A mark is of the text that ran.
  useEffect(() => {
    latest.current = source;
    mark([]);
  }, [source, mark]);

  // Nothing is kept of what was sent: there may be a token in it, which is read when it goes.
  const { mutateAsync, reset, isPending } = useMutation({
    gcTime: 0,
    mutationFn: ({ start, signal }: { readonly start: () => Started; readonly signal: AbortSignal }) => sent(text, start(), signal),
  });
  const run = useCallback(
    (start: () => Started) => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      const end = (members: Partial<Ended>) => {
        if (running.current !== controller) return;
        running.current = null;
        const now: Ended = { source, report: null, sample: null, error: null, number: ++number.current, ...members };
        setEnded(now);
        if (latest.current === source) mark(marksOf(now));
      };
      mark([]);
      mutateAsync({ start, signal: controller.signal }).then(end, (error: unknown) => end({ error: error as Error }));
    },
    [mutateAsync, mark, source],
  );
  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = null;
    reset();
  }, [reset]);
  useEffect(() => () => running.current?.abort(), []);
  return { run, cancel, isRunning: isPending, ended };
}

async function sent(text: Text, started: Started, signal: AbortSignal): Promise<Pick<Ended, 'report' | 'sample'>> {
  if (started.kind === 'sample') {
    const sample = await runInSample(text, started.name, signal);
    return { sample, report: sample.report };
  }
  const { source, language, libraries, secrets, flow } = text;
  const { profile, endpoint } = started.place;
  const body = { profile, flow, program: { source, language, libraries, secrets }, endpoint, ...started.context };
  return { report: (await post<DryRunReport>('/dry-run', { body, signal })).data, sample: null };
}

/** Tries a text in a sample. */
export async function runInSample({ procedure, ...text }: Text, name: string, signal?: AbortSignal): Promise<SampleRun> {
  const { source, language, libraries, secrets } = text;
  const resource = path`/procedures/${procedure}/samples/${name}/run`;
  return (
    await post<SampleRun>(resource, {
      body: { source, language, libraries, secrets },
      ...(signal === undefined ? {} : { signal }),
    })
  ).data;
}

/** What is to be marked in the text: where it failed, or where it called what failed, or all that the check refuses. */
function marksOf({ report, error }: Ended): readonly Finding[] {
  if (isProblem(error, 'procedure-refused')) return error.findings.filter(isInText);
  if (report === null) return [];
  const { outcome, findings, fault } = report;
  if (outcome === 'refused') return findings.filter(isInText).map(placedAt);
  if (fault === null) return [];
  const { kind: code, message, line, column, library, stack } = fault;
  if (library === undefined) return line === undefined ? [] : [placedAt({ code, message, line, column })];
  const caller = stack.find(isInText);
  return caller === undefined
    ? []
    : [{ code, message: `${message} (in the library ${library})`, line: caller.line, column: caller.column }];
}

/** Without members that are undefined. */
function placedAt({ code, message, line, column }: DryRunReport['findings'][number]): Finding {
  return { code, message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

function isInText({ library }: { readonly library?: string | undefined }): boolean {
  return library === undefined;
}
