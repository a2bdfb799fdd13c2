import { Link, useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { useEntity } from '../../api/entity.ts';
import { remove } from '../../api/request.ts';
import type { TokenIssuer } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { duration } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { algorithmOf, KINDS } from './issuer-draft.ts';
import { useIssuerOf } from './issuer-resource.ts';

export function IssuerPage() {
  const { id, resource, home, profile } = useIssuerOf();
  const entity = useEntity<TokenIssuer>(resource);
  const parent = { to: home, label: `Token issuers of ${profile}` };
  if (entity.data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  }
  const { data: issuer, etag } = entity.data;
  return (
    <>
      <PageHeader
        title={id}
        parent={parent}
        aside={
          <>
            <Badge kind={issuer.enabled ? 'ok' : 'warning'}>{issuer.enabled ? 'enabled' : 'disabled'}</Badge>
            <OriginBadge origin={issuer.origin} />
          </>
        }
        actions={<Actions id={id} etag={etag} />}
      />
      <section className="card" aria-label="Token issuer">
        <KeyValues
          items={[
            ['Mints', KINDS[issuer.kind]],
            ['Default of its kind', issuer.isDefault ? 'yes' : 'no'],
            ['Signs with', algorithmOf(issuer) ?? 'nothing'],
            ['Lifetime of its tokens', issuer.lifetime === null ? 'the client’s, else the profile’s' : duration(issuer.lifetime)],
            ['Procedures may change the subject', issuer.allowSubjectChange ? 'yes' : 'no'],
          ]}
        />
      </section>
    </>
  );
}

function Actions({ id, etag }: { readonly id: string; readonly etag: string | null }) {
  const { resource, list, home } = useIssuerOf();
  const navigate = useNavigate();
  const changed = useChanged();
  if (!useMay('admin')) return null;
  return (
    <>
      <ChangeAction
        kind="danger"
        question={{
          title: `Delete ${id}?`,
          text: 'Procedures that name it get no token from it any more, so that their requests may fail. Tokens that it has minted stay good.',
          action: 'Delete the token issuer',
          dangerous: true,
        }}
        change={(options) => remove(resource, { ifMatch: etag, ...options })}
        done={`${id} is deleted.`}
        onDone={async () => {
          await navigate(home);
          await changed(list);
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
