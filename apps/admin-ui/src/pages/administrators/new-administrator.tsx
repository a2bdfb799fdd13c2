import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { ChangeProposed } from '../../api/not-changed.ts';
import { post } from '../../api/request.ts';
import type { CreatedAdministrator, NewAdministrator } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useProposing } from '../../components/proposed-change.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { ROLES, Roles } from './roles.tsx';
import './administrators.css';

const PARENT = { to: '/administrators', label: 'Administrators' };

export function NewAdministratorPage() {
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader title="New administrator" parent={PARENT} />
      {mayChange ? <NewAdministratorForm /> : <EmptyState title="This needs the role admin" />}
    </>
  );
}

function NewAdministratorForm() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const proposing = useProposing();
  const [id, setId] = useState('');
  const [role, setRole] = useState<NewAdministrator['role']>('read');
  const [created, setCreated] = useState<CreatedAdministrator | null>(null);
  const creation = useMutation({
    mutationFn: async () => {
      const body: NewAdministrator = { id: id.trim(), role };
      return (await proposing(post<CreatedAdministrator>('/administrators', { body }))).data;
    },
    // The answer has the token: it is not kept where answers are.
    gcTime: 0,
    onSuccess: (administrator) => {
      setCreated(administrator);
      void queries.invalidateQueries({ queryKey: ['/administrators'] });
    },
    onError: (error) => error instanceof ChangeProposed && void navigate(PARENT.to),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    creation.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <FormErrors error={creation.error} fields={['/id', '/role']}>
        <section className="card stack" aria-label="Administrator">
          <TextField
            label="Id"
            pointer="/id"
            required
            hint="A name for the person or program; the audit trail has it. It cannot be changed."
            value={id}
            onChange={setId}
          />
          <SelectField
            label="Role"
            pointer="/role"
            value={role}
            options={ROLES.map((each) => [each, each])}
            onChange={(value) => setRole(value as NewAdministrator['role'])}
          />
          <Roles />
        </section>
        <div className="row row-ends form-end">
          <Link className="button button-secondary" to="/administrators">
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={creation.isPending}>
            Create the administrator
          </Button>
        </div>
      </FormErrors>
      {created !== null && (
        <SecretOnce
          title={`The token of ${created.id}`}
          secret={created.token}
          onClose={() => void navigate(`/administrators/${encodeURIComponent(created.id)}`)}
        />
      )}
    </form>
  );
}
