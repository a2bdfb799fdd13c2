import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { ProposalPage } from './proposal-page.tsx';
import { ProposalsList } from './proposals-list.tsx';

/** Changes that wait for a second administrator, and what became of earlier ones. */
export default function ProposalsPage() {
  return (
    <Routes>
      <Route index element={<ProposalsList />} />
      <Route path="+all" element={<ProposalsList all />} />
      <Route path=":proposal" element={<ProposalPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
