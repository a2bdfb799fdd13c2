import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { useAll } from '../../api/all.ts';
import { useChanged } from '../../api/changed.ts';
import { post } from '../../api/request.ts';
import type { CreatedInitialAccessToken, Endpoint, NewInitialAccessToken } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { wholeNumberOf } from '../../components/draft.ts';
import { SelectField, TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { useRegistrationsOf } from './registration-resource.ts';

const LIFETIMES = [
  ['3600', 'an hour'],
  ['86400', 'a day'],
  ['604800', 'a week'],
  ['2592000', '30 days'],
  ['31536000', 'a year'],
] as const;

const FIELDS = ['/endpoint', '/template', '/note', '/maximumUses', '/lifetime'];

/** Makes a token that is shown once. */
export function NewInitialAccessTokenPage() {
  const { profile, of, tokens, address } = useRegistrationsOf();
  const back = `${address}/+tokens`;
  const navigate = useNavigate();
  const changed = useChanged();
  const endpoints = (useAll<Endpoint>(`${of}/endpoints`).data ?? []).filter(takesTokens);
  const [endpoint, setEndpoint] = useState('');
  const [template, setTemplate] = useState('');
  const [note, setNote] = useState('');
  const [maximumUses, setMaximumUses] = useState('1');
  const [lifetime, setLifetime] = useState('86400');
  const [created, setCreated] = useState<CreatedInitialAccessToken | null>(null);
  // The only one is meant where none is named.
  const only = endpoints.length === 1 ? endpoints[0] : undefined;
  const registration = (only ?? endpoints.find(({ id }) => id === endpoint))?.registration ?? null;
  const creation = useMutation({
    mutationFn: async () => {
      const uses = wholeNumberOf(maximumUses, '/maximumUses', 'clients');
      const body: NewInitialAccessToken = {
        ...(endpoint === '' ? {} : { endpoint }),
        ...{ template: template === '' ? null : template, note: note.trim(), lifetime: Number(lifetime) },
        ...(uses === null ? {} : { maximumUses: uses }),
      };
      return (await post<CreatedInitialAccessToken>(tokens, { body })).data;
    },
    // The answer has the token: it is not kept where answers are.
    gcTime: 0,
    onSuccess: (token) => {
      setCreated(token);
      void changed(tokens);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    creation.mutate();
  };
  return (
    <>
      <PageHeader title="New initial access token" parent={{ to: back, label: `Initial access tokens of ${profile}` }} />
      <form className="form" onSubmit={submit} noValidate>
        <FormErrors error={creation.error} fields={FIELDS}>
          <section className="card stack" aria-label="Initial access token">
            <TextField
              label="For whom"
              pointer="/note"
              hint="For administrators; it is no part of the token."
              value={note}
              onChange={setNote}
            />
            <SelectField
              label="Good at"
              pointer="/endpoint"
              hint="Endpoints at which clients are registered by such tokens."
              options={[
                ['', only === undefined ? 'Choose one' : nameOfEndpoint(only)],
                ...(only === undefined ? endpoints.map((one) => [one.id, nameOfEndpoint(one)] as const) : []),
              ]}
              value={endpoint}
              onChange={(id) => {
                setEndpoint(id);
                setTemplate('');
              }}
            />
            <SelectField
              label="Template of its clients"
              pointer="/template"
              options={[
                ['', registration === null ? 'that of the endpoint' : `that of the endpoint, ${registration.template}`],
                ...(registration?.templates ?? []).map((name) => [name, name] as const),
              ]}
              value={template}
              onChange={setTemplate}
            />
            <div className="fields">
              <TextField
                label="Clients that may be registered with it"
                pointer="/maximumUses"
                inputMode="numeric"
                value={maximumUses}
                onChange={setMaximumUses}
              />
              <SelectField label="Good for" pointer="/lifetime" options={LIFETIMES} value={lifetime} onChange={setLifetime} />
            </div>
          </section>
          <div className="row row-ends form-end">
            <Link className="button button-secondary" to={back}>
              Cancel
            </Link>
            <Button type="submit" kind="primary" busy={creation.isPending}>
              Make the token
            </Button>
          </div>
        </FormErrors>
      </form>
      {created !== null && (
        <SecretOnce
          title={created.note === '' ? 'The initial access token' : `The token for ${created.note}`}
          secret={created.token}
          onClose={() => void navigate(back)}
        />
      )}
    </>
  );
}

function takesTokens({ registration }: Endpoint): boolean {
  return registration?.access.includes('initial-access-token') === true;
}

function nameOfEndpoint({ id, path }: Endpoint): string {
  return `${id} (${path})`;
}
