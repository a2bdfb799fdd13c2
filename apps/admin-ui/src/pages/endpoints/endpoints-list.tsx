import './endpoints.css';
import { Link } from 'react-router';
import { useAll } from '../../api/all.ts';
import { useList } from '../../api/list.ts';
import { path } from '../../api/request.ts';
import type { Flow } from '../../api/script-types.ts';
import type { Endpoint } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useMay } from '../../session/session.ts';
import { useAnswering } from './answering.ts';
import { useEndpointsOf, useUrlOf } from './endpoint-resource.ts';

export function EndpointsList() {
  const { resource, profile } = useEndpointsOf();
  const list = useList<Endpoint>(resource);
  const mayChange = useMay('admin');
  const urlOf = useUrlOf();
  const columns: readonly Column<Endpoint>[] = [
    {
      title: 'Endpoint',
      cell: ({ id, kind }) => (
        <>
          <Link to={encodeURIComponent(id)}>{id}</Link>
          {kind !== id && <code className="beneath">{kind}</code>}
        </>
      ),
    },
    {
      title: 'Address',
      cell: (endpoint) => (
        <span className="address">
          <code>{urlOf(endpoint)}</code>
          <CopyButton text={urlOf(endpoint)} of={`the address of ${endpoint.id}`} />
        </span>
      ),
    },
    { title: 'Answered by', cell: (endpoint) => <Answers endpoint={endpoint} /> },
    {
      title: 'State',
      cell: ({ enabled, advertised }) => (
        <span className="row">
          <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge>
          {advertised && <Badge>advertised</Badge>}
        </span>
      ),
    },
    { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
  ];
  return (
    <>
      <PageHeader
        title="Endpoints"
        description={
          <>
            Where <strong>{profile}</strong> is asked, and which procedures answer there.
          </>
        }
        actions={mayChange && <NewLink label="New endpoint" />}
      />
      <ListTable
        list={list}
        caption={`Endpoints of ${profile}`}
        columns={columns}
        keyOf={({ id }) => id}
        empty={<EmptyState title="This profile has no endpoints yet">Nobody can ask it for anything until it has one.</EmptyState>}
      />
    </>
  );
}

/** The procedures that are bound, and of how many flows the shipped default answers. */
function Answers({ endpoint }: { readonly endpoint: Endpoint }) {
  const { of } = useEndpointsOf();
  const flows = useAll<Flow>('/flows').data?.filter((flow) => flow.endpoint === endpoint.kind);
  const answering = useAnswering(of);
  if (flows === undefined || answering === undefined) return <span className="muted">…</span>;
  if (flows.length === 0) return <span className="muted">no procedures</span>;
  const all = flows.map((flow) => ({ flow, ...answering(endpoint, flow.id) }));
  const bound = all.filter(({ binding }) => binding !== null);
  const shipped = all.length - bound.length;
  return (
    <ul>
      {bound.map(({ flow, binding, version, troubles }) => (
        <li key={flow.id} title={flow.title}>
          <Link to={path`/procedures/${binding?.procedure ?? ''}`}>{binding?.procedure}</Link>
          {version !== null && <span className="muted"> version {version}</span>}
          {troubles.length > 0 && (
            <>
              {' '}
              <Badge kind="danger">in trouble</Badge>
            </>
          )}
        </li>
      ))}
      {shipped > 0 && (
        <li className="muted">
          {bound.length > 0 ? 'and ' : ''}
          {shipped === 1 ? 'the shipped default' : `${shipped} shipped defaults`}
        </li>
      )}
    </ul>
  );
}
