import { useMutation } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent } from 'react';
import { ApiError } from '../api/api-error.ts';
import { failureOf } from '../api/not-changed.ts';
import { remove, request } from '../api/request.ts';
import type { Script, ScriptKind } from '../api/script-types.ts';
import { Button } from '../components/button.tsx';
import { useChanging } from '../components/changing.ts';
import { useConfirm } from '../components/confirm.tsx';
import { Notice } from '../components/notice.tsx';
import { useToast } from '../components/toast.tsx';
import { useAdministrator, useMay } from '../session/session.ts';
import { keepDraft } from './draft.ts';
import { resourceOf, useForgetScripts } from './script-data.ts';

/** What a script is for, and its end. */
export function SettingsPanel({
  kind,
  script,
  etag,
  onDeleted,
}: {
  readonly kind: ScriptKind;
  readonly script: Script;
  readonly etag: string | null;
  readonly onDeleted: () => void;
}) {
  const { id } = script;
  const mayChange = useMay('author');
  const administrator = useAdministrator().id;
  const [description, setDescription] = useState(script.description);
  const field = useId();
  const changing = useChanging();
  const forget = useForgetScripts();
  const confirm = useConfirm();
  const toast = useToast();
  const describe = useMutation({
    mutationFn: () => changing((options) => request('PATCH', resourceOf(kind, id), { body: { description }, ifMatch: etag, ...options })),
    onSuccess: () => toast.done('The description is saved.'),
    onSettled: forget,
  });
  const end = useMutation({
    mutationFn: () => changing((options) => remove(resourceOf(kind, id), { ifMatch: etag, ...options })),
    onSuccess: async () => {
      keepDraft({ administrator, kind, id }, null);
      toast.done(`${id} is deleted.`);
      onDeleted();
      await forget();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    describe.mutate();
  };
  const ask = async () => {
    const yes = await confirm({
      title: `Delete ${id}?`,
      text: 'All its versions go with it. This cannot be undone; the audit trail keeps who did it and when.',
      action: 'Delete',
      dangerous: true,
    });
    if (yes) end.mutate();
  };
  return (
    <div className="stack">
      <Failure title="It was not saved" error={failureOf(describe.error)} />
      <Failure title="It was not deleted" error={failureOf(end.error)} />
      <form className="card stack" onSubmit={submit}>
        <div>
          <label className="field-label" htmlFor={field}>
            Description
          </label>
          <textarea
            id={field}
            className="input"
            rows={3}
            maxLength={1000}
            readOnly={!mayChange}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        </div>
        {mayChange && (
          <div className="row">
            <Button type="submit" busy={describe.isPending} disabled={description === script.description}>
              Save the description
            </Button>
          </div>
        )}
      </form>
      {mayChange && (
        <section className="card stack" aria-labelledby={`${field}-end`}>
          <h2 id={`${field}-end`}>Delete it</h2>
          <p className="muted">
            {kind === 'procedure'
              ? 'Refused while an endpoint is bound to it.'
              : 'Refused while a version of a procedure uses one of its versions.'}
          </p>
          <div className="row">
            <Button kind="danger" busy={end.isPending} onClick={() => void ask()}>
              Delete …
            </Button>
          </div>
        </section>
      )}
    </div>
  );
}

function Failure({ title, error }: { readonly title: string; readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Notice kind="danger" title={title}>
      {error.message}
      {error instanceof ApiError && error.errors.length > 0 && (
        <ul>
          {error.errors.map(({ kind, key, message }) => (
            <li key={`${kind ?? ''} ${key ?? ''} ${message}`}>
              {message}
              {key !== undefined && <span className="muted"> ({key.split('/').map(decodeURIComponent).join(' / ')})</span>}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
