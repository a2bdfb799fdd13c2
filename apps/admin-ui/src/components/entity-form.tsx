import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { Link, useNavigate, type To } from 'react-router';
import { isProblem } from '../api/api-error.ts';
import type { Answer, RequestOptions } from '../api/request.ts';
import { ChangeProposed } from '../api/not-changed.ts';
import { Button } from './button.tsx';
import { useChanging } from './changing.ts';
import { wrong } from './draft.ts';
import { FormErrors } from './form-errors.tsx';
import { Notice } from './notice.tsx';

/** What a request is sent with: whether it takes over from a file, and which entity tag must still hold. */
export type Conditions = Pick<RequestOptions, 'takeOver' | 'ifMatch' | 'ifNoneMatch'>;

/** What is changed, as it is now at the service. */
export interface Existing<D> {
  readonly draft: D;
  readonly etag: string | null;
  readonly isOfFile: boolean;
  readonly reload: () => void;
}

interface Props<D> {
  /** A new thing begins with this draft; one that exists with its own. */
  readonly start: D | Existing<D>;
  /** Pointers that the fields have. */
  readonly fields: readonly string[];
  /** Of the field for the name of a new thing, where one of that name may be there already. */
  readonly namePointer?: string;
  readonly action: string;
  readonly cancel: To;
  readonly send: (draft: D, conditions: Conditions) => Promise<Answer<unknown>>;
  /** Not called when the change waits for another administrator: then the form goes where `cancel` goes. */
  readonly onSaved: (answer: Answer<unknown>) => void | Promise<void>;
  readonly children: (draft: D, onChange: (draft: D) => void) => ReactNode;
}

/**
 * A form for an entity. It is of the entity as it was when it was opened, whatever is read meanwhile: by its entity tag nobody else's
 * change is overwritten, and a new one takes no other's place.
 */
export function EntityForm<D extends object>({ start, fields, namePointer, action, cancel, send, onSaved, children }: Props<D>) {
  const existing = isExisting(start) ? start : null;
  const [opened, setOpened] = useState(existing);
  const [draft, setDraft] = useState<D>(() => (isExisting(start) ? start.draft : start));
  const changing = useChanging();
  const navigate = useNavigate();
  const change = useMutation({
    mutationFn: async () => {
      if (opened !== null) return changing((options) => send(draft, { ifMatch: opened.etag, ...options }));
      return changing((options) => send(draft, { ifNoneMatch: '*', ...options })).catch((error: unknown) => {
        throw namePointer !== undefined && isProblem(error, 'precondition-failed') ? wrong(namePointer, 'is taken already') : error;
      });
    },
    onSuccess: onSaved,
    onError: async (error) => {
      // It is to be sent once: where one comes from, it is as it was.
      if (error instanceof ChangeProposed) await navigate(cancel);
      if (isProblem(error, 'precondition-failed')) existing?.reload();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const begin = (now: Existing<D>) => {
    setOpened(now);
    setDraft(now.draft);
    change.reset();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <FormErrors error={change.error} fields={fields}>
        {existing !== null && existing.etag !== opened?.etag && (
          <Notice kind="warning" title="It was changed by somebody else meanwhile">
            <p>What you have entered cannot be saved over it.</p>
            <Button small onClick={() => begin(existing)}>
              Begin again with what is there now
            </Button>
          </Notice>
        )}
        {existing?.isOfFile === true && (
          <Notice>This comes from a configuration file. You will be asked before it is taken over from there.</Notice>
        )}
        {children(draft, setDraft)}
        <div className="row row-ends form-end">
          <Link className="button button-secondary" to={cancel}>
            Cancel
          </Link>
          <Button type="submit" kind="primary" busy={change.isPending}>
            {action}
          </Button>
        </div>
      </FormErrors>
    </form>
  );
}

function isExisting<D extends object>(start: D | Existing<D>): start is Existing<D> {
  return 'reload' in start;
}
