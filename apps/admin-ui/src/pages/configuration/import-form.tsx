import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { useEntity } from '../../api/entity.ts';
import { post, put } from '../../api/request.ts';
import type { ConfigurationChanges, ConfigurationDiff, Status } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { useProposing } from '../../components/proposed-change.tsx';
import { Applied } from './applied.tsx';
import { Comparison } from './comparison.tsx';

const YAML = 'application/yaml';

/**
 * Takes a file, shows what it would do, and applies it. The text may have secrets: it is in the field, not in the state, and
 * nothing is applied but the very text that was compared.
 */
export function ImportForm() {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const compared = useRef({ text: '', revision: 0 });
  const [isOutdated, setOutdated] = useState(false);
  const [note, setNote] = useState('');
  const queries = useQueryClient();
  const confirm = useConfirm();
  const proposing = useProposing();
  const fourEyes = useEntity<Status>('/status').data?.data.fourEyes === true;
  const comparison = useMutation({
    mutationFn: async () => {
      const text = field.current?.value ?? '';
      if (text.trim() === '') throw new Error('Choose a file or paste its text first.');
      const { data } = await post<ConfigurationDiff>('/configuration/diff', { body: text, type: YAML });
      compared.current = { text, revision: data.revision };
      setOutdated(false);
      return data;
    },
    onMutate: () => application.reset(),
    gcTime: 0,
  });
  const application = useMutation({
    mutationFn: async () => {
      const query = fourEyes && note !== '' ? { proposalNote: note } : {};
      const { text: body, revision } = compared.current;
      // It is applied to what it was compared with, or not at all.
      const ifMatch = `"${revision}"`;
      return (await proposing(put<ConfigurationChanges>('/configuration', { body, type: YAML, query, ifMatch }))).data;
    },
    onSuccess: async () => {
      forget();
      comparison.reset();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    },
  });
  const forget = () => {
    compared.current = { text: '', revision: 0 };
    if (field.current !== null) field.current.value = '';
  };
  const changed = () => {
    application.reset();
    setOutdated(true);
  };
  const choose = async (file: File | undefined) => {
    if (file === undefined || field.current === null) return;
    field.current.value = await file.text();
    comparison.mutate();
  };
  const apply = async ({ changes }: ConfigurationDiff) => {
    const count = (action: string) => changes.filter((change) => change.action === action).length;
    const numbers = `${count('create')} created, ${count('update')} changed, ${count('delete')} deleted`;
    const yes = await confirm({
      title: fourEyes ? 'Propose this configuration?' : 'Apply this configuration?',
      text: fourEyes
        ? `Another administrator approves or rejects all of it at once: ${numbers}.`
        : `All of it at once, in force on all nodes: ${numbers}. A bucket that goes takes its entries along.`,
      action: fourEyes ? 'Propose' : 'Apply',
      dangerous: count('delete') > 0,
    });
    if (yes) application.mutate();
  };
  const diff = comparison.data;
  const mayApply = diff !== undefined && !isOutdated && diff.problems.length === 0 && diff.changes.length > 0;
  return (
    <section className="card stack" aria-labelledby="import">
      <h2 id="import">Compare and apply</h2>
      <FormErrors error={application.error ?? comparison.error} fields={[]}>
        <div className="field">
          <label className="field-label" htmlFor={`${id}-file`}>
            File
          </label>
          <input
            id={`${id}-file`}
            className="input input-file"
            type="file"
            accept=".yaml,.yml,application/yaml,text/yaml"
            onChange={({ target }) => void choose(target.files?.[0])}
          />
        </div>
        <div className="field">
          <label className="field-label" htmlFor={`${id}-text`}>
            Its text
          </label>
          <textarea
            ref={field}
            id={`${id}-text`}
            className="input mono configuration-text"
            rows={12}
            wrap="off"
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="none"
            aria-describedby={`${id}-hint`}
            onInput={changed}
          />
          <p className="field-hint" id={`${id}-hint`}>
            It replaces what files own and leaves what was made in the service. Nothing is applied before you have seen what changes.
          </p>
        </div>
        <div className="row">
          <Button kind={mayApply ? 'secondary' : 'primary'} busy={comparison.isPending} onClick={() => comparison.mutate()}>
            Compare
          </Button>
        </div>
        {diff !== undefined && <Comparison diff={diff} isOutdated={isOutdated} field={field} />}
        {mayApply && (
          <>
            {fourEyes && (
              <TextField
                label="Note for who approves"
                pointer="/proposalNote"
                maxLength={2000}
                value={note}
                onChange={setNote}
                hint="The four-eyes rule holds: this becomes a proposal."
              />
            )}
            <div className="row">
              <Button kind="primary" busy={application.isPending} onClick={() => void apply(diff)}>
                {fourEyes ? 'Propose' : 'Apply'}
              </Button>
            </div>
          </>
        )}
        {application.data !== undefined && <Applied result={application.data} />}
      </FormErrors>
    </section>
  );
}
