import { NewLink } from '../../components/new-link.tsx';
import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { AdministratorEntry } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';
import { AdministratorsHeader } from './administrators-header.tsx';
import { Roles } from './roles.tsx';

export function AdministratorsList() {
  const list = useList<AdministratorEntry>('/administrators');
  const { id: me } = useAdministrator();
  const mayChange = useMay('admin');
  const columns: readonly Column<AdministratorEntry>[] = [
    {
      title: 'Administrator',
      cell: ({ id }) => (
        <>
          <Link to={encodeURIComponent(id)}>{id}</Link> {id === me && <Badge>you</Badge>}
        </>
      ),
    },
    { title: 'Role', cell: ({ role }) => <Badge kind={role === 'admin' ? 'accent' : 'neutral'}>{role}</Badge> },
    { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} brief /> },
  ];
  return (
    <>
      <AdministratorsHeader title="Administrators" actions={mayChange && <NewLink label="New administrator" />} />
      <div className="stack">
        <ListTable
          list={list}
          caption="Administrators with a token"
          columns={columns}
          keyOf={({ id }) => id}
          empty={<EmptyState title="There are none">Everybody signs in by OpenID Connect.</EmptyState>}
        />
        <section className="card stack" aria-labelledby="roles">
          <h2 id="roles">Roles</h2>
          <Roles />
        </section>
      </div>
    </>
  );
}
