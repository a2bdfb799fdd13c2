import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { NotFoundPage } from '../../shell/not-found-page.tsx';
import { LibrariesListPage } from './list-page.tsx';
import { NewLibraryPage } from './new-library-page.tsx';

const LibraryPage = lazy(async () => ({ default: (await import('./library-page.tsx')).LibraryPage }));

export default function LibrariesPage() {
  return (
    <Routes>
      <Route index element={<LibrariesListPage />} />
      <Route path="new" element={<NewLibraryPage />} />
      <Route path=":library/:tab?" element={<LibraryPage />} />
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  );
}
