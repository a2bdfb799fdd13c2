import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { ClientPage } from './client-page.tsx';
import { ClientsList } from './clients-list.tsx';
import { EditClient } from './edit-client.tsx';
import { NewClient } from './new-client.tsx';

/** Clients of a profile. `+new` is no id that a client can have. */
export default function ClientsPage() {
  return (
    <Routes>
      <Route index element={<ClientsList />} />
      <Route path="+new" element={<NewClient />} />
      <Route path=":client" element={<ClientPage />} />
      <Route path=":client/edit" element={<EditClient />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
