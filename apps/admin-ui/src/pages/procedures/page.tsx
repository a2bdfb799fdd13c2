import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { ProceduresListPage } from './list-page.tsx';
import { NewProcedurePage } from './new-procedure-page.tsx';

const ProcedurePage = lazy(async () => ({ default: (await import('./procedure-page.tsx')).ProcedurePage }));

export default function ProceduresPage() {
  return (
    <Routes>
      <Route index element={<ProceduresListPage />} />
      <Route path="new" element={<NewProcedurePage />} />
      <Route path=":procedure/:tab?" element={<ProcedurePage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
