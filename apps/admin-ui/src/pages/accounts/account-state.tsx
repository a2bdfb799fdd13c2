import type { Account } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';

/** Whether somebody is kept out after failed attempts, now. */
export function isLocked({ lockedUntil }: Account): boolean {
  return lockedUntil !== null && lockedUntil > Date.now() / 1000;
}

export function AccountState({ account }: { readonly account: Account }) {
  return (
    <span className="row">
      <Badge kind={account.enabled ? 'ok' : 'warning'}>{account.enabled ? 'enabled' : 'disabled'}</Badge>
      {isLocked(account) && <Badge kind="danger">locked</Badge>}
    </span>
  );
}

/** What people are called, as far as their attributes say. */
export function callingOf({ attributes }: Account): string {
  return ['name', 'email']
    .map((name) => attributes[name])
    .filter((value) => typeof value === 'string')
    .join(', ');
}
