import './accounts.css';
import { Link } from 'react-router';
import { useEntity } from '../../api/entity.ts';
import type { Account } from '../../api/shapes.ts';
import { JsonBlock } from '../../components/code-block.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { AccountActions } from './account-actions.tsx';
import { AccountLinks } from './account-links.tsx';
import { useAccountOf } from './account-resource.ts';
import { AccountSessions } from './account-sessions.tsx';
import { AccountState, callingOf, isLocked } from './account-state.tsx';

export function AccountPage() {
  const { id, resource, list, profile } = useAccountOf();
  const entity = useEntity<Account>(resource);
  const mayChange = useMay('admin');
  const parent = { to: list, label: `Accounts of ${profile}` };
  if (entity.data === undefined) {
    return (
      <>
        <PageHeader title={id} parent={parent} />
        <NotThere of={entity} />
      </>
    );
  }
  const { data: account } = entity.data;
  const { createdAt, updatedAt, hasPassword, passwordChangedAt, failures, lockedUntil } = account;
  return (
    <>
      <PageHeader
        title={account.username}
        parent={parent}
        description={callingOf(account)}
        aside={<AccountState account={account} />}
        actions={mayChange && <AccountActions account={account} />}
      />
      <div className="stack">
        <section className="card" aria-label="Account">
          <KeyValues
            items={[
              ['Subject of tokens', <code key="id">{id}</code>],
              ['Password', hasPassword ? 'yes' : 'none'],
              ['Password changed', passwordChangedAt === null ? null : <Time key="password" at={passwordChangedAt} />],
              ['Failed attempts', failures === 0 ? 'none since the last sign-in' : String(failures)],
              ...(isLocked(account) && lockedUntil !== null ? [['Locked until', <Time key="locked" at={lockedUntil} />] as const] : []),
              ['Created', <Time key="created" at={createdAt} />],
              ['Changed', <Time key="updated" at={updatedAt} />],
            ]}
          />
        </section>
        <section className="stack" aria-labelledby="attributes">
          <div className="row row-ends">
            <h2 id="attributes">Attributes</h2>
            {mayChange && (
              <Link className="button button-secondary button-small" to="attributes">
                Edit the attributes
              </Link>
            )}
          </div>
          <JsonBlock value={account.attributes} label="What claims are taken from" />
        </section>
        <AccountSessions />
        <AccountLinks />
      </div>
    </>
  );
}
