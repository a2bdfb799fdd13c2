import './clients.css';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useChanged } from '../../api/changed.ts';
import { ChangeProposed } from '../../api/not-changed.ts';
import { post, remove } from '../../api/request.ts';
import type { Client, ClientSecret, CreatedClientSecret, NewClientSecret } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { useChanging } from '../../components/changing.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SelectField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { useMay } from '../../session/session.ts';
import { useClientOf } from './client-resource.ts';

interface Props {
  readonly client: Client;
  readonly etag: string | null;
}

export function ClientSecrets({ client, etag }: Props) {
  const { resource } = useClientOf();
  const changed = useChanged();
  const [adding, setAdding] = useState(false);
  const [created, setCreated] = useState<string | null>(null);
  const mayChange = useMay('admin');
  return (
    <section className="card stack" aria-labelledby="secrets">
      <div className="row row-ends">
        <h2 id="secrets">Secrets</h2>
        {mayChange && (
          <Button small onClick={() => setAdding(true)}>
            New secret
          </Button>
        )}
      </div>
      {client.secrets.length === 0 ? (
        <p className="muted">It has none.</p>
      ) : (
        <ul className="secrets">
          {client.secrets.map((secret) => (
            <SecretLine key={secret.id} secret={secret} etag={etag} mayChange={mayChange} />
          ))}
        </ul>
      )}
      {adding && (
        <NewSecret
          client={client}
          etag={etag}
          onClose={() => setAdding(false)}
          onCreated={(secret) => {
            setAdding(false);
            setCreated(secret);
            void changed(resource);
          }}
        />
      )}
      {created !== null && <SecretOnce title={`A new secret of ${client.name}`} secret={created} onClose={() => setCreated(null)} />}
    </section>
  );
}

function SecretLine({
  secret,
  etag,
  mayChange,
}: {
  readonly secret: ClientSecret;
  readonly etag: string | null;
  readonly mayChange: boolean;
}) {
  const { resource } = useClientOf();
  const changed = useChanged();
  const confirm = useConfirm();
  const changing = useChanging();
  const toast = useToast();
  const deletion = useMutation({
    mutationFn: () => changing((options) => remove(`${resource}/secrets/${encodeURIComponent(secret.id)}`, { ifMatch: etag, ...options })),
    onSuccess: () => {
      toast.done('The secret is deleted.');
      return changed(resource);
    },
    onError: toast.failed,
  });
  const ask = async () => {
    const text = 'Whoever still uses it cannot authenticate any more, from now on.';
    if (await confirm({ title: 'Delete this secret?', text, action: 'Delete the secret', dangerous: true })) deletion.mutate();
  };
  return (
    <li className="row row-ends">
      <div>
        <p className="row">
          <code>{secret.id}</code>
          {secret.expiresAt !== null && <Badge kind="warning">expires</Badge>}
        </p>
        <p className="muted">
          made <Time at={secret.createdAt} />
          {secret.expiresAt !== null && (
            <>
              , refused from <Time at={secret.expiresAt} />
            </>
          )}
        </p>
      </div>
      {mayChange && (
        <Button small kind="danger" busy={deletion.isPending} aria-label={`Delete the secret ${secret.id}`} onClick={() => void ask()}>
          Delete
        </Button>
      )}
    </li>
  );
}

const EXPIRY = [
  ['', 'stay as they are'],
  ['0', 'are refused at once'],
  ['3600', 'are refused in an hour'],
  ['86400', 'are refused in a day'],
  ['604800', 'are refused in a week'],
] as const;

function NewSecret({
  client,
  etag,
  onClose,
  onCreated,
}: Props & { readonly onClose: () => void; readonly onCreated: (secret: string) => void }) {
  const { resource } = useClientOf();
  const changing = useChanging();
  const [expiry, setExpiry] = useState(client.secrets.length === 0 ? '' : '86400');
  const creation = useMutation({
    mutationFn: async () => {
      const body: NewClientSecret = expiry === '' ? {} : { expireOthersIn: Number(expiry) };
      return (await changing((options) => post<CreatedClientSecret>(`${resource}/secrets`, { body, ifMatch: etag, ...options }))).data;
    },
    onSuccess: ({ secret }) => onCreated(secret),
    onError: (error) => error instanceof ChangeProposed && onClose(),
  });
  return (
    <Dialog
      title="New secret"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={creation.isPending} onClick={() => creation.mutate()}>
            Make the secret
          </Button>
        </>
      }
    >
      <FormErrors error={creation.error} fields={['/expireOthersIn']}>
        <p>The service makes one and shows it once. Two are valid at a time, so that it can be changed without a gap.</p>
        {client.secrets.length > 0 && (
          <SelectField label="The present secrets" pointer="/expireOthersIn" value={expiry} options={EXPIRY} onChange={setExpiry} />
        )}
      </FormErrors>
    </Dialog>
  );
}
