import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useChanged } from '../../api/changed.ts';
import { post } from '../../api/request.ts';
import type { Account, NewPassword } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAccountOf } from './account-resource.ts';
import { MADE_BY_SERVICE, PasswordFields, passwordOf } from './password-fields.tsx';

/** Gives somebody another password, which the service makes and shows once, or which is typed. */
export function PasswordDialog({ account: { username }, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const { resource, list } = useAccountOf();
  const [draft, setDraft] = useState(MADE_BY_SERVICE);
  const [made, setMade] = useState<string | null>(null);
  const changed = useChanged();
  const toast = useToast();
  const change = useMutation({
    mutationFn: async () => (await post<NewPassword>(`${resource}/password`, { body: passwordOf(draft) })).data,
    gcTime: 0,
    onSuccess: ({ password }) => {
      void changed(list, resource, `${resource}/sessions`);
      toast.done(`The password of ${username} is changed.`);
      if (password === undefined) onClose();
      else setMade(password);
    },
  });
  if (made !== null) return <SecretOnce title={`The new password of ${username}`} secret={made} onClose={onClose} />;
  return (
    <Dialog
      title={`Reset the password of ${username}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={change.isPending} onClick={() => change.mutate()}>
            Reset the password
          </Button>
        </>
      }
    >
      <FormErrors error={change.error} fields={['/password']}>
        <p>The account is unlocked, and this person is signed out everywhere.</p>
        <PasswordFields draft={draft} onChange={setDraft} />
      </FormErrors>
    </Dialog>
  );
}
