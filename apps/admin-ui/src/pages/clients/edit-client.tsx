import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { isProblem } from '../../api/api-error.ts';
import { useEntity } from '../../api/entity.ts';
import { put } from '../../api/request.ts';
import type { Client } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { LeftToFile, useTakeOver } from '../../components/take-over.ts';
import { useToast } from '../../components/toast.tsx';
import { bodyOf, draftOf, FIELDS, OTHER_POINTERS } from './client-draft.ts';
import { ClientFields } from './client-fields.tsx';
import { useChanged, useClientOf } from './client-resource.ts';

export function EditClient() {
  const { id, resource, address } = useClientOf();
  const { data, error, refetch } = useEntity<Client>(resource);
  return (
    <>
      <PageHeader title={`Edit ${id}`} parent={{ to: address, label: data?.data.name ?? id }} />
      {data !== undefined && <Form client={data.data} etag={data.etag} reload={() => void refetch()} />}
      {data === undefined && (error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />)}
    </>
  );
}

/** It is of the client as it was when it was opened, whatever is read meanwhile: by its entity tag nobody else's change is overwritten. */
function Form({ client, etag, reload }: { readonly client: Client; readonly etag: string | null; readonly reload: () => void }) {
  const { resource, list, address } = useClientOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const takeOver = useTakeOver();
  const toast = useToast();
  const [opened, setOpened] = useState({ client, etag });
  const [draft, setDraft] = useState(() => draftOf(client));
  const change = useMutation({
    mutationFn: () => {
      const body = bodyOf(draft);
      return takeOver((options) => put<Client>(resource, { body, ifMatch: opened.etag, ...options }));
    },
    onSuccess: async ({ data: { name } }) => {
      toast.done(`${name} is saved.`);
      await navigate(address);
      await changed(list, resource);
    },
    onError: (error) => {
      if (isProblem(error, 'precondition-failed')) reload();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const newer = etag !== opened.etag;
  const begin = () => {
    setOpened({ client, etag });
    setDraft(draftOf(client));
    change.reset();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <FormErrors error={change.error instanceof LeftToFile ? null : change.error} fields={[...FIELDS, ...OTHER_POINTERS]}>
        {newer && (
          <Notice kind="warning" title="It was changed by somebody else meanwhile">
            <p>What you have entered cannot be saved over it.</p>
            <Button small onClick={begin}>
              Begin again with what is there now
            </Button>
          </Notice>
        )}
        {client.origin === 'file' && (
          <Notice>This client comes from a configuration file. You will be asked before it is taken over from there.</Notice>
        )}
        <ClientFields draft={draft} onChange={setDraft} />
        <div className="row row-ends form-end">
          <Link className="button button-secondary" to={address}>
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={change.isPending}>
            Save
          </Button>
        </div>
      </FormErrors>
    </form>
  );
}
