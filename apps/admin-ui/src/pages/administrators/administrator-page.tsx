import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { get, path } from '../../api/request.ts';
import type { AdministratorEntry, ListPage } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { AdministratorActions } from './administrator-actions.tsx';
import { EndAllSessions } from './end-sessions.tsx';
import { SessionsTable } from './sessions-table.tsx';

const PARENT = { to: '/administrators', label: 'Administrators' };
const MOST = 500;

export function AdministratorPage() {
  const { administrator: id = '' } = useParams();
  const { data, error, refetch } = useAdministratorEntry(id);
  if (data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={PARENT} />
        {error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />}
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={id}
        parent={PARENT}
        {...(data === null
          ? {}
          : { aside: <Badge kind="accent">{data.role}</Badge>, actions: <AdministratorActions administrator={data} /> })}
      />
      <div className="stack">
        {data === null ? (
          <EmptyState title="No administrator of this id has a token">Who comes by OpenID Connect has sessions alone.</EmptyState>
        ) : (
          <section className="card" aria-label="Administrator">
            <KeyValues
              items={[
                ['Id', <code key="id">{id}</code>],
                ['Role', data.role],
                ['Made', <Time key="made" at={data.createdAt} />],
              ]}
            />
          </section>
        )}
        <section className="stack" aria-labelledby="sessions">
          <div className="row row-ends">
            <h2 id="sessions">Signed in now</h2>
            <EndAllSessions administrator={id} />
          </div>
          <SessionsTable resource={path`/administrators/${id}/sessions`} caption={`Where ${id} is signed in`} />
        </section>
      </div>
    </>
  );
}

/** The administrators are few, and read together; null when there is none of this id. */
function useAdministratorEntry(id: string) {
  return useQuery({
    queryKey: ['/administrators', { limit: MOST }, id],
    queryFn: async ({ signal }) => {
      for (let after: string | null = ''; after !== null;) {
        const query: { limit: number; after: string } = { limit: MOST, after };
        const { items, next }: ListPage<AdministratorEntry> = (
          await get<ListPage<AdministratorEntry>>('/administrators', { query, signal })
        ).data;
        const found = items.find((each) => each.id === id);
        if (found !== undefined) return found;
        after = next;
      }
      return null;
    },
  });
}
