import { Link } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import { useList } from '../../api/list.ts';
import type { ProposalSummary, Status } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Time } from '../../components/time.tsx';
import { useAdministrator } from '../../session/session.ts';
import { ProposalState, titleOf } from './proposal-words.tsx';

export function ProposalsList({ all = false }: { readonly all?: boolean }) {
  const { id: me } = useAdministrator();
  const list = useList<ProposalSummary>('/proposals', all ? {} : { waiting: true });
  const fourEyes = useEntity<Status>('/status').data?.data.fourEyes;
  const columns: readonly Column<ProposalSummary>[] = [
    {
      title: 'Change',
      cell: (proposal) => (
        <>
          <Link to={`/proposals/${encodeURIComponent(proposal.id)}`}>{titleOf(proposal)}</Link>
          {proposal.note !== '' && <span className="beneath">{proposal.note}</span>}
        </>
      ),
    },
    {
      title: 'By',
      cell: ({ author }) => (
        <span>
          {author} {author === me && <Badge>you</Badge>}
        </span>
      ),
    },
    { title: 'State', cell: ({ state }) => <ProposalState state={state} /> },
    { title: 'Made', cell: ({ createdAt }) => <Time at={createdAt} brief /> },
    {
      title: 'Decided',
      wideOnly: true,
      cell: ({ decidedBy, decidedAt }) =>
        decidedAt === null ? (
          <span className="muted">–</span>
        ) : (
          <span>
            {decidedBy}, <Time at={decidedAt} brief />
          </span>
        ),
    },
  ];
  return (
    <>
      <PageHeader
        title="Proposals"
        description={
          fourEyes === true
            ? 'What decides what tokens say needs two administrators here: one proposes, another one approves.'
            : 'What authors activate waits here until an administrator approves it. With --four-eyes, so does what administrators change.'
        }
      />
      <Tabs
        label="Proposals"
        tabs={[
          { to: '/proposals', label: 'Waiting', end: true },
          { to: '/proposals/+all', label: 'All' },
        ]}
      />
      <ListTable
        list={list}
        caption={all ? 'All proposals, newest first' : 'Proposals that wait, newest first'}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<EmptyState title={all ? 'There are no proposals yet' : 'Nothing waits'}>Proposals wait for 30 days.</EmptyState>}
      />
    </>
  );
}
