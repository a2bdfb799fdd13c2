import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { createQueryClient } from './api/query-client.ts';
import { ConfirmProvider } from './components/confirm.tsx';
import { ToastProvider } from './components/toast.tsx';
import { PAGES } from './pages/registry.ts';
import { SessionGate } from './session/session-gate.tsx';
import { CrashPage } from './shell/crash-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';

const SignInPage = lazy(() => import('./session/sign-in-page.tsx'));

const queries = createQueryClient();
const router = createBrowserRouter([
  {
    errorElement: <CrashPage />,
    children: [
      {
        path: '/sign-in',
        element: (
          <Suspense>
            <SignInPage />
          </Suspense>
        ),
      },
      {
        element: (
          <SessionGate>
            <Shell />
          </SessionGate>
        ),
        children: [
          // A page has routes of its own beneath its path.
          ...PAGES.map(({ path, Page }) => ({ path: path === '/' ? '/' : `${path}/*`, element: <Page /> })),
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <ConfirmProvider>
          <RouterProvider router={router} />
        </ConfirmProvider>
      </ToastProvider>
    </QueryClientProvider>
  );
}
