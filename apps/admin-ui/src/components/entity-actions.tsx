import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChanged } from '../api/changed.ts';
import { remove } from '../api/request.ts';
import { useMay } from '../session/session.ts';
import { ChangeAction } from './change-action.tsx';

/** What administrators do to an entity on its page: delete and edit it. Nothing for those who may not. */
export function EntityActions(props: {
  /** What people call it. */
  readonly name: string;
  /** What it is, as words go on with it: "token issuer". */
  readonly what: string;
  readonly resource: string;
  readonly etag: string | null;
  /** The page of all, which is usually the resource of all too. */
  readonly parent: string;
  /** What comes of its deletion, in a sentence or two. */
  readonly consequence: ReactNode;
  /** Resources that are other than before when it is gone, besides that of all. */
  readonly changes?: readonly string[];
  /** What the link to its form says. */
  readonly edit?: string;
}) {
  const { name, what, resource, etag, parent, consequence, changes = [], edit = 'Edit' } = props;
  const navigate = useNavigate();
  const changed = useChanged();
  if (!useMay('admin')) return null;
  return (
    <>
      <ChangeAction
        kind="danger"
        question={{ title: `Delete ${name}?`, text: consequence, action: `Delete the ${what}`, dangerous: true }}
        change={(options) => remove(resource, { ifMatch: etag, ...options })}
        done={`${name} is deleted.`}
        onDone={async () => {
          await navigate(parent);
          await changed(parent, ...changes);
        }}
      >
        Delete
      </ChangeAction>
      <Link className="button button-primary" to="edit">
        {edit}
      </Link>
    </>
  );
}
