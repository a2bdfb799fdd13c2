import type { Role } from '../../session/session.ts';

/** From the greatest. */
export const ROLES = ['admin', 'author', 'read', 'metrics'] as const satisfies readonly Role[];

const MAY: Readonly<Record<Role, string>> = {
  admin: 'does everything: activates, binds, changes clients and keys, revokes, manages administrators',
  author: 'sees everything, creates procedures, uploads versions and tries them; what an author activates is a proposal',
  read: 'sees everything but the export of the configuration',
  metrics: 'reads the metrics alone, and cannot sign in to this page',
};

/** What each role may do. */
export function Roles() {
  return (
    <dl className="roles">
      {ROLES.map((role) => (
        <div key={role}>
          <dt>
            <code>{role}</code>
          </dt>
          <dd>{MAY[role]}</dd>
        </div>
      ))}
    </dl>
  );
}
