import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { LoadingState } from '../../components/states.tsx';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { ExecutionsPage } from './executions-page.tsx';

/** Charts bring a library of their own. */
const ChartsPage = lazy(async () => ({ default: (await import('./charts/charts-page.tsx')).ChartsPage }));

export default function LivePage() {
  return (
    <Routes>
      <Route index element={<ExecutionsPage />} />
      <Route
        path="charts"
        element={
          <Suspense fallback={<LoadingState />}>
            <ChartsPage />
          </Suspense>
        }
      />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
