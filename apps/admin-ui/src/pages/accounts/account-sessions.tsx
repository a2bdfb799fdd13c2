import { useChanged } from '../../api/changed.ts';
import { useAll } from '../../api/all.ts';
import { remove } from '../../api/request.ts';
import type { LoginSession } from '../../api/shapes.ts';
import { ChangeAction } from '../../components/change-action.tsx';
import { NotThere } from '../../components/entity-state.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { useAccountOf } from './account-resource.ts';

/** Where somebody is signed in. */
export function AccountSessions() {
  const { resource } = useAccountOf();
  const sessions = useAll<LoginSession>(`${resource}/sessions`);
  const changed = useChanged();
  const mayChange = useMay('admin');
  return (
    <section className="card stack" aria-labelledby="sessions">
      <div className="row row-ends">
        <h2 id="sessions">Sessions</h2>
        {mayChange && sessions.data !== undefined && sessions.data.length > 0 && (
          <ChangeAction
            small
            kind="danger"
            question={{
              title: 'End all sessions?',
              text: 'This person is signed out everywhere, and has to sign in again. What was delegated to clients stays.',
              action: 'End the sessions',
              dangerous: true,
            }}
            change={() => remove(`${resource}/sessions`)}
            done="All sessions are ended."
            onDone={() => changed(`${resource}/sessions`)}
          >
            End all
          </ChangeAction>
        )}
      </div>
      {sessions.data === undefined ? (
        <NotThere of={sessions} />
      ) : sessions.data.length === 0 ? (
        <p className="muted">Signed in nowhere.</p>
      ) : (
        <ul className="lines">
          {sessions.data.map(({ id, createdAt, lastSeen, endsAt, amr }) => (
            <li key={id}>
              <p>
                signed in <Time at={createdAt} /> {amr.length > 0 && `by ${amr.join(', ')}`}
              </p>
              <p className="muted">
                last seen <Time at={lastSeen} brief />, ends <Time at={endsAt} brief />
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
