import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { get } from '../api/request.ts';
import type { ListPage, ProposalSummary } from '../api/shapes.ts';
import { Badge } from '../components/badge.tsx';
import { useAdministrator, useMay } from '../session/session.ts';

const MOST = 100;

/** How many proposals of others wait for who is signed in, if any. */
export function WaitingProposals() {
  const mayDecide = useMay('admin');
  return mayDecide ? <Waiting /> : null;
}

function Waiting() {
  const { id } = useAdministrator();
  const { pathname } = useLocation();
  const query = { waiting: true, limit: MOST };
  const { data = 0, refetch } = useQuery({
    queryKey: ['/proposals', query, 'count', id],
    queryFn: async ({ signal }) => {
      const { items, next } = (await get<ListPage<ProposalSummary>>('/proposals', { query, signal })).data;
      const others = items.filter(({ author, state }) => author !== id && state === 'open').length;
      return next === null ? others : MOST;
    },
  });
  // With what is done on the page, not by the clock: that would keep a session alive that nobody uses.
  useEffect(() => void refetch(), [pathname, refetch]);
  if (data === 0) return null;
  return (
    <span className="nav-count">
      <Badge kind="warning">{data === MOST ? `${MOST}+` : data}</Badge>
      <span className="visually-hidden"> waiting for you</span>
    </span>
  );
}
