import type { TokenIssuer } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { duration } from '../../components/time.tsx';
import { algorithmOf, KINDS } from './issuer-draft.ts';
import { useIssuerOf } from './issuer-resource.ts';

export function IssuerPage() {
  const { id, resource, list, home, profile } = useIssuerOf();
  return (
    <EntityPage<TokenIssuer>
      id={id}
      resource={resource}
      parent={{ to: home, label: `Token issuers of ${profile}` }}
      aside={({ enabled, origin }) => (
        <>
          <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge>
          <OriginBadge origin={origin} />
        </>
      )}
      actions={(_, etag) => (
        <EntityActions
          name={id}
          what="token issuer"
          resource={resource}
          etag={etag}
          parent={home}
          changes={[list]}
          consequence="Procedures that name it get no token from it any more, so that their requests may fail. Tokens that it has minted stay good."
        />
      )}
    >
      {(issuer) => (
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
      )}
    </EntityPage>
  );
}
