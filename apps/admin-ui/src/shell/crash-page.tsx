import { useRouteError } from 'react-router';
import { Button } from '../components/button.tsx';

/** What is left when the page around all pages fails. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <main className="gate">
      <Crash error={error instanceof Error ? error : new Error(String(error))} />
    </main>
  );
}

export function Crash({ error }: { readonly error: Error }) {
  // A chunk of the version before an update is not there any more: loading the page again finds the new one.
  const outdated = /dynamically imported module|Importing a module script|preload CSS/i.test(error.message);
  return (
    <div className="state" role="alert">
      <h1>{outdated ? 'There is a newer version of this page' : 'Something went wrong on this page'}</h1>
      <p className="state-text">{outdated ? 'Load it again to go on.' : error.message}</p>
      <Button kind="primary" onClick={() => location.reload()}>
        Load it again
      </Button>
    </div>
  );
}
