import { Link, useSearchParams } from 'react-router';
import { useList } from '../../api/list.ts';
import type { ListedProcedure } from '../../api/script-types.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFlows } from '../../scripts/script-data.ts';
import { useMay } from '../../session/session.ts';
import { Icon } from '../../shell/icon.tsx';
import './procedures.css';

const COLUMNS: readonly Column<ListedProcedure>[] = [
  {
    title: 'Procedure',
    cell: ({ id, description }) => (
      <>
        <Link to={`/procedures/${encodeURIComponent(id)}`}>{id}</Link>
        {description !== '' && <p className="muted">{description}</p>}
      </>
    ),
  },
  { title: 'Flow', cell: ({ flow }) => <code>{flow}</code> },
  {
    title: 'Active',
    cell: ({ activeVersion }) => (activeVersion === null ? <Badge kind="warning">none</Badge> : `version ${activeVersion}`),
  },
  {
    title: 'Latest',
    cell: ({ latestVersion, activeVersion }) =>
      latestVersion === null ? (
        <span className="muted">none</span>
      ) : latestVersion === activeVersion ? (
        'the same'
      ) : (
        <Badge kind="accent">version {latestVersion}</Badge>
      ),
  },
  {
    title: 'Samples',
    wideOnly: true,
    cell: ({ tests }) => {
      if (tests === 'passed') return <Badge kind="ok">pass</Badge>;
      return tests === 'failed' ? <Badge kind="danger">fail</Badge> : <span className="muted">not run</span>;
    },
  },
  {
    title: 'Bound to',
    cell: ({ bindings }) =>
      bindings.length === 0 ? (
        <span className="muted">nothing</span>
      ) : (
        bindings.map(({ profile, endpoint }) => `${endpoint} of ${profile}`).join(', ')
      ),
  },
  {
    title: 'Last failure',
    wideOnly: true,
    cell: ({ lastFault }) =>
      lastFault === null ? (
        <span className="muted">none known</span>
      ) : (
        <Badge kind="danger">
          <Time at={lastFault} brief />
        </Badge>
      ),
  },
  { title: 'Owner', wideOnly: true, cell: ({ origin }) => <OriginBadge origin={origin} /> },
];

/** All procedures, by name and flow. */
export function ProceduresListPage() {
  const [parameters, setParameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  const flow = parameters.get('flow') ?? '';
  const list = useList<ListedProcedure>('/procedures', { q, flow });
  const flows = useFlows().data ?? [];
  const mayWrite = useMay('author');
  const choose = (members: Readonly<Record<string, string>>) =>
    setParameters(
      Object.entries({ q, flow, ...members }).filter(([, value]) => value !== ''),
      { replace: true },
    );
  return (
    <>
      <PageHeader
        title="Procedures"
        description="What decides the flows: each is a function in versions, of which one is active, and answers at the endpoints that it is bound to."
        actions={
          mayWrite && (
            <Link className="button button-primary" to="/procedures/new">
              <Icon name="plus" /> New procedure
            </Link>
          )
        }
      />
      <div className="toolbar">
        <FilterField label="Search by name or description" value={q} onChange={(text) => choose({ q: text })} />
        <select className="input flow-filter" aria-label="Flow" value={flow} onChange={({ target }) => choose({ flow: target.value })}>
          <option value="">All flows</option>
          {flows.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </div>
      <ListTable
        list={list}
        caption="Procedures"
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          q !== '' || flow !== '' ? (
            <EmptyState title="No procedure matches">Another name or flow may.</EmptyState>
          ) : (
            <EmptyState
              title="There are no procedures of your own yet"
              action={
                mayWrite && (
                  <Link className="button button-primary" to="/procedures/new">
                    Write the first one
                  </Link>
                )
              }
            >
              Every flow is answered by its shipped procedure until one of yours is bound.
            </EmptyState>
          )
        }
      />
    </>
  );
}
