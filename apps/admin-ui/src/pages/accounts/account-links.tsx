import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useAll } from '../../api/all.ts';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { post, remove } from '../../api/request.ts';
import type { AccountLink, Profile } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { useAccountOf } from './account-resource.ts';

/** Who somebody is at upstream providers. */
export function AccountLinks() {
  const { of, resource } = useAccountOf();
  const links = useAll<AccountLink>(`${resource}/links`);
  const providers = Object.keys(useEntity<Profile>(of).data?.data.upstreamProviders ?? {});
  const [adding, setAdding] = useState(false);
  const mayChange = useMay('admin');
  return (
    <section className="card stack" aria-labelledby="links">
      <div className="row row-ends">
        <h2 id="links">Upstream providers</h2>
        {mayChange && providers.length > 0 && (
          <Button small onClick={() => setAdding(true)}>
            New link
          </Button>
        )}
      </div>
      {links.data === undefined ? (
        <NotThere of={links} />
      ) : links.data.length === 0 ? (
        <p className="muted">No upstream provider signs this person in.</p>
      ) : (
        <ul className="lines">
          {links.data.map((link) => (
            <LinkLine key={`${link.issuer} ${link.subject}`} link={link} mayChange={mayChange} />
          ))}
        </ul>
      )}
      {adding && <NewLink providers={providers} onClose={() => setAdding(false)} />}
    </section>
  );
}

function LinkLine({ link, mayChange }: { readonly link: AccountLink; readonly mayChange: boolean }) {
  const { resource } = useAccountOf();
  const changed = useChanged();
  const { provider, issuer, subject, createdAt, lastUsedAt, madeAccount } = link;
  return (
    <li className="row row-ends">
      <div>
        <p>
          <code>{subject}</code> at {provider ?? issuer}
        </p>
        <p className="muted">
          since <Time at={createdAt} brief />, {lastUsedAt === null ? 'never used' : <Time at={lastUsedAt} brief />}
          {madeAccount && '; the account was made for it'}
        </p>
      </div>
      {mayChange && (
        <ChangeAction
          small
          kind="danger"
          aria-label={`Delete the link to ${provider ?? issuer}`}
          question={{
            title: 'Delete this link?',
            text: 'The provider signs this person in no more. They are signed out everywhere, and what was given in these sessions ends.',
            action: 'Delete the link',
            dangerous: true,
          }}
          change={() => remove(`${resource}/links`, { query: { issuer, subject } })}
          done="The link is deleted."
          onDone={() => changed(`${resource}/links`, `${resource}/sessions`)}
        >
          Delete
        </ChangeAction>
      )}
    </li>
  );
}

function NewLink({ providers, onClose }: { readonly providers: readonly string[]; readonly onClose: () => void }) {
  const { resource } = useAccountOf();
  const changed = useChanged();
  const [provider, setProvider] = useState(providers[0] ?? '');
  const [subject, setSubject] = useState('');
  const creation = useMutation({
    mutationFn: () => post<AccountLink>(`${resource}/links`, { body: { provider, subject } }),
    onSuccess: async () => {
      onClose();
      await changed(`${resource}/links`);
    },
  });
  return (
    <Dialog
      title="New link to an upstream provider"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={creation.isPending} onClick={() => creation.mutate()}>
            Make the link
          </Button>
        </>
      }
    >
      <FormErrors error={creation.error} fields={['/provider', '/subject']}>
        <p>Whoever is this subject there signs in to this account from now on.</p>
        <SelectField
          label="Provider"
          pointer="/provider"
          options={providers.map((name) => [name, name] as const)}
          value={provider}
          onChange={setProvider}
        />
        <TextField
          label="Subject there"
          pointer="/subject"
          hint="What the provider calls the person."
          className="mono"
          value={subject}
          onChange={setSubject}
        />
      </FormErrors>
    </Dialog>
  );
}
