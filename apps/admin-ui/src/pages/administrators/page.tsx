import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { AdministratorPage } from './administrator-page.tsx';
import { AdministratorsList } from './administrators-list.tsx';
import { AllSessions } from './all-sessions.tsx';
import { MySession } from './my-session.tsx';
import { NewAdministratorPage } from './new-administrator.tsx';

/** Who administers the service, and where they are signed in. No id begins with `+`. */
export default function AdministratorsPage() {
  return (
    <Routes>
      <Route index element={<AdministratorsList />} />
      <Route path="+new" element={<NewAdministratorPage />} />
      <Route path="+sessions" element={<AllSessions />} />
      <Route path="+me" element={<MySession />} />
      <Route path=":administrator" element={<AdministratorPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
