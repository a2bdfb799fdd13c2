import { useState } from 'react';
import { isProblem } from '../../api/api-error.ts';
import { ChangeProposed } from '../../api/not-changed.ts';
import type { Procedure } from '../../api/script-types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useToast } from '../../components/toast.tsx';
import { useActivate, useRollback } from '../../scripts/activate.ts';

/** Goes back to the version that was active before, at once, and then says how to undo that. */
export function RollbackButton({ procedure, etag }: { readonly procedure: Procedure; readonly etag: string | null }) {
  const { id, activeVersion } = procedure;
  const rollback = useRollback(id);
  const activate = useActivate('procedure', id);
  const toast = useToast();
  const [done, setDone] = useState<{ readonly from: number; readonly to: number | null } | null>(null);
  const failed = (error: Error) => {
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
        onSuccess: ({ data }) => setDone({ from: activeVersion ?? 0, to: data.activeVersion }),
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
        onError: (error) => {
          if (error instanceof ChangeProposed) setDone(null);
          failed(error);
        },
      },
    );
  return (
    <>
      <Button busy={rollback.isPending} onClick={roll}>
        Roll back
      </Button>
      {done !== null && (
        <Dialog
          title="Rolled back"
          onClose={() => setDone(null)}
          actions={
            <>
              <Button busy={activate.isPending} onClick={() => undo(done.from)}>
                Undo: activate version {done.from}
              </Button>
              <Button kind="primary" onClick={() => setDone(null)}>
                Close
              </Button>
            </>
          }
        >
          <p>
            Version {done.to ?? '–'} of {id} is active again; version {done.from} was. Rolled back once more, it goes back further.
          </p>
        </Dialog>
      )}
    </>
  );
}
