import { useState, type SubmitEvent } from 'react';
import type { DryRunReport, Sample, SampleRun } from '../../../api/script-types.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { objectOf } from '../../../components/draft.ts';
import { TextArea, TextField } from '../../../components/field.tsx';
import { FormErrors } from '../../../components/form-errors.tsx';
import { useToast } from '../../../components/toast.tsx';
import { Differences } from './differences.tsx';
import { expectationOf, picksOf, renewed, type Pick } from './expectation.ts';
import { PicksField } from './picks-field.tsx';
import { useSaveSample, type SampleDraft, type SampleSource } from './save-sample.ts';

/** Saves a sample: what is expected is picked from what came of a run, or written as JSON. Then it runs, so that one sees that it holds. */
export function SampleDialog(props: {
  readonly procedure: string;
  readonly source: SampleSource;
  /** What expectations are picked from; null to write them as JSON. */
  readonly report: DryRunReport | null;
  /** Runs the text of the editor in it. */
  readonly runIn: (name: string) => Promise<SampleRun>;
  readonly onClose: () => void;
}) {
  const { procedure, report, runIn, onClose } = props;
  const [source, setSource] = useState(props.source);
  const existing = source.kind === 'sample' ? source.sample : null;
  const [name, setName] = useState(existing?.name ?? '');
  const [description, setDescription] = useState(existing?.description ?? '');
  const [picks, setPicks] = useState<readonly Pick[] | null>(() => (report === null ? null : picksOf(report)));
  const [expect, setExpect] = useState(() => asText(existing?.expect ?? {}));
  const [sample, setSample] = useState(() => asText(existing?.sample ?? {}));
  const [failed, setFailed] = useState<SampleRun | null>(null);
  const [isTrying, setTrying] = useState(false);
  const save = useSaveSample(procedure, source);
  const toast = useToast();

  const read = (): SampleDraft => ({
    ...{ name, description },
    sample: existing === null || report !== null ? null : objectOf(sample, '/sample'),
    expect: picks === null ? objectOf(expect, '/expect') : expectationOf(picks),
  });
  const saved = async (now: Sample) => {
    setTrying(true);
    setSource({ kind: 'sample', sample: now });
    setSample(asText(now.sample));
    try {
      const run = await runIn(now.name);
      if (run.state === 'passed') {
        toast.done(`The sample ${now.name} is saved, and holds for the text in the editor. It runs at every save.`);
        onClose();
      } else setFailed(run);
    } catch (error) {
      toast.done(`The sample ${now.name} is saved.`);
      toast.failed(error as Error);
      onClose();
    } finally {
      setTrying(false);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setFailed(null);
    save.mutate(read, { onSuccess: (now) => void saved(now) });
  };
  const form = 'sample-form';
  return (
    <Dialog
      wide
      title={props.source.kind === 'sample' ? `Sample ${props.source.sample.name}` : 'Save as a sample'}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{failed === null ? 'Cancel' : 'Leave it so'}</Button>
          <Button type="submit" form={form} kind="primary" busy={save.isPending || isTrying}>
            Save
          </Button>
        </>
      }
    >
      {failed !== null && (
        <>
          {failed.differences.length > 0 ? (
            <Differences title="It is saved, and does not hold for the text in the editor" differences={failed.differences} />
          ) : (
            <p>{failed.problems.join('; ')}</p>
          )}
          {failed.report !== null && picks !== null && (
            <p>
              A sample runs at its own time and in a profile of its own, so that some of what comes is otherwise.{' '}
              <button
                type="button"
                className="link-button"
                onClick={() => {
                  if (failed.report !== null) setPicks(renewed(picks, failed.report));
                  setFailed(null);
                }}
              >
                Take what came there
              </button>
              , then save it again.
            </p>
          )}
        </>
      )}
      <form id={form} onSubmit={submit} noValidate>
        <FormErrors error={save.error} fields={['/name', '/description', '/expect', '/sample']}>
          <TextField label="Name" pointer="/name" placeholder="a gold client" maxLength={128} value={name} onChange={setName} />
          <TextField label="Description" pointer="/description" value={description} onChange={setDescription} />
          {picks !== null ? (
            <>
              <PicksField value={picks} onChange={setPicks} />
              <div>
                <Button
                  small
                  onClick={() => {
                    setExpect(asText(expectationOf(picks)));
                    setPicks(null);
                  }}
                >
                  Write it as JSON
                </Button>
              </div>
            </>
          ) : (
            <TextArea
              label="What must hold, as JSON"
              hint='outcome, status, headers, response, claims, tokens, error, fault, log; { "$any": "string" } stands for many. Nothing for: it is answered.'
              pointer="/expect"
              className="mono"
              rows={8}
              value={expect}
              onChange={setExpect}
            />
          )}
          {existing !== null && report === null && (
            <TextArea label="The sample as JSON" pointer="/sample" className="mono" rows={8} value={sample} onChange={setSample} />
          )}
        </FormErrors>
      </form>
    </Dialog>
  );
}

function asText(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
