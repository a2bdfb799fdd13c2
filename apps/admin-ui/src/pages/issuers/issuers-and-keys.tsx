import { Link } from 'react-router';
import { useList } from '../../api/list.ts';
import type { TokenIssuer } from '../../api/shapes.ts';
import { Badge, OriginBadge } from '../../components/badge.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { duration } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { algorithmOf } from './issuer-draft.ts';
import { useIssuersOf } from './issuer-resource.ts';
import { SigningKeys } from './signing-keys.tsx';

const COLUMNS: readonly Column<TokenIssuer>[] = [
  { title: 'Token issuer', cell: ({ id }) => <Link to={encodeURIComponent(id)}>{id}</Link> },
  {
    title: 'Mints',
    cell: ({ kind, isDefault }) => (
      <span className="row">
        {kind} {isDefault && <Badge kind="accent">default</Badge>}
      </span>
    ),
  },
  { title: 'Signs with', cell: (issuer) => algorithmOf(issuer) ?? <span className="muted">nothing</span> },
  {
    title: 'Lifetime',
    cell: ({ lifetime }) => (lifetime === null ? <span className="muted">as client or profile say</span> : duration(lifetime)),
    wideOnly: true,
  },
  { title: 'State', cell: ({ enabled }) => <Badge kind={enabled ? 'ok' : 'warning'}>{enabled ? 'enabled' : 'disabled'}</Badge> },
  { title: 'Origin', cell: ({ origin }) => <OriginBadge origin={origin} />, wideOnly: true },
];

export function IssuersAndKeys() {
  const { resource, profile } = useIssuersOf();
  const list = useList<TokenIssuer>(resource);
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Token issuers & keys"
        description={
          <>
            What mints the tokens of <strong>{profile}</strong>, and the keys that sign them.
          </>
        }
        actions={mayChange && <NewLink label="New token issuer" />}
      />
      <div className="stack">
        <ListTable
          list={list}
          caption={`Token issuers of ${profile}`}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          empty={<EmptyState title="This profile has no token issuers yet">Procedures cannot issue tokens until it has one.</EmptyState>}
        />
        <SigningKeys />
      </div>
    </>
  );
}
