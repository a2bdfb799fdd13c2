import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/request.ts';
import type { Proposal } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useConfirm } from '../../components/confirm.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextArea } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { Notice } from '../../components/notice.tsx';
import { useToast } from '../../components/toast.tsx';
import { useAdministrator, useMay } from '../../session/session.ts';
import { titleOf } from './proposal-words.tsx';

interface Props {
  readonly proposal: Proposal;
  readonly resource: string;
}

/** Approving, rejecting and withdrawing, as far as it is for who is signed in to do. */
export function Decision({ proposal, resource }: Props) {
  const { id } = useAdministrator();
  const mayDecide = useMay('admin');
  const confirm = useConfirm();
  const [rejecting, setRejecting] = useState(false);
  const approval = useDecision(resource, 'approve', 'It is approved, and in force now.');
  const withdrawal = useDecision(resource, 'withdraw', 'It is withdrawn.');
  const { state, author } = proposal;
  const isOwn = author === id;
  if (state !== 'open' && state !== 'stale') return null;
  if (!isOwn && !mayDecide) return null;
  const approve = async () => {
    const count = proposal.changes.length === 1 ? 'the change below' : `all ${proposal.changes.length} changes below`;
    const text = `You make ${count} together with ${author}, exactly as shown. It is in force at once, and the audit trail has your name.`;
    if (await confirm({ title: `${titleOf(proposal)}?`, text, action: 'Approve' })) approval.mutate(undefined);
  };
  const withdraw = async () => {
    const text = 'Nobody can approve it any more. You can propose the change again.';
    if (await confirm({ title: 'Withdraw this proposal?', text, action: 'Withdraw' })) withdrawal.mutate(undefined);
  };
  const error = approval.error ?? withdrawal.error;
  return (
    <>
      {error !== null && (
        <Notice kind="danger" title="It could not be decided so">
          {error.message}
        </Notice>
      )}
      <div className="row">
        {!isOwn && state === 'open' && (
          <Button kind="primary" busy={approval.isPending} onClick={() => void approve()}>
            Approve
          </Button>
        )}
        {!isOwn && <Button onClick={() => setRejecting(true)}>Reject</Button>}
        {isOwn && (
          <Button busy={withdrawal.isPending} onClick={() => void withdraw()}>
            Withdraw
          </Button>
        )}
      </div>
      {rejecting && <Reject author={author} resource={resource} onClose={() => setRejecting(false)} />}
    </>
  );
}

function Reject({ author, resource, onClose }: { readonly author: string; readonly resource: string; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const rejection = useDecision(resource, 'reject', 'It is rejected.', onClose);
  return (
    <Dialog
      title="Reject this proposal"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={rejection.isPending} onClick={() => rejection.mutate({ reason })}>
            Reject
          </Button>
        </>
      }
    >
      <FormErrors error={rejection.error} fields={['/reason']}>
        <TextArea
          label="Reason"
          hint={`For ${author} and the audit trail.`}
          pointer="/reason"
          maxLength={2000}
          value={reason}
          onChange={setReason}
        />
      </FormErrors>
    </Dialog>
  );
}

function useDecision(resource: string, verb: 'approve' | 'reject' | 'withdraw', done: string, after?: () => void) {
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (body: object | undefined) => post(`${resource}/${verb}`, body === undefined ? {} : { body }),
    onSuccess: () => {
      toast.done(done);
      after?.();
    },
    // An approval may change anything; a refusal tells that somebody else was faster.
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  });
}
