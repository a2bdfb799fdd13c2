import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { AccountPage } from './account-page.tsx';
import { AccountsList } from './accounts-list.tsx';
import { EditAttributes } from './edit-attributes.tsx';
import { NewAccount } from './new-account.tsx';

/** Accounts of people. The routes of one begin with its id, which is never `+new`. */
export default function AccountsPage() {
  return (
    <Routes>
      <Route index element={<AccountsList />} />
      <Route path="+new" element={<NewAccount />} />
      <Route path=":account" element={<AccountPage />} />
      <Route path=":account/attributes" element={<EditAttributes />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
