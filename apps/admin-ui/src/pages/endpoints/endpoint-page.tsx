import './endpoints.css';
import type { Endpoint } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { duration } from '../../components/time.tsx';
import { KINDS, settingsOf } from './endpoint-draft.ts';
import { EndpointFlows } from './endpoint-flows.tsx';
import { useEndpointOf, useUrlOf } from './endpoint-resource.ts';
import { PagesPreview } from './pages-preview.tsx';

export function EndpointPage() {
  const { id, resource, list, of, profile } = useEndpointOf();
  return (
    <EntityPage<Endpoint>
      id={id}
      resource={resource}
      parent={{ to: list, label: `Endpoints of ${profile}` }}
      description={({ kind }) => KINDS[kind]}
      aside={({ enabled, origin }) => (
        <>
          <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge>
          <OriginBadge origin={origin} />
        </>
      )}
      actions={(_, etag) => (
        <EntityActions
          name={id}
          what="endpoint"
          resource={resource}
          etag={etag}
          parent={list}
          changes={[`${of}/bindings`]}
          consequence="Whoever asks at its address is answered 404 from now on. Its bindings go with it; the procedures stay."
        />
      )}
    >
      {(endpoint, etag) => <Parts endpoint={endpoint} etag={etag} />}
    </EntityPage>
  );
}

function Parts({ endpoint, etag }: { readonly endpoint: Endpoint; readonly etag: string | null }) {
  const urlOf = useUrlOf();
  const settings = settingsOf(endpoint);
  return (
    <>
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
    </>
  );
}
