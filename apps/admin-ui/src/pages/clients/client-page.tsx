import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { remove } from '../../api/request.ts';
import type { Client } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { duration } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { authenticationOf } from './authentication.ts';
import { ClientSecrets } from './client-secrets.tsx';
import { useClientOf } from './client-resource.ts';

export function ClientPage() {
  const { id, resource, list, profile } = useClientOf();
  const { data, error, refetch } = useEntity<Client>(resource);
  const parent = { to: list, label: `Clients of ${profile}` };
  if (data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={parent} />
        {error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />}
      </>
    );
  }
  const { data: client, etag } = data;
  return (
    <>
      <PageHeader
        title={client.name}
        parent={parent}
        {...(client.description === '' ? {} : { description: client.description })}
        aside={
          <>
            <Badge kind={client.enabled ? 'ok' : 'warning'}>{client.enabled ? 'enabled' : 'disabled'}</Badge>
            <OriginBadge origin={client.origin} />
          </>
        }
        actions={<Actions client={client} etag={etag} />}
      />
      <div className="stack">
        <section className="card" aria-label="Client">
          <KeyValues
            items={[
              ['Client id', <code key="id">{client.id}</code>],
              ['May', <Values key="may" of={client.capabilities} />],
              ['Authenticates by', authenticationOf(client)],
              ['Scopes', <Values key="scopes" of={client.scopes} />],
              ['Audiences', client.audiences.length === 0 ? 'its own id' : <Values key="audiences" of={client.audiences} />],
              [
                'Redirect URIs',
                client.authorizationCode === null ? null : <Values key="uris" of={client.authorizationCode.redirectUris} />,
              ],
              ['Access tokens', client.accessTokenFormat ?? 'as the profile has them'],
              [
                'Lifetime of access tokens',
                client.accessTokenLifetime === null ? 'as the profile has it' : duration(client.accessTokenLifetime),
              ],
            ]}
          />
        </section>
        <ClientSecrets client={client} etag={etag} />
        <JsonBlock value={client} label="All of it, as the API shows it" />
      </div>
    </>
  );
}

function Actions({ client, etag }: { readonly client: Client; readonly etag: string | null }) {
  const { resource, list } = useClientOf();
  const navigate = useNavigate();
  const changed = useChanged();
  if (!useMay('admin')) return null;
  return (
    <>
      <ChangeAction
        kind="danger"
        question={{
          title: `Delete ${client.name}?`,
          text: 'It cannot authenticate any more from now on. Its delegations and tokens stay until they expire, unless they are revoked.',
          action: 'Delete the client',
          dangerous: true,
        }}
        change={(options) => remove(resource, { ifMatch: etag, ...options })}
        done={`${client.name} is deleted.`}
        onDone={async () => {
          await navigate(list);
          await changed(list);
        }}
      >
        Delete
      </ChangeAction>
      <Link className="button button-primary" to="edit">
        Edit
      </Link>
    </>
  );
}
