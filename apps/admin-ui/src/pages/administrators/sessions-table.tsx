import { Link } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import { useList } from '../../api/list.ts';
import type { AdminSession, SessionAnswer } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { EndSession } from './end-sessions.tsx';

const WAYS = { token: 'a token', 'openid-connect': 'OpenID Connect' } as const;

/** Sessions of administrators. The service has no further pages of them. */
export function SessionsTable({
  resource,
  caption,
  whose = false,
}: {
  readonly resource: string;
  readonly caption: string;
  readonly whose?: boolean;
}) {
  const list = useList<AdminSession>(resource);
  const own = useEntity<SessionAnswer>('/session').data?.data.session;
  const columns: readonly Column<AdminSession>[] = [
    {
      title: 'Session',
      cell: ({ id, administrator, name, address }) => (
        <>
          {whose ? <Link to={`/administrators/${encodeURIComponent(administrator)}`}>{name}</Link> : address}{' '}
          {id === own && <Badge kind="accent">this one</Badge>}
          {whose && <span className="beneath">{address}</span>}
        </>
      ),
    },
    { title: 'By', cell: ({ by }) => WAYS[by] },
    { title: 'Role', cell: ({ role }) => role, wideOnly: true },
    { title: 'Since', cell: ({ createdAt }) => <Time at={createdAt} brief /> },
    { title: 'Last used', cell: ({ lastSeen }) => <Time at={lastSeen} brief />, wideOnly: true },
    { title: 'Ends', cell: ({ endsAt }) => <Time at={endsAt} brief /> },
    {
      title: 'Change',
      align: 'end',
      cell: (session) => (session.id === own ? <span className="muted">–</span> : <EndSession session={session} />),
    },
  ];
  return (
    <ListTable
      list={list}
      caption={caption}
      columns={columns}
      keyOf={({ id }) => id}
      empty={<EmptyState title="Nobody is signed in">Bearer tokens need no session.</EmptyState>}
    />
  );
}
