import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { path, post, remove } from '../../api/request.ts';
import type { AdministratorEntry, CreatedAdministrator } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useProposing } from '../../components/proposed-change.tsx';
import { SecretOnce } from '../../components/secret-once.tsx';
import { useToast } from '../../components/toast.tsx';
import { signIn, useAdministrator, useMay } from '../../session/session.ts';

/** Renewing the token, deleting. */
export function AdministratorActions({ administrator: { id } }: { readonly administrator: AdministratorEntry }) {
  const { id: me } = useAdministrator();
  const resource = path`/administrators/${id}`;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const confirm = useConfirm();
  const proposing = useProposing();
  const toast = useToast();
  const [token, setToken] = useState<string | null>(null);
  const isOwn = id === me;
  const renewal = useMutation({
    mutationFn: async () => {
      if (isOwn) await queries.cancelQueries();
      const { data } = await proposing(post<CreatedAdministrator>(`${resource}/token`));
      setToken(data.token);
      // The present session ended with the old token: what is shown once must not go with it.
      if (isOwn) await signIn(queries, data.token);
    },
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
    onError: (error) => toast.failed(error),
  });
  const deletion = useMutation({
    mutationFn: () => proposing(remove(resource)),
    onSuccess: async () => {
      toast.done(`${id} is no administrator any more.`);
      await navigate('/administrators');
      await queries.invalidateQueries({ queryKey: ['/administrators'] });
    },
    onError: (error) => toast.failed(error),
  });
  if (!useMay('admin')) return null;
  const askToRenew = async () => {
    const text = isOwn
      ? 'Your present token is refused from now on, and you are signed out everywhere else. The new token is shown once.'
      : `The present token of ${id} is refused from now on, and ${id} is signed out everywhere. The new token is shown to you once; with the four-eyes rule the two of you count as one person until ${id} renews it again.`;
    if (await confirm({ title: `Renew the token of ${id}?`, text, action: 'Renew the token', dangerous: true })) renewal.mutate();
  };
  const askToDelete = async () => {
    const text = isOwn
      ? 'You delete yourself: your token is refused and you are signed out at once.'
      : `The token of ${id} is refused and ${id} is signed out everywhere, at once.`;
    if (await confirm({ title: `Delete administrator ${id}?`, text, action: 'Delete the administrator', dangerous: true }))
      deletion.mutate();
  };
  return (
    <>
      <Button kind="danger" busy={deletion.isPending} onClick={() => void askToDelete()}>
        Delete
      </Button>
      <Button busy={renewal.isPending} onClick={() => void askToRenew()}>
        Renew the token
      </Button>
      {token !== null && <SecretOnce title={`The new token of ${id}`} secret={token} onClose={() => setToken(null)} />}
    </>
  );
}
