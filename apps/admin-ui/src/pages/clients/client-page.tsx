import type { Client } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { duration } from '../../components/time.tsx';
import { authenticationOf } from './authentication.ts';
import { ClientSecrets } from './client-secrets.tsx';
import { useClientOf } from './client-resource.ts';

export function ClientPage() {
  const { id, resource, list, profile } = useClientOf();
  return (
    <EntityPage<Client>
      id={id}
      nameOf={({ name }) => name}
      resource={resource}
      parent={{ to: list, label: `Clients of ${profile}` }}
      description={({ description }) => description}
      aside={({ enabled, origin }) => (
        <>
          <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge>
          <OriginBadge origin={origin} />
        </>
      )}
      actions={({ name }, etag) => (
        <EntityActions
          name={name}
          what="client"
          resource={resource}
          etag={etag}
          parent={list}
          consequence="It cannot authenticate any more from now on. Its delegations and tokens stay until they expire, unless they are revoked."
        />
      )}
    >
      {(client, etag) => (
        <>
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
        </>
      )}
    </EntityPage>
  );
}
