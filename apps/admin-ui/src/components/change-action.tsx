import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answer } from '../api/request.ts';
import { Button, type ButtonProps } from './button.tsx';
import { useConfirm, type Question } from './confirm.tsx';
import { useChanging } from './changing.ts';
import type { TakeOver } from './take-over.ts';
import { useToast } from './toast.tsx';

/** A button that makes a change after a question, such as deleting something. What a file owns is taken over first, when one says so. */
export function ChangeAction(
  props: Pick<ButtonProps, 'kind' | 'small' | 'aria-label'> & {
    readonly question: Question;
    readonly change: (options: TakeOver) => Promise<Answer<unknown>>;
    /** What is said when it is done. */
    readonly done: string;
    /** Not called when the change waits for another administrator. */
    readonly onDone: () => void | Promise<void>;
    readonly children: ReactNode;
  },
) {
  const { question, change, done, onDone, children, ...rest } = props;
  const confirm = useConfirm();
  const changing = useChanging();
  const toast = useToast();
  const mutation = useMutation({
    mutationFn: () => changing(change),
    onSuccess: async () => {
      toast.done(done);
      await onDone();
    },
    onError: toast.failed,
  });
  const ask = async () => {
    if (await confirm(question)) mutation.mutate();
  };
  return (
    <Button {...rest} busy={mutation.isPending} onClick={() => void ask()}>
      {children}
    </Button>
  );
}
