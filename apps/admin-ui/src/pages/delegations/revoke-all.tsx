import { useMutation } from '@tanstack/react-query';
import { get, post } from '../../api/request.ts';
import type { Delegation, ListPage } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { useToast } from '../../components/toast.tsx';
import { useMay } from '../../session/session.ts';
import { useProfileResources, useRevoked } from './delegation-resource.ts';

/** As many as one page has at most. */
const COUNTED = 500;

/** Revokes everything of a subject, of a client, or of a subject at a client; one of them may be empty. */
export function RevokeAll({ subject, clientId }: { readonly subject: string; readonly clientId: string }) {
  const { profile, delegations, revocations } = useProfileResources();
  const confirm = useConfirm();
  const toast = useToast();
  const revoked = useRevoked();
  const mayRevoke = useMay('admin');
  const whose = [subject === '' ? null : `of ${subject}`, clientId === '' ? null : `at ${clientId}`]
    .filter((each) => each !== null)
    .join(' ');
  const revocation = useMutation({
    mutationFn: async () => {
      const query = { owner: subject, clientId, status: 'active', limit: COUNTED };
      const { items, next } = (await get<ListPage<Delegation>>(delegations, { query })).data;
      const count = next === null ? items.length : `more than ${COUNTED}`;
      if (count === 0) return null;
      const yes = await confirm({
        title: `Revoke everything ${whose}?`,
        text: (
          <>
            <p>
              <strong>{count === 1 ? '1 delegation' : `${count} delegations`}</strong> of profile {profile} that{' '}
              {count === 1 ? 'is' : 'are'} not revoked {count === 1 ? 'ends' : 'end'} now with all access and refresh tokens.
            </p>
            <p>
              What is made meanwhile may stay: {clientId === '' ? 'disable the account first' : 'disable the client first'} if it must get
              nothing new. This cannot be undone.
            </p>
          </>
        ),
        action: 'Revoke everything',
        dangerous: true,
      });
      if (!yes) return undefined;
      const body = { ...(subject === '' ? {} : { subject }), ...(clientId === '' ? {} : { clientId }) };
      return (await post<{ readonly delegations: number }>(revocations, { body })).data.delegations;
    },
    onSuccess: (count) => {
      if (count === undefined) return undefined;
      toast.done(
        count === null ? `Nothing ${whose} is active.` : count === 1 ? '1 delegation is revoked.' : `${count} delegations are revoked.`,
      );
      return revoked();
    },
    onError: (error) => toast.failed(error),
  });
  if (!mayRevoke || whose === '') return null;
  return (
    <Button kind="danger" busy={revocation.isPending} onClick={() => revocation.mutate()}>
      Revoke everything {whose}
    </Button>
  );
}
