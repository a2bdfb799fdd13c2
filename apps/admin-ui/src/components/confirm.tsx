import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

export interface Question {
  readonly title: string;
  /** What happens then. */
  readonly text: ReactNode;
  /** What the button says: a verb. */
  readonly action: string;
  readonly dangerous?: boolean;
}

/** Asks, and answers whether it was confirmed. */
export type Confirm = (question: Question) => Promise<boolean>;

const ConfirmContext = createContext<Confirm | null>(null);

export function ConfirmProvider({ children }: { readonly children: ReactNode }) {
  const [open, setOpen] = useState<{ readonly question: Question; readonly answer: (yes: boolean) => void } | null>(null);
  const confirm = useCallback<Confirm>(
    (question) =>
      new Promise((resolve) => {
        const answer = (yes: boolean) => {
          setOpen(null);
          resolve(yes);
        };
        setOpen({ question, answer });
      }),
    [],
  );
  return (
    <ConfirmContext value={confirm}>
      {children}
      {open !== null && (
        <Dialog
          title={open.question.title}
          onClose={() => open.answer(false)}
          actions={
            <>
              <Button onClick={() => open.answer(false)}>Cancel</Button>
              <Button kind={open.question.dangerous === true ? 'danger' : 'primary'} onClick={() => open.answer(true)}>
                {open.question.action}
              </Button>
            </>
          }
        >
          <div>{open.question.text}</div>
        </Dialog>
      )}
    </ConfirmContext>
  );
}

export function useConfirm(): Confirm {
  const confirm = useContext(ConfirmContext);
  if (confirm === null) throw new Error('there is no ConfirmProvider');
  return confirm;
}
