import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Bucket } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { useBucketsOf } from './bucket-resource.ts';

const COLUMNS: readonly Column<Bucket>[] = [
  { title: 'Bucket', cell: ({ id }) => <Link to={encodeURIComponent(id)}>{id}</Link> },
  { title: 'Description', cell: ({ description }) => (description === '' ? <span className="muted">–</span> : description) },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function BucketsList() {
  const { resource, profile } = useBucketsOf();
  const list = useList<Bucket>(resource);
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Buckets"
        description={
          <>
            Where procedures of <strong>{profile}</strong> keep attributes of people between requests.
          </>
        }
        actions={mayChange && <NewLink label="New bucket" />}
      />
      <ListTable
        list={list}
        caption={`Buckets of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={<EmptyState title="This profile has no buckets yet">Its procedures keep nothing of their own until it has one.</EmptyState>}
      />
    </>
  );
}
