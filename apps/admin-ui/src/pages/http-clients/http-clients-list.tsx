import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { HttpClient } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { Values } from '../../components/key-values.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { useHttpClientsOf } from './http-client-resource.ts';

const COLUMNS: readonly Column<HttpClient>[] = [
  { title: 'HTTP client', cell: ({ id }) => <Link to={encodeURIComponent(id)}>{id}</Link> },
  { title: 'May call', cell: ({ allowedHosts }) => <Values of={allowedHosts} /> },
  {
    title: 'Authenticates by',
    cell: ({ credentials, tls }) => {
      const ways = [...(credentials === null ? [] : [credentials.kind]), ...(tls.clientKey ? ['certificate'] : [])];
      return ways.length === 0 ? <span className="muted">nothing</span> : ways.join(', ');
    },
  },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function HttpClientsList() {
  const { resource, profile } = useHttpClientsOf();
  const list = useList<HttpClient>(resource);
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="HTTP clients"
        description={
          <>
            What procedures of <strong>{profile}</strong> may call, and with which credentials. Nothing else leaves the service for them.
          </>
        }
        actions={mayChange && <NewLink label="New HTTP client" />}
      />
      <ListTable
        list={list}
        caption={`HTTP clients of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <EmptyState title="This profile has no HTTP clients yet">Its procedures can call no other service until it has one.</EmptyState>
        }
      />
    </>
  );
}
