import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useChanged } from '../../api/changed.ts';
import { post, request } from '../../api/request.ts';
import type { Account } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { CheckField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAccountOf } from './account-resource.ts';

/** Keeps somebody out, and if one says so, has what was delegated end too. */
export function DisableDialog({ account: { id, username }, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const { of, resource, list } = useAccountOf();
  const [revokes, setRevokes] = useState(true);
  const changed = useChanged();
  const toast = useToast();
  const change = useMutation({
    mutationFn: async () => {
      // First, so that nothing new is delegated meanwhile.
      await request<Account>('PATCH', resource, { body: { enabled: false } });
      if (!revokes) return null;
      return (await post<{ readonly delegations: number }>(`${of}/revocations`, { body: { subject: id } })).data.delegations;
    },
    onSuccess: (revoked) => {
      toast.done(`${username} is disabled${revoked === null ? '' : `, ${revoked} delegations are revoked`}.`);
      onClose();
    },
    // It may be disabled, though the revocation failed.
    onSettled: () => changed(list, resource, `${resource}/sessions`, `${of}/delegations`),
  });
  return (
    <Dialog
      title={`Disable ${username}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={change.isPending} onClick={() => change.mutate()}>
            Disable the account
          </Button>
        </>
      }
    >
      <FormErrors error={change.error} fields={[]}>
        <p>This person is signed out everywhere and cannot sign in until the account is enabled again.</p>
        <CheckField
          label="Revoke what was delegated, too"
          pointer="/revoke"
          hint="Otherwise clients that act for this person go on, with their tokens and new ones."
          checked={revokes}
          onChange={setRevokes}
        />
      </FormErrors>
    </Dialog>
  );
}
