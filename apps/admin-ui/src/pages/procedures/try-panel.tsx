import { useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'react-router';
import { path } from '../../api/request.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import type { DryRunReport, Sample } from '../../api/script-types.ts';
import type { TryPanelProps } from '../../scripts/try-panel-props.ts';
import { useMay } from '../../session/session.ts';
import { answerTo } from './try/answers-field.tsx';
import { ContextForm } from './try/context-form.tsx';
import { contextOf, EMPTY, type ContextDraft } from './try/context-draft.ts';
import { useUsualClient, usePlaces } from './try/place.ts';
import { Result } from './try/result.tsx';
import { runInSample, useRun } from './try/run.ts';
import { useVerdicts } from './try/run-all.ts';
import { SampleDialog } from './try/sample-dialog.tsx';
import { useSamples } from './try/samples-data.ts';
import { SamplesView } from './try/samples-view.tsx';
import type { SampleSource } from './try/save-sample.ts';
import { takenBy } from './try/takes.ts';
import './try/try.css';

const NO_SAMPLES: readonly Sample[] = [];

/** A sample that is about to be saved, and the run that its expectations are picked from. */
interface Saving {
  readonly source: SampleSource;
  readonly report: DryRunReport | null;
}

/** Runs the text of the editor, saved or not, as production would, without its effects. */
export default function TryPanel(props: TryPanelProps) {
  const { procedure, flow, source, onMarks, onShow } = props;
  const mayRun = useMay('author');
  const takes = takenBy(flow);
  const places = usePlaces(procedure, flow);
  const saved = useSamples(procedure);
  const samples = saved.data?.data.items ?? NO_SAMPLES;
  const verdicts = useVerdicts(props, samples);
  const [view, setView] = useState<'run' | 'samples'>('run');
  const [saving, setSaving] = useState<Saving | null>(null);
  const profile = places.chosen?.profile ?? null;
  const usual = useUsualClient(profile, takes);
  const [drafted, setDrafted] = useState<ContextDraft>(EMPTY);
  const [isClientChosen, setClientChosen] = useState(false);
  const token = useRef<HTMLTextAreaElement>(null);
  const panel = useRef<HTMLElement>(null);
  const heading = useId();
  const { run, cancel, isRunning, ended } = useRun(props, onMarks);

  // Until one chooses, it is the client that one most likely means.
  const client = isClientChosen ? drafted.client : (usual ?? null);
  // The one that was chosen may be gone, or be called otherwise by now.
  const draft = { ...drafted, client, sample: (samples.find(({ name }) => name === drafted.sample) ?? samples[0])?.name ?? null };
  const change = (members: Partial<ContextDraft>) => {
    if ('client' in members) setClientChosen(true);
    setDrafted((before) => ({ ...before, ...members }));
  };
  const isReady = draft.source === 'sample' ? draft.sample !== null : places.chosen !== null && usual !== undefined;
  const context = () => contextOf(draft, takes, token.current?.value.trim() ?? '');
  const start = () => {
    const { chosen } = places;
    if (!mayRun || !isReady) return;
    setView('run');
    onShow();
    run(() => {
      if (draft.source === 'sample') return { kind: 'sample', name: draft.sample ?? '' };
      if (chosen === null) throw new Error('There is no endpoint to try it at.');
      return { kind: 'context', place: chosen, context: context() };
    });
  };
  useRunKey(panel, start);
  const showSample = (name: string) => {
    change({ source: 'sample', sample: name });
    setView('run');
    run(() => ({ kind: 'sample', name }));
  };

  const report = ended?.report ?? null;
  const sample = ended?.sample == null ? undefined : samples.find(({ name }) => name === ended.sample?.name);
  const mayBeSaved = report !== null && report.outcome !== 'refused' && (ended?.sample === null ? profile !== null : sample !== undefined);
  const save = () => {
    if (sample !== undefined) setSaving({ source: { kind: 'sample', sample }, report });
    else if (profile !== null && draft.source !== 'sample') setSaving({ source: { kind: 'context', profile, context }, report });
  };

  const answer = (call: string) => {
    // There, it is written what it answers.
    flushSync(() => change({ answers: [...draft.answers, answerTo(call)] }));
    [...(panel.current?.querySelectorAll<HTMLElement>('.try-answer textarea') ?? [])].at(-1)?.focus();
  };
  return (
    <section className="try" ref={panel} aria-labelledby={heading}>
      <header className="try-head">
        <h2 id={heading} className="visually-hidden">
          Try it
        </h2>
        <div className="try-views" role="group" aria-label="Parts of the panel">
          <button type="button" aria-pressed={view === 'run'} onClick={() => setView('run')}>
            Try
          </button>
          <button type="button" aria-pressed={view === 'samples'} onClick={() => setView('samples')}>
            Samples{samples.length > 0 && ` (${samples.length})`}
          </button>
        </div>
        <span className="row">
          {isRunning && (
            <Button small onClick={cancel}>
              Cancel
            </Button>
          )}
          <Button
            kind="primary"
            small
            disabled={!mayRun || !isReady}
            onClick={start}
            title="Ctrl-Enter, also from the editor"
            aria-keyshortcuts="Control+Enter"
          >
            {isRunning ? 'Run again' : 'Run'}
          </Button>
        </span>
      </header>
      <div className="try-body" hidden={view !== 'samples'}>
        {saved.data === undefined ? (
          saved.error === null ? (
            <LoadingState />
          ) : (
            <ErrorState error={saved.error} retry={() => void saved.refetch()} />
          )
        ) : (
          <SamplesView
            procedure={procedure}
            samples={samples}
            verdicts={verdicts}
            mayChange={mayRun}
            onShow={showSample}
            onEdit={(edited) => setSaving({ source: { kind: 'sample', sample: edited }, report: null })}
          />
        )}
      </div>
      <div className="try-body" hidden={view !== 'run'}>
        {!mayRun ? (
          <Notice kind="info">Your role reads: to run it you need the role author.</Notice>
        ) : places.error !== null && places.all.length === 0 ? (
          <ErrorState error={places.error} />
        ) : places.pending ? (
          <LoadingState />
        ) : (
          <>
            {places.all.length === 0 && (
              <Notice kind="warning" title="It can only be tried in saved samples">
                No profile has an endpoint of the kind <code>{places.kind}</code>, which is what asks procedures of this flow.
                {places.anyProfile !== null && (
                  <>
                    {' '}
                    <Link to={path`/profiles/${places.anyProfile}/endpoints`}>Add one</Link> to try it with clients and people.
                  </>
                )}
              </Notice>
            )}
            <ContextForm
              draft={draft}
              takes={takes}
              flow={flow}
              isWithoutClient={!isClientChosen && usual === null}
              places={places}
              samples={samples}
              token={token}
              change={change}
              choosePlace={(place) => {
                if (place.profile !== profile) {
                  setClientChosen(false);
                  setDrafted((before) => ({ ...before, client: null, person: null, scopes: null }));
                }
                places.choose(place);
              }}
              error={ended?.error ?? null}
            />
            <Result
              ended={ended}
              isRunning={isRunning}
              isStale={ended !== null && ended.source !== source}
              onAnswer={draft.source === 'sample' || draft.source === 'json' ? null : answer}
              onSave={mayBeSaved && (sample !== undefined || draft.source !== 'sample') ? save : null}
            />
          </>
        )}
      </div>
      {saving !== null && (
        <SampleDialog procedure={procedure} {...saving} runIn={(name) => runInSample(props, name)} onClose={() => setSaving(null)} />
      )}
    </section>
  );
}

/** Ctrl-Enter runs it wherever one is beside the panel, as in the editor, which else would have it for itself. */
function useRunKey(panel: { readonly current: HTMLElement | null }, start: () => void): void {
  const latest = useRef(start);
  useEffect(() => {
    latest.current = start;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      const workspace = panel.current?.closest('.workspace');
      if (workspace?.checkVisibility() !== true || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    // Before the editor sees it.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [panel]);
}
