import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEntity } from '../../api/entity.ts';
import { path } from '../../api/request.ts';
import type { SessionAnswer } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { KeyValues } from '../../components/key-values.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useToast } from '../../components/toast.tsx';
import { signOut } from '../../session/session.ts';
import { AdministratorsHeader } from './administrators-header.tsx';
import { Roles } from './roles.tsx';
import { SessionsTable } from './sessions-table.tsx';

/** Who is signed in here, until when, and where else. */
export function MySession() {
  const queries = useQueryClient();
  const toast = useToast();
  const { data, error, refetch } = useEntity<SessionAnswer>('/session');
  const leaving = useMutation({ mutationFn: () => signOut(queries), onError: (failure) => toast.failed(failure) });
  const header = (
    <AdministratorsHeader
      title="My session"
      actions={
        <Button busy={leaving.isPending} onClick={() => leaving.mutate()}>
          Sign out here
        </Button>
      }
    />
  );
  if (data === undefined) {
    return (
      <>
        {header}
        {error === null ? <LoadingState /> : <ErrorState error={error} retry={() => void refetch()} />}
      </>
    );
  }
  const { administrator, endsAt, expiresAt } = data.data;
  return (
    <>
      {header}
      <div className="stack">
        <section className="card stack" aria-label="My session">
          <KeyValues
            items={[
              ['Name', administrator.name],
              ['Id', <code key="id">{administrator.id}</code>],
              ['Role', <code key="role">{administrator.role}</code>],
              ['Ends without a request', endsAt === null ? null : <Time key="ends" at={endsAt} />],
              ['Ends anyway', expiresAt === null ? null : <Time key="anyway" at={expiresAt} />],
            ]}
          />
        </section>
        <section className="stack" aria-labelledby="sessions">
          <h2 id="sessions">Where you are signed in</h2>
          <SessionsTable resource={path`/administrators/${administrator.id}/sessions`} caption="Where you are signed in" />
        </section>
        <section className="card stack" aria-labelledby="roles">
          <h2 id="roles">What roles may do</h2>
          <Roles />
        </section>
      </div>
    </>
  );
}
