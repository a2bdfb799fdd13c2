import { Link } from 'react-router';
import { path } from '../../api/request.ts';
import type { Secret } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useSecretOf } from './secret-resource.ts';
import { useUsersOf } from './users.ts';

export function SecretPage() {
  const { id, resource, list, profile } = useSecretOf();
  return (
    <EntityPage<Secret>
      id={id}
      resource={resource}
      parent={{ to: list, label: `Secrets of ${profile}` }}
      aside={({ origin }) => <OriginBadge origin={origin} />}
      actions={({ origin }, etag) =>
        // What the service has made for itself is nobody's to set.
        origin !== 'system' && (
          <EntityActions
            name={id}
            what="secret"
            resource={resource}
            etag={etag}
            parent={list}
            consequence="Its value is gone for good. It is refused while something below reads it."
            edit="Set another value"
          />
        )
      }
    >
      {(secret) => (
        <>
          <section className="card" aria-label="Secret">
            <KeyValues
              items={[
                ['Value set', <Time key="updated" at={secret.updatedAt} />],
                ['Made', <Time key="created" at={secret.createdAt} />],
                ['Value', 'is never shown'],
              ]}
            />
          </section>
          <ReadBy />
        </>
      )}
    </EntityPage>
  );
}

function ReadBy() {
  const { id, of } = useSecretOf();
  const { users, error } = useUsersOf(of, id);
  return (
    <section className="card stack" aria-labelledby="users">
      <h2 id="users">Read by</h2>
      {users === undefined ? (
        error === null ? (
          <LoadingState />
        ) : (
          <ErrorState error={error} />
        )
      ) : users.procedures.length + users.providers.length === 0 ? (
        <p className="muted">Nothing that answers requests now. Versions that are neither active nor bound may name it.</p>
      ) : (
        <ul className="stack stack-tight">
          {users.procedures.map(({ binding, version }) => (
            <li key={`${binding.endpoint} ${binding.flow}`}>
              Procedure <Link to={path`/procedures/${binding.procedure}`}>{binding.procedure}</Link> version {version}, which answers{' '}
              <code>{binding.flow}</code> at <Link to={`${of}/endpoints${path`/${binding.endpoint}`}`}>{binding.endpoint}</Link>
            </li>
          ))}
          {users.providers.map((name) => (
            <li key={name}>
              Upstream provider <Link to={`${of}/settings`}>{name}</Link>, at which the service authenticates by it
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
