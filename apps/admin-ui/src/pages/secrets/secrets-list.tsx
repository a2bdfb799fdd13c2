import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Secret } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { useSecretsOf } from './secret-resource.ts';

const COLUMNS: readonly Column<Secret>[] = [
  { title: 'Secret', cell: ({ id }) => <Link to={encodeURIComponent(id)}>{id}</Link> },
  { title: 'Value set', cell: ({ updatedAt }) => <Time at={updatedAt} brief /> },
  { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} brief />, wideOnly: true },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function SecretsList() {
  const { resource, profile } = useSecretsOf();
  const list = useList<Secret>(resource);
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Secrets"
        description={
          <>
            Values that procedures of <strong>{profile}</strong> read by name. They are kept sealed, and nobody sees them again.
          </>
        }
        actions={mayChange && <NewLink label="New secret" />}
      />
      <ListTable
        list={list}
        caption={`Secrets of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <EmptyState title="This profile has no secrets yet">
            A procedure reads one when its version names it and an administrator has activated or bound it.
          </EmptyState>
        }
      />
    </>
  );
}
