import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useChanged } from '../../api/changed.ts';
import { post, remove, request } from '../../api/request.ts';
import type { Account } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { ChangeAction } from '../../components/change-action.tsx';
import { useAccountOf } from './account-resource.ts';
import { isLocked } from './account-state.tsx';
import { DisableDialog } from './disable-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';

/** What administrators do to an account. */
export function AccountActions({ account }: { readonly account: Account }) {
  const { resource, list } = useAccountOf();
  const [open, setOpen] = useState<'disable' | 'password' | null>(null);
  const navigate = useNavigate();
  const changed = useChanged();
  const { username, enabled, failures } = account;
  const close = () => setOpen(null);
  return (
    <>
      <ChangeAction
        kind="danger"
        question={{
          title: `Delete ${username}?`,
          text: 'The account goes with its sessions and consents, and what this person delegated is revoked with all tokens. This cannot be undone.',
          action: 'Delete the account',
          dangerous: true,
        }}
        change={() => remove(resource)}
        done={`${username} is deleted.`}
        onDone={async () => {
          await navigate(list);
          await changed(list);
        }}
      >
        Delete
      </ChangeAction>
      {enabled ? (
        <Button onClick={() => setOpen('disable')}>Disable</Button>
      ) : (
        <ChangeAction
          question={{ title: `Enable ${username}?`, text: 'This person can sign in again.', action: 'Enable the account' }}
          change={() => request<Account>('PATCH', resource, { body: { enabled: true } })}
          done={`${username} is enabled.`}
          onDone={() => changed(list, resource)}
        >
          Enable
        </ChangeAction>
      )}
      {(isLocked(account) || failures > 0) && (
        <ChangeAction
          question={{
            title: `Unlock ${username}?`,
            text: 'Failed attempts are forgotten, and this person can try again at once.',
            action: 'Unlock the account',
          }}
          change={() => post(`${resource}/unlock`)}
          done={`${username} is unlocked.`}
          onDone={() => changed(list, resource)}
        >
          Unlock
        </ChangeAction>
      )}
      <Button kind="primary" onClick={() => setOpen('password')}>
        Reset the password
      </Button>
      {open === 'disable' && <DisableDialog account={account} onClose={close} />}
      {open === 'password' && <PasswordDialog account={account} onClose={close} />}
    </>
  );
}
