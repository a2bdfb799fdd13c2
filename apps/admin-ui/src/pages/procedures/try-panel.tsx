import { useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'react-router';
import { path } from '../../api/request.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import type { TryPanelProps } from '../../scripts/try-panel-props.ts';
import { useMay } from '../../session/session.ts';
import { answerTo } from './try/answers-field.tsx';
import { ContextForm } from './try/context-form.tsx';
import { contextOf, EMPTY, type ContextDraft } from './try/context-draft.ts';
import { useUsualClient, usePlaces } from './try/place.ts';
import { Result } from './try/result.tsx';
import { useRun } from './try/run.ts';
import { useSamples } from './try/samples-data.ts';
import { takenBy } from './try/takes.ts';
import './try/try.css';

/** Runs the text of the editor, saved or not, as production would, without its effects. */
export default function TryPanel(props: TryPanelProps) {
  const { procedure, flow, source, onMarks } = props;
  const mayRun = useMay('author');
  const takes = takenBy(flow);
  const places = usePlaces(procedure, flow);
  const samples = useSamples(procedure);
  const profile = places.chosen?.profile ?? null;
  const usual = useUsualClient(profile, takes);
  const [drafted, setDrafted] = useState<ContextDraft>(EMPTY);
  const [isClientChosen, setClientChosen] = useState(false);
  const token = useRef<HTMLTextAreaElement>(null);
  const panel = useRef<HTMLElement>(null);
  const heading = useId();
  const { run, cancel, isRunning, ended } = useRun(props, onMarks);

  // Until one chooses, it is the client that one most likely means.
  const draft = isClientChosen ? drafted : { ...drafted, client: usual ?? null };
  const change = (members: Partial<ContextDraft>) => {
    if ('client' in members) setClientChosen(true);
    setDrafted((before) => ({ ...before, ...members }));
  };
  const isReady = draft.source === 'sample' ? draft.sample !== null : places.chosen !== null && usual !== undefined;
  const start = () => {
    const { chosen } = places;
    if (!mayRun || !isReady) return;
    run(() => {
      if (draft.source === 'sample') return { kind: 'sample', name: draft.sample ?? '' };
      if (chosen === null) throw new Error('There is no endpoint to try it at.');
      return { kind: 'context', place: chosen, context: contextOf(draft, takes, token.current?.value.trim() ?? '') };
    });
  };
  useRunKey(panel, start);

  const answer = (call: string) => {
    // There, it is written what it answers.
    flushSync(() => change({ answers: [...draft.answers, answerTo(call)] }));
    [...(panel.current?.querySelectorAll<HTMLElement>('.try-answer textarea') ?? [])].at(-1)?.focus();
  };
  return (
    <section className="try" ref={panel} aria-labelledby={heading}>
      <header className="try-head">
        <h2 id={heading}>Try it</h2>
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
      <div className="try-body">
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
              places={places}
              samples={samples.data?.data.items ?? []}
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
            />
          </>
        )}
      </div>
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
