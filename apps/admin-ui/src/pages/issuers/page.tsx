import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { EditIssuer } from './edit-issuer.tsx';
import { IssuerPage } from './issuer-page.tsx';
import { IssuersAndKeys } from './issuers-and-keys.tsx';
import { NewIssuer } from './new-issuer.tsx';

/** Token issuers and signing keys of a profile. `+new` is no id that an issuer can have. */
export default function IssuersPage() {
  return (
    <Routes>
      <Route index element={<IssuersAndKeys />} />
      <Route path="+new" element={<NewIssuer />} />
      <Route path=":issuer" element={<IssuerPage />} />
      <Route path=":issuer/edit" element={<EditIssuer />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
