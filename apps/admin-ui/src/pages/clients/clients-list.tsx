import { Link, useSearchParams } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Client } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { authenticationOf } from './authentication.ts';
import { useClientsOf } from './client-resource.ts';

const COLUMNS: readonly Column<Client>[] = [
  {
    title: 'Client',
    cell: ({ id, name }) => (
      <>
        <Link to={encodeURIComponent(id)}>{name}</Link>
        {name !== id && <code className="beneath">{id}</code>}
      </>
    ),
  },
  {
    title: 'May',
    cell: ({ capabilities }) => (capabilities.length === 0 ? <span className="muted">nothing</span> : capabilities.join(', ')),
  },
  { title: 'Authenticates by', cell: authenticationOf, wideOnly: true },
  { title: 'State', cell: ({ enabled }) => <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge> },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function ClientsList() {
  const { resource, profile } = useClientsOf();
  const [parameters, setParameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  const list = useList<Client>(resource, { q });
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Clients"
        description={
          <>
            Applications, APIs and gateways that ask <strong>{profile}</strong> for tokens or about them.
          </>
        }
        actions={mayChange && <NewLink label="New client" />}
      />
      <div className="toolbar">
        <FilterField
          label="Search by id or name"
          value={q}
          onChange={(text) => setParameters(text === '' ? {} : { q: text }, { replace: true })}
        />
      </div>
      <ListTable
        list={list}
        caption={`Clients of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          q === '' ? (
            <EmptyState title="This profile has no clients yet">Make one here, by the admin API, or in the configuration file.</EmptyState>
          ) : (
            <EmptyState title="No client matches">Nothing in this profile has “{q}” in its id or name.</EmptyState>
          )
        }
      />
    </>
  );
}
