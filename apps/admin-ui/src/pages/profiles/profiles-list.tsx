import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import { path } from '../../api/request.ts';
import type { Profile } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';

const COLUMNS: readonly Column<Profile>[] = [
  { title: 'Profile', cell: ({ id }) => <Link to={path`/profiles/${id}/settings`}>{id}</Link> },
  { title: 'Issuer', cell: ({ issuer }) => <code>{issuer}</code> },
  { title: 'Scopes', cell: ({ scopes }) => Object.keys(scopes).length, align: 'end' },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function ProfilesList() {
  const list = useList<Profile>('/profiles');
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Profiles"
        description="Each is an issuer with endpoints, clients, token issuers, keys and accounts of its own."
        actions={mayChange && <NewLink label="New profile" />}
      />
      <ListTable
        list={list}
        caption="Profiles"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={<EmptyState title="There are no profiles yet">Nothing is issued until there is one.</EmptyState>}
      />
    </>
  );
}
