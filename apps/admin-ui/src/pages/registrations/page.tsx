import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { InitialAccessTokens } from './initial-access-tokens.tsx';
import { NewInitialAccessTokenPage } from './new-initial-access-token.tsx';
import { RegisteredClientPage } from './registered-client-page.tsx';
import { RegisteredClientsList } from './registered-clients-list.tsx';

/** Clients that register themselves. What begins with a plus is the id of none. */
export default function RegistrationsPage() {
  return (
    <Routes>
      <Route index element={<RegisteredClientsList />} />
      <Route path="+tokens" element={<InitialAccessTokens />} />
      <Route path="+tokens/+new" element={<NewInitialAccessTokenPage />} />
      <Route path=":client" element={<RegisteredClientPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
