import { NewLink } from '../../components/new-link.tsx';
import { useChanged } from '../../api/changed.ts';
import { useList } from '../../api/list.ts';
import { path, remove } from '../../api/request.ts';
import type { InitialAccessToken } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { isPast, Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { useRegistrationsOf } from './registration-resource.ts';
import { RegistrationsHeader } from './registrations-header.tsx';

const COLUMNS: readonly Column<InitialAccessToken>[] = [
  {
    title: 'For',
    cell: ({ id, note }) => (
      <>
        {note === '' ? <span className="muted">nobody was named</span> : note}
        <code className="beneath">{id}</code>
      </>
    ),
  },
  {
    title: 'Good at',
    cell: ({ endpoint, template }) => (
      <>
        {endpoint}
        {template !== null && <span className="beneath">by {template}</span>}
      </>
    ),
    wideOnly: true,
  },
  { title: 'State', cell: (token) => <State token={token} /> },
  { title: 'Used', cell: ({ uses, maximumUses }) => `${uses} of ${maximumUses}`, align: 'end' },
  {
    title: 'Made',
    cell: ({ createdAt, createdBy }) => (
      <>
        <Time at={createdAt} brief />
        <span className="beneath">by {createdBy}</span>
      </>
    ),
    wideOnly: true,
  },
  { title: 'Until', cell: ({ expiresAt }) => <Time at={expiresAt} brief /> },
];
const ACTION: Column<InitialAccessToken> = { title: 'Action', cell: (token) => <TakeBack token={token} />, align: 'end' };

export function InitialAccessTokens() {
  const { profile, tokens } = useRegistrationsOf();
  const list = useList<InitialAccessToken>(tokens);
  const mayChange = useMay('admin');
  return (
    <>
      <RegistrationsHeader title="Initial access tokens" actions={mayChange && <NewLink label="New token" />} />
      <ListTable
        list={list}
        caption={`Initial access tokens of ${profile}`}
        columns={mayChange ? [...COLUMNS, ACTION] : COLUMNS}
        keyOf={({ id }) => id}
        empty={<EmptyState title="There are none">Make one for somebody who is to register a client.</EmptyState>}
      />
    </>
  );
}

function State({ token: { uses, maximumUses, expiresAt } }: { readonly token: InitialAccessToken }) {
  if (uses >= maximumUses) return <Badge>used up</Badge>;
  return isPast(expiresAt) ? <Badge>over</Badge> : <Badge kind="ok">good</Badge>;
}

function TakeBack({ token: { id, note } }: { readonly token: InitialAccessToken }) {
  const { tokens } = useRegistrationsOf();
  const changed = useChanged();
  const name = note === '' ? id : `the token for ${note}`;
  return (
    <ChangeAction
      small
      kind="danger"
      aria-label={`Take back ${name}`}
      question={{
        title: `Take back ${name}?`,
        text: 'No client is registered with it from now on. Those that were stay.',
        action: 'Take it back',
        dangerous: true,
      }}
      change={() => remove(tokens + path`/${id}`)}
      done="The token is taken back."
      onDone={() => changed(tokens)}
    >
      Take back
    </ChangeAction>
  );
}
