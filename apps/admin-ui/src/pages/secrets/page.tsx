import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { EditSecret } from './edit-secret.tsx';
import { NewSecret } from './new-secret.tsx';
import { SecretPage } from './secret-page.tsx';
import { SecretsList } from './secrets-list.tsx';

/** Secrets of a profile for its procedures. `+new` is no id that one can have. */
export default function SecretsPage() {
  return (
    <Routes>
      <Route index element={<SecretsList />} />
      <Route path="+new" element={<NewSecret />} />
      <Route path=":secret" element={<SecretPage />} />
      <Route path=":secret/edit" element={<EditSecret />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
