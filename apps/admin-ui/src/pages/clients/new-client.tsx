import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { ChangeProposed } from '../../api/not-changed.ts';
import { path, post } from '../../api/request.ts';
import type { CreatedClient } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useProposing } from '../../components/proposed-change.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { useToast } from '../../components/toast.tsx';
import { bodyOf, EMPTY, FIELDS, OTHER_POINTERS } from './client-draft.ts';
import { ClientFields } from './client-fields.tsx';
import { useClientsOf } from './client-resource.ts';

export function NewClient() {
  const { resource, profile, address } = useClientsOf();
  const navigate = useNavigate();
  const changed = useChanged();
  const proposing = useProposing();
  const toast = useToast();
  const [id, setId] = useState('');
  const [draft, setDraft] = useState(EMPTY);
  const [created, setCreated] = useState<CreatedClient | null>(null);
  const toClient = (client: CreatedClient) => void navigate(address + path`/${client.id}`);
  const creation = useMutation({
    mutationFn: async () => (await proposing(post<CreatedClient>(resource, { body: { id: id.trim(), ...bodyOf(draft) } }))).data,
    // The answer has the secret: it is not kept where answers are.
    gcTime: 0,
    onSuccess: (client) => {
      void changed(resource);
      toast.done(`${client.name} is created.`);
      if (client.secret === undefined) toClient(client);
      else setCreated(client);
    },
    onError: (error) => error instanceof ChangeProposed && void navigate(address),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    creation.mutate();
  };
  return (
    <>
      <PageHeader title="New client" parent={{ to: address, label: `Clients of ${profile}` }} />
      <form className="form" onSubmit={submit} noValidate>
        <FormErrors error={creation.error} fields={['/id', ...FIELDS, ...OTHER_POINTERS]}>
          <section className="card" aria-label="Identifier">
            <TextField
              label="Client id"
              pointer="/id"
              required
              hint="What it is known by. It cannot be changed."
              className="mono"
              value={id}
              onChange={setId}
            />
          </section>
          <ClientFields draft={draft} onChange={setDraft} />
          <div className="row row-ends form-end">
            <Link className="button button-secondary" to={address}>
              Cancel
            </Link>
            <Button type="submit" kind="primary" busy={creation.isPending}>
              Create the client
            </Button>
          </div>
        </FormErrors>
      </form>
      {created?.secret !== undefined && (
        <SecretOnce title={`The secret of ${created.name}`} secret={created.secret} onClose={() => toClient(created)} />
      )}
    </>
  );
}
