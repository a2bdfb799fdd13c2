import './endpoints.css';
import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { remove } from '../../api/request.ts';
import type { Endpoint } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { duration } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { KINDS, settingsOf } from './endpoint-draft.ts';
import { EndpointFlows } from './endpoint-flows.tsx';
import { useEndpointOf, useUrlOf } from './endpoint-resource.ts';
import { PagesPreview } from './pages-preview.tsx';

export function EndpointPage() {
  const { id, resource, list, profile } = useEndpointOf();
  const entity = useEntity<Endpoint>(resource);
  const urlOf = useUrlOf();
  const parent = { to: list, label: `Endpoints of ${profile}` };
  if (entity.data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  }
  const { data: endpoint, etag } = entity.data;
  const settings = settingsOf(endpoint);
  return (
    <>
      <PageHeader
        title={id}
        parent={parent}
        description={KINDS[endpoint.kind]}
        aside={
          <>
            <Badge kind={endpoint.enabled ? 'ok' : 'warning'}>{endpoint.enabled ? 'enabled' : 'disabled'}</Badge>
            <OriginBadge origin={endpoint.origin} />
          </>
        }
        actions={<Actions endpoint={endpoint} etag={etag} />}
      />
      <div className="stack">
        <section className="card" aria-label="Endpoint">
          <KeyValues
            items={[
              [
                'Address',
                <span key="url" className="address">
                  <code>{urlOf(endpoint)}</code> <CopyButton text={urlOf(endpoint)} of="the address" />
                </span>,
              ],
              ['Kind', <code key="kind">{endpoint.kind}</code>],
              ['Advertised', endpoint.advertised ? 'yes, metadata name it' : 'no'],
              ['Served by the roles', <Values key="roles" of={endpoint.deployedTo} />],
              ...('revocationLag' in settings
                ? [
                    [
                      'A gateway may cache an answer for',
                      endpoint.revocationLag === null ? 'as long as the token lives' : duration(endpoint.revocationLag),
                    ] as const,
                  ]
                : []),
            ]}
          />
        </section>
        <EndpointFlows endpoint={endpoint} />
        {endpoint.userPages !== null && <PagesPreview endpoint={endpoint} etag={etag} />}
        {Object.keys(settings).length > 0 && <JsonBlock value={settings} label="Settings of its kind" />}
      </div>
    </>
  );
}

function Actions({ endpoint: { id }, etag }: { readonly endpoint: Endpoint; readonly etag: string | null }) {
  const { resource, list, of } = useEndpointOf();
  const navigate = useNavigate();
  const changed = useChanged();
  if (!useMay('admin')) return null;
  return (
    <>
      <ChangeAction
        kind="danger"
        question={{
          title: `Delete ${id}?`,
          text: 'Whoever asks at its address is answered 404 from now on. Its bindings go with it; the procedures stay.',
          action: 'Delete the endpoint',
          dangerous: true,
        }}
        change={(options) => remove(resource, { ifMatch: etag, ...options })}
        done={`${id} is deleted.`}
        onDone={async () => {
          await navigate(list);
          await changed(list, `${of}/bindings`);
        }}
      >
        Delete
      </ChangeAction>
      <Link className="button button-primary" to="edit">
        Edit
      </Link>
    </>
  );
}
