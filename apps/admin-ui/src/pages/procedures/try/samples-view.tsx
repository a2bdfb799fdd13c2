import type { Sample } from '../../../api/script-types.ts';
import { Button } from '../../../components/button.tsx';
import { ChangeAction } from '../../../components/change-action.tsx';
import { JsonBlock } from '../../../components/code-block.tsx';
import { Notice } from '../../../components/notice.tsx';
import { EmptyState } from '../../../components/states.tsx';
import { Differences } from './differences.tsx';
import { StateBadge } from './result.tsx';
import type { Verdicts } from './run-all.ts';
import { SampleFiles } from './sample-files.tsx';
import { deleteSample, useForgetSamples } from './save-sample.ts';

/** The samples of a procedure, and how the text in the editor does in them. */
export function SamplesView({
  procedure,
  samples,
  verdicts,
  mayChange,
  onShow,
  onEdit,
}: {
  readonly procedure: string;
  readonly samples: readonly Sample[];
  readonly verdicts: Verdicts;
  readonly mayChange: boolean;
  /** Runs it where all of it is told. */
  readonly onShow: (name: string) => void;
  readonly onEdit: (sample: Sample) => void;
}) {
  const forget = useForgetSamples();
  const { all, isRunning, isStale, error, runAll, cancel } = verdicts;
  if (samples.length === 0)
    return (
      <EmptyState title="No samples yet" action={mayChange && <SampleFiles procedure={procedure} samples={samples} mayChange />}>
        A sample is a context with what is expected there. It is kept with the procedure, and every version that is saved runs in it. Run
        the text, then save that as a sample.
      </EmptyState>
    );
  const ended = samples.flatMap(({ name }) => all.get(name) ?? []);
  const passed = ended.filter(({ state }) => state === 'passed').length;
  return (
    <>
      <div className="row row-ends">
        <p role="status" className="muted">
          {isRunning
            ? `Running: ${ended.length} of ${samples.length} …`
            : ended.length === 0
              ? `${samples.length} ${samples.length === 1 ? 'sample' : 'samples'}. They run at every save.`
              : `${passed} of ${ended.length} passed.${isStale ? ' The text has changed since.' : ''}`}
        </p>
        {mayChange &&
          (isRunning ? (
            <Button small onClick={cancel}>
              Cancel
            </Button>
          ) : (
            <Button small onClick={runAll}>
              Run all
            </Button>
          ))}
      </div>
      <SampleFiles procedure={procedure} samples={samples} mayChange={mayChange} />
      {error !== null && <Notice kind="danger">{error.message}</Notice>}
      <ul className="try-samples" aria-label="Samples">
        {samples.map((sample) => {
          const { name, description } = sample;
          const verdict = all.get(name);
          return (
            <li key={name} className="stack">
              <div className="row row-ends">
                <span>
                  <strong>{name}</strong>
                  {description !== '' && <span className="beneath">{description}</span>}
                </span>
                {verdict !== undefined && <StateBadge state={verdict.state} />}
              </div>
              {verdict !== undefined && verdict.differences.length > 0 && (
                <Differences title="Expected, and what came" differences={verdict.differences} />
              )}
              {verdict?.state === 'not-run' && <p>{verdict.problems.join('; ')}</p>}
              <details>
                <summary>What it is and expects</summary>
                <div className="stack">
                  <JsonBlock value={sample.expect} label={`What ${name} expects`} />
                  <JsonBlock value={sample.sample} label={`What ${name} is`} />
                </div>
              </details>
              {mayChange && (
                <div className="row">
                  <Button small onClick={() => onShow(name)} aria-label={`Run ${name}`}>
                    Run
                  </Button>
                  <Button small onClick={() => onEdit(sample)} aria-label={`Edit ${name}`}>
                    Edit
                  </Button>
                  <ChangeAction
                    small
                    aria-label={`Delete ${name}`}
                    question={{
                      title: `Delete the sample ${name}?`,
                      text: 'Versions that are saved from then on do not run in it.',
                      action: 'Delete',
                      dangerous: true,
                    }}
                    change={() => deleteSample(procedure, name)}
                    done={`The sample ${name} is deleted.`}
                    onDone={async () => {
                      await forget();
                    }}
                  >
                    Delete
                  </ChangeAction>
                </div>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
