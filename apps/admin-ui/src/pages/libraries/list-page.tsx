import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Library } from '../../api/script-types.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { Icon } from '../../shell/icon.tsx';

const COLUMNS: readonly Column<Library>[] = [
  {
    title: 'Library',
    cell: ({ id, description }) => (
      <>
        <Link to={`/libraries/${encodeURIComponent(id)}`}>{id}</Link>
        {description !== '' && <p className="muted">{description}</p>}
      </>
    ),
  },
  {
    title: 'Active',
    cell: ({ activeVersion }) => (activeVersion === null ? <Badge kind="warning">none</Badge> : `version ${activeVersion}`),
  },
  { title: 'Owner', wideOnly: true, cell: ({ origin }) => <OriginBadge origin={origin} /> },
];

/** All libraries. */
export function LibrariesListPage() {
  const list = useList<Library>('/libraries');
  const mayWrite = useMay('author');
  const add = mayWrite && (
    <Link className="button button-primary" to="/libraries/new">
      <Icon name="plus" /> New library
    </Link>
  );
  return (
    <>
      <PageHeader
        title="Libraries"
        description="Functions that several procedures share. A version of a procedure stays with the versions of the libraries that it was saved with."
        actions={add}
      />
      <ListTable
        list={list}
        caption="Libraries"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={<EmptyState title="There are no libraries yet">What two procedures need is written once, here.</EmptyState>}
      />
    </>
  );
}
