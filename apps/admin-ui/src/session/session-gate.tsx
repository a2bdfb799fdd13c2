import { type ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ErrorState } from '../components/states.tsx';
import { Spinner } from '../components/spinner.tsx';
import { useSession } from './session.ts';

/** Shows what is beneath it to who is signed in; everybody else signs in first and then comes back to where they wanted to be. A provider's refusal is told on the page to sign in. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data: session, error, refetch } = useSession();
  const { pathname, search, hash } = useLocation();
  if (session === undefined) {
    return (
      <div className="gate">
        {error === null ? <Spinner label="Starting" /> : <ErrorState error={error} retry={() => void refetch()} />}
      </div>
    );
  }
  if (session.administrator !== null) return children;
  const failure = new URLSearchParams(search).get('sign-in-error');
  if (failure !== null) return <Navigate to={`/sign-in?error=${encodeURIComponent(failure)}`} replace />;
  const back = `${pathname}${search}${hash}`;
  return <Navigate to={back === '/' ? '/sign-in' : `/sign-in?back=${encodeURIComponent(back)}`} replace />;
}
