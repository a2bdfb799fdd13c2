import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { request } from '../../api/request.ts';
import type { Account } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { objectOf } from '../../components/draft.ts';
import { NotThere } from '../../components/entity-state.tsx';
import { TextArea } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAccountOf } from './account-resource.ts';

export function EditAttributes() {
  const { resource, address } = useAccountOf();
  const account = useEntity<Account>(resource);
  const name = account.data?.data.username ?? 'the account';
  return (
    <>
      <PageHeader title={`Attributes of ${name}`} parent={{ to: address, label: name }} />
      {account.data === undefined ? <NotThere of={account} /> : <Form account={account.data.data} />}
    </>
  );
}

function Form({ account }: { readonly account: Account }) {
  const { resource, list, address } = useAccountOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const toast = useToast();
  const [text, setText] = useState(() => JSON.stringify(account.attributes, null, 2));
  const change = useMutation({
    mutationFn: async () => request<Account>('PATCH', resource, { body: { attributes: objectOf(text, '/attributes') } }),
    onSuccess: async () => {
      toast.done(`The attributes of ${account.username} are saved.`);
      await navigate(address);
      await changed(list, resource);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <FormErrors error={change.error} fields={['/attributes']}>
        <section className="card" aria-label="Attributes">
          <TextArea
            label="Attributes as JSON"
            pointer="/attributes"
            hint="They take the place of all that there are."
            className="mono"
            rows={14}
            value={text}
            onChange={setText}
          />
        </section>
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
