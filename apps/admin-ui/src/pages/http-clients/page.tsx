import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { EditHttpClient } from './edit-http-client.tsx';
import { HttpClientPage } from './http-client-page.tsx';
import { HttpClientsList } from './http-clients-list.tsx';
import { NewHttpClient } from './new-http-client.tsx';

/** Outgoing HTTP clients of a profile. `+new` is no id that one can have. */
export default function HttpClientsPage() {
  return (
    <Routes>
      <Route index element={<HttpClientsList />} />
      <Route path="+new" element={<NewHttpClient />} />
      <Route path=":client" element={<HttpClientPage />} />
      <Route path=":client/edit" element={<EditHttpClient />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
