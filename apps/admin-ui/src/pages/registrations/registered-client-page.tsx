import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { remove } from '../../api/request.ts';
import type { DynamicClient } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { isPast, Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { nameOfRegistered, wordsOfMetadata } from './metadata.ts';
import { useRegisteredClientOf } from './registration-resource.ts';

export function RegisteredClientPage() {
  const { id, resource, address, profile } = useRegisteredClientOf();
  const entity = useEntity<DynamicClient>(resource);
  const parent = { to: address, label: `Registered clients of ${profile}` };
  if (entity.data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  }
  const client = entity.data.data;
  const isOver = client.expiresAt !== null && isPast(client.expiresAt);
  return (
    <>
      <PageHeader
        title={nameOfRegistered(client)}
        parent={parent}
        aside={isOver && <Badge kind="warning">expired</Badge>}
        actions={<Delete client={client} />}
      />
      <div className="stack">
        <section className="card" aria-label="Registered client">
          <KeyValues
            items={[
              ['Client id', <code key="id">{client.id}</code>],
              ['Template', client.template],
              ['Registered at', <code key="endpoint">{client.endpoint}</code>],
              ['Registered by', client.registeredBy],
              ['Registered', <Time key="created" at={client.createdAt} />],
              ['Changed', <Time key="updated" at={client.updatedAt} />],
              ['Until', client.expiresAt === null ? 'it is deleted' : <Time key="until" at={client.expiresAt} />],
              ['Grant types', <Values key="grants" of={wordsOfMetadata(client, 'grant_types')} />],
              ['Scopes', <Values key="scopes" of={wordsOfMetadata(client, 'scope')} />],
              ['Redirect URIs', <Values key="uris" of={wordsOfMetadata(client, 'redirect_uris')} />],
              ['Secrets', <Secrets key="secrets" of={client.secrets} />],
            ]}
          />
        </section>
        <JsonBlock value={client.metadata} label="What it has registered, which nobody has verified" />
        {Object.keys(client.properties).length > 0 && <JsonBlock value={client.properties} label="Properties for procedures" />}
      </div>
    </>
  );
}

function Secrets({ of }: { readonly of: DynamicClient['secrets'] }) {
  if (of.length === 0) return <span className="muted">none</span>;
  return (
    <ul>
      {of.map(({ createdAt, expiresAt }) => (
        <li key={`${createdAt} ${expiresAt}`}>
          made <Time at={createdAt} brief />
          {expiresAt !== null && (
            <>
              , refused from <Time at={expiresAt} brief />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Delete({ client }: { readonly client: DynamicClient }) {
  const { of, resource, clients, address } = useRegisteredClientOf();
  const navigate = useNavigate();
  const changed = useChanged();
  if (!useMay('admin')) return null;
  const name = nameOfRegistered(client);
  return (
    <ChangeAction
      kind="danger"
      question={{
        title: `Delete ${name}?`,
        text: 'Its delegations and tokens end with it, at once. It can register again where whoever asks may.',
        action: 'Delete the client',
        dangerous: true,
      }}
      change={() => remove(resource)}
      done={`${name} is deleted.`}
      onDone={async () => {
        await navigate(address);
        await changed(clients, `${of}/delegations`, `${of}/tokens`);
      }}
    >
      Delete
    </ChangeAction>
  );
}
