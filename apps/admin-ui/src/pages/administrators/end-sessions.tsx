import { useMutation, useQueryClient } from '@tanstack/react-query';
import { path, remove } from '../../api/request.ts';
import type { AdminSession } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';

/** Ends one session: of others with the role `admin`, of oneself with any. */
export function EndSession({ session: { id, administrator, name } }: { readonly session: AdminSession }) {
  const { id: me } = useAdministrator();
  const mayEnd = useMay('admin') || administrator === me;
  const confirm = useConfirm();
  const ending = useEnding(path`/administrators/${administrator}/sessions/${id}`, 'The session has ended.');
  if (!mayEnd) return <span className="muted">–</span>;
  const ask = async () => {
    const text = `Who uses it has to sign in again. The token of ${name} stays good.`;
    if (await confirm({ title: `End this session of ${name}?`, text, action: 'End the session', dangerous: true })) ending.mutate();
  };
  return (
    <Button small kind="danger" busy={ending.isPending} aria-label={`End session ${id} of ${name}`} onClick={() => void ask()}>
      End
    </Button>
  );
}

/** Signs an administrator out everywhere. */
export function EndAllSessions({ administrator }: { readonly administrator: string }) {
  const { id: me } = useAdministrator();
  const mayEnd = useMay('admin');
  const confirm = useConfirm();
  const ending = useEnding(path`/administrators/${administrator}/sessions`, `${administrator} is signed out everywhere.`);
  if (!mayEnd) return null;
  const ask = async () => {
    const text = `${administrator === me ? 'This session ends as well: you have to sign in again.' : `${administrator} has to sign in again.`} The token stays good; renew it to have it refused.`;
    if (await confirm({ title: `Sign ${administrator} out everywhere?`, text, action: 'Sign out everywhere', dangerous: true }))
      ending.mutate();
  };
  return (
    <Button small busy={ending.isPending} onClick={() => void ask()}>
      Sign out everywhere
    </Button>
  );
}

function useEnding(resource: string, done: string) {
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: () => remove(resource),
    onSuccess: () => {
      toast.done(done);
      return queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => typeof key === 'string' && key.endsWith('/sessions') });
    },
    onError: (error) => toast.failed(error),
  });
}
