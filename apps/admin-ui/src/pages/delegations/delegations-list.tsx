import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Delegation } from '../../api/shapes.ts';
import { FilterField } from '../../components/filter-field.tsx';
import { FilterSelect } from '../../components/filter-select.tsx';
import { useFilters } from '../../components/filters.ts';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useProfileResources } from './delegation-resource.ts';
import { DelegationsHeader } from './delegations-header.tsx';
import { RevokeAll } from './revoke-all.tsx';
import { Standing } from './standing.tsx';

const COLUMNS: readonly Column<Delegation>[] = [
  {
    title: 'Of',
    cell: ({ id, owner }) => (
      <>
        <Link to={encodeURIComponent(id)}>{owner}</Link>
        <code className="beneath">{id}</code>
      </>
    ),
  },
  { title: 'Client', cell: ({ clientId }) => <code>{clientId}</code> },
  { title: 'Scope', cell: ({ scope }) => (scope === '' ? <span className="muted">none</span> : scope), wideOnly: true },
  { title: 'State', cell: (delegation) => <Standing {...delegation} /> },
  { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} brief />, wideOnly: true },
  { title: 'Until', cell: ({ expiresAt }) => <Time at={expiresAt} brief /> },
];

const STATES = [
  ['', 'Any state'],
  ['active', 'Not revoked'],
  ['revoked', 'Revoked'],
] as const;

export function DelegationsList() {
  const { profile, delegations } = useProfileResources();
  const [{ owner, client: clientId, status }, set] = useFilters('owner', 'client', 'status');
  const list = useList<Delegation>(delegations, { owner, clientId, status });
  return (
    <>
      <DelegationsHeader title="Delegations & tokens" actions={<RevokeAll subject={owner} clientId={clientId} />} />
      <div className="toolbar">
        <FilterField label="Of: exact subject" value={owner} onChange={set('owner')} />
        <FilterField label="Exact client id" value={clientId} onChange={set('client')} />
        <FilterSelect label="State" value={status} options={STATES} onChange={set('status')} />
      </div>
      <ListTable
        list={list}
        caption={`Delegations of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          owner === '' && clientId === '' && status === '' ? (
            <EmptyState title="There are no delegations yet">A client makes one by getting a token.</EmptyState>
          ) : (
            <EmptyState title="No delegation matches">Subject and client id are those of the delegation, to the letter.</EmptyState>
          )
        }
      />
    </>
  );
}
