import { AdministratorsHeader } from './administrators-header.tsx';
import { SessionsTable } from './sessions-table.tsx';

export function AllSessions() {
  return (
    <>
      <AdministratorsHeader title="Signed in now" />
      <SessionsTable whose resource="/sessions" caption="Where administrators are signed in, newest first" />
    </>
  );
}
