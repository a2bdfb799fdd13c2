import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { path, post } from '../../api/request.ts';
import type { CreatedAccount } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { objectOf } from '../../components/draft.ts';
import { CheckField, TextArea, TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAccountsOf } from './account-resource.ts';
import { MADE_BY_SERVICE, PasswordFields, passwordOf } from './password-fields.tsx';

const EXAMPLE = '{\n  "name": "",\n  "email": ""\n}';

export function NewAccount() {
  const { resource, profile, address } = useAccountsOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const toast = useToast();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState(MADE_BY_SERVICE);
  const [attributes, setAttributes] = useState(EXAMPLE);
  const [enabled, setEnabled] = useState(true);
  const [created, setCreated] = useState<CreatedAccount | null>(null);
  const toAccount = ({ id }: CreatedAccount) => void navigate(address + path`/${id}`);
  const creation = useMutation({
    mutationFn: async () => {
      const body = { username, attributes: objectOf(attributes, '/attributes'), enabled, ...passwordOf(password) };
      return (await post<CreatedAccount>(resource, { body })).data;
    },
    // The answer may have the password: it is not kept where answers are.
    gcTime: 0,
    onSuccess: (account) => {
      setPassword(MADE_BY_SERVICE);
      void changed(resource);
      toast.done(`${account.username} has an account.`);
      if (account.password === undefined) toAccount(account);
      else setCreated(account);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    creation.mutate();
  };
  return (
    <>
      <PageHeader title="New account" parent={{ to: address, label: `Accounts of ${profile}` }} />
      <form className="form" onSubmit={submit} noValidate>
        <FormErrors error={creation.error} fields={['/username', '/password', '/attributes', '/enabled']}>
          <section className="card stack" aria-label="Account">
            <TextField label="Username" pointer="/username" required value={username} onChange={setUsername} />
            <PasswordFields draft={password} onChange={setPassword} />
            <TextArea
              label="Attributes as JSON"
              pointer="/attributes"
              hint="What claims about the person are taken from."
              className="mono"
              rows={6}
              value={attributes}
              onChange={setAttributes}
            />
            <CheckField label="Enabled" pointer="/enabled" checked={enabled} onChange={setEnabled} />
          </section>
          <div className="row row-ends form-end">
            <Link className="button button-secondary" to={address}>
              Cancel
            </Link>
            <Button type="submit" kind="primary" busy={creation.isPending}>
              Create the account
            </Button>
          </div>
        </FormErrors>
      </form>
      {created?.password !== undefined && (
        <SecretOnce title={`The password of ${created.username}`} secret={created.password} onClose={() => toAccount(created)} />
      )}
    </>
  );
}
