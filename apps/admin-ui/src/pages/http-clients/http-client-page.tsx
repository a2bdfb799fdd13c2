import type { HttpClient } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { useHttpClientOf } from './http-client-resource.ts';

const NUMBER = new Intl.NumberFormat();

export function HttpClientPage() {
  const { id, resource, list, profile } = useHttpClientOf();
  return (
    <EntityPage<HttpClient>
      id={id}
      resource={resource}
      parent={{ to: list, label: `HTTP clients of ${profile}` }}
      aside={({ origin }) => <OriginBadge origin={origin} />}
      actions={(_, etag) => (
        <EntityActions
          name={id}
          what="HTTP client"
          resource={resource}
          etag={etag}
          parent={list}
          consequence="Calls of procedures that name it fail from now on. Its credentials go with it."
        />
      )}
    >
      {(client) => (
        <>
          <section className="card" aria-label="HTTP client">
            <KeyValues
              items={[
                ['May call', <Values key="hosts" of={client.allowedHosts} />],
                ['By http, too', client.allowHttp ? 'yes' : 'no, https alone'],
                ['Private networks', <Values key="networks" of={client.allowedNetworks} />],
                ['Tokens of the run', client.allowTokens ? 'may be sent' : 'are refused'],
                ['Credentials', <Credentials key="credentials" of={client.credentials} />],
                ['Client certificate', client.tls.clientKey ? 'one with its key' : 'none'],
                ['Trusts', client.tls.caCertificates === null ? 'the authorities of the platform' : 'authorities of its own'],
                ['Time for a call', `${NUMBER.format(client.timeoutMilliseconds)} ms`],
                ['Longest answer', `${NUMBER.format(client.maximumResponseBytes)} bytes`],
                ['Redirects that are followed', NUMBER.format(client.maximumRedirects)],
              ]}
            />
          </section>
          {client.tls.caCertificates !== null && <CodeBlock text={client.tls.caCertificates} label="Certificates of authorities" />}
          {client.tls.clientCertificate !== null && <CodeBlock text={client.tls.clientCertificate} label="Client certificate" />}
        </>
      )}
    </EntityPage>
  );
}

/** That there are some, and never which. */
function Credentials({ of }: { readonly of: HttpClient['credentials'] }) {
  if (of === null) return <span className="muted">none</span>;
  if (of.kind === 'basic')
    return (
      <>
        basic, as <code>{of.username}</code>
      </>
    );
  if (of.kind === 'header')
    return (
      <>
        header <code>{of.name}</code>
      </>
    );
  return 'a bearer token';
}
