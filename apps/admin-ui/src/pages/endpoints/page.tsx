import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { EndpointPage } from './endpoint-page.tsx';
import { EndpointsList } from './endpoints-list.tsx';
import { EditEndpoint } from './edit-endpoint.tsx';
import { NewEndpoint } from './new-endpoint.tsx';

/** Endpoints of a profile, and which procedures answer their flows. `+new` is no id that an endpoint can have. */
export default function EndpointsPage() {
  return (
    <Routes>
      <Route index element={<EndpointsList />} />
      <Route path="+new" element={<NewEndpoint />} />
      <Route path=":endpoint" element={<EndpointPage />} />
      <Route path=":endpoint/edit" element={<EditEndpoint />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
