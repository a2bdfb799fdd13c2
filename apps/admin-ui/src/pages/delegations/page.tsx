import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { DelegationPage } from './delegation-page.tsx';
import { DelegationsList } from './delegations-list.tsx';
import { TokenLookup } from './token-lookup.tsx';
import { TokensList } from './tokens-list.tsx';

/** Delegations of a profile and their tokens. No id begins with `+`. */
export default function DelegationsPage() {
  return (
    <Routes>
      <Route index element={<DelegationsList />} />
      <Route path="+tokens" element={<TokensList />} />
      <Route path="+lookup" element={<TokenLookup />} />
      <Route path=":delegation" element={<DelegationPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
