import { Link, useSearchParams } from 'react-router';
import { useList } from '../../api/list.ts';
import type { Account } from '../../api/shapes.ts';
import { FilterField } from '../../components/filter-field.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { NewLink } from '../../components/new-link.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { useAccountsOf } from './account-resource.ts';
import { AccountState, callingOf } from './account-state.tsx';

const COLUMNS: readonly Column<Account>[] = [
  { title: 'Username', cell: ({ id, username }) => <Link to={encodeURIComponent(id)}>{username}</Link> },
  { title: 'Name', cell: (account) => callingOf(account) || <span className="muted">–</span> },
  { title: 'State', cell: (account) => <AccountState account={account} /> },
  { title: 'Password', cell: ({ hasPassword }) => (hasPassword ? 'yes' : <span className="muted">none</span>), wideOnly: true },
  { title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} brief />, wideOnly: true },
];

export function AccountsList() {
  const { resource, profile } = useAccountsOf();
  const [parameters, setParameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  const list = useList<Account>(resource, { q });
  const mayChange = useMay('admin');
  return (
    <>
      <PageHeader
        title="Accounts"
        description={
          <>
            People who sign in to <strong>{profile}</strong>.
          </>
        }
        actions={mayChange && <NewLink label="New account" />}
      />
      <div className="toolbar">
        <FilterField
          label="Search by how the username begins"
          value={q}
          onChange={(text) => setParameters(text === '' ? {} : { q: text }, { replace: true })}
        />
      </div>
      <ListTable
        list={list}
        caption={`Accounts of ${profile}`}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          q === '' ? (
            <EmptyState title="This profile has no accounts yet">
              Make one here, import them by the admin API, or let people sign in by an upstream provider.
            </EmptyState>
          ) : (
            <EmptyState title="No account matches">No username in this profile begins with “{q}”.</EmptyState>
          )
        }
      />
    </>
  );
}
