import { useState } from 'react';
import { isProblem } from '../../api/api-error.ts';
import type { Procedure } from '../../api/script-types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { LeftToFile } from '../../components/take-over.ts';
import { useToast } from '../../components/toast.tsx';
import { useActivate, useRollback } from '../../scripts/activate.ts';
import { Proposed } from '../../scripts/proposed.tsx';

/** Goes back to the version that was active before, at once, and then says how to undo that. */
export function RollbackButton({ procedure, etag }: { readonly procedure: Procedure; readonly etag: string | null }) {
  const { id, activeVersion } = procedure;
  const rollback = useRollback(id);
  const activate = useActivate('procedure', id);
  const toast = useToast();
  const [done, setDone] = useState<{ readonly from: number; readonly to: number | null; readonly proposal: number | string | null } | null>(
    null,
  );
  const failed = (error: Error) => {
    if (error instanceof LeftToFile) return;
    toast.failed(
      isProblem(error, 'precondition-failed')
        ? new Error('Somebody else has changed it meanwhile: look which version is active now.')
        : error,
    );
  };
  const roll = () =>
    rollback.mutate(
      { etag },
      {
        onSuccess: ({ proposal, script }) =>
          setDone({ from: activeVersion ?? 0, to: proposal === null ? script.activeVersion : null, proposal }),
        onError: failed,
      },
    );
  const undo = (from: number) =>
    activate.mutate(
      { version: from, etag: null },
      {
        onSuccess: () => {
          setDone(null);
          toast.done(`Version ${from} is active again.`);
        },
        onError: failed,
      },
    );
  return (
    <>
      <Button busy={rollback.isPending} onClick={roll}>
        Roll back
      </Button>
      {done !== null && (
        <Dialog
          title={done.proposal === null ? 'Rolled back' : 'Proposed'}
          onClose={() => setDone(null)}
          actions={
            <>
              {done.proposal === null && (
                <Button busy={activate.isPending} onClick={() => undo(done.from)}>
                  Undo: activate version {done.from}
                </Button>
              )}
              <Button kind="primary" onClick={() => setDone(null)}>
                Close
              </Button>
            </>
          }
        >
          {done.proposal === null ? (
            <p>
              Version {done.to ?? '–'} of {id} is active again; version {done.from} was. Rolled back once more, it goes back further.
            </p>
          ) : (
            <Proposed id={done.proposal} />
          )}
        </Dialog>
      )}
    </>
  );
}
