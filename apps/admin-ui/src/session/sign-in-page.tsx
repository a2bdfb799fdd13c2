import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { ApiError } from '../api/api-error.ts';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { Mark } from '../shell/mark.tsx';
import { ThemeToggle } from '../shell/theme-toggle.tsx';
import { useSession, signIn } from './session.ts';
import './sign-in-page.css';

/** Signs an administrator in by a token, or at the OpenID Connect provider where the service has one. */
export default function SignInPage() {
  const { data: session } = useSession();
  const [parameters] = useSearchParams();
  const back = ownAddress(parameters.get('back'));
  if (session?.administrator != null) return <Navigate to={back} replace />;
  const openIdConnect = session?.openIdConnect ?? null;
  return (
    <main className="sign-in">
      <title>Sign in · Tokenwright</title>
      <div className="sign-in-card">
        <header>
          <Mark />
          <h1>Sign in to Tokenwright</h1>
          <p>The administrator’s workbench</p>
        </header>
        {session?.expired === true && <Notice kind="info">Your session has ended. Sign in again to go on where you were.</Notice>}
        <FailedAtProvider code={parameters.get('error')} />
        {openIdConnect !== null && (
          <>
            <a className="button button-primary" href={`${openIdConnect.path}?return=${encodeURIComponent(back)}`}>
              Continue with {openIdConnect.provider}
            </a>
            <p className="sign-in-or">or with a token</p>
          </>
        )}
        <TokenForm primary={openIdConnect === null} />
        <footer>
          <p>
            The first token is in the file <code>admin-token</code> of the data directory; further administrators are made by{' '}
            <code>tokenwright admin create</code>.
          </p>
        </footer>
      </div>
      <ThemeToggle />
    </main>
  );
}

function TokenForm({ primary }: { readonly primary: boolean }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const [visible, setVisible] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const attempt = useMutation({
    meta: { signsIn: true },
    mutationFn: () => signIn(client, token.trim()),
    onError: () => field.current?.select(),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <input type="text" name="username" autoComplete="username" value="administrator" readOnly hidden />
      <label className="field-label" htmlFor="token">
        Administrator token
      </label>
      <div className="sign-in-token">
        <input
          ref={field}
          id="token"
          name="token"
          className="input mono"
          type={visible ? 'text' : 'password'}
          autoComplete="current-password"
          autoCapitalize="none"
          spellCheck={false}
          // The page has this one purpose.
          autoFocus
          required
          maxLength={512}
          value={token}
          aria-invalid={attempt.isError}
          aria-describedby={attempt.isError ? 'token-error' : undefined}
          onChange={({ target }) => setToken(target.value)}
        />
        <Button kind="quiet" aria-pressed={visible} onClick={() => setVisible(!visible)}>
          {visible ? 'Hide' : 'Show'}
        </Button>
      </div>
      <div role="alert">
        {attempt.isError && (
          <p className="field-error" id="token-error">
            {explained(attempt.error)}
          </p>
        )}
      </div>
      <Button type="submit" kind={primary ? 'primary' : 'secondary'} busy={attempt.isPending}>
        Sign in
      </Button>
    </form>
  );
}

function explained(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.status === 401)
    return 'This is not the token of an administrator. Check that you have copied all of it: it begins with twadm_.';
  if (error.status === 429) return 'There were too many failed attempts. Wait a minute, then try again.';
  return error.message;
}

/** By the code that comes with the browser from the sign-in at the provider. */
const FAILURES: Readonly<Record<string, string>> = {
  expired: 'The sign-in at the provider took too long, was used already, or began in another browser. Begin again.',
  denied: 'The provider says that nobody has signed in: it was cancelled or refused there.',
  unavailable: 'The provider does not answer now. Try again later, or sign in with a token. The log of the service says why.',
  invalid: 'What the provider answered could not be verified, so that nobody was signed in. The log of the service says why.',
  'not-allowed': 'You have signed in at the provider, but it gives you no role here. Ask who manages the roles there.',
  'not-recent': 'Your sign-in at the provider is too old. Sign out there, then sign in again.',
};

function FailedAtProvider({ code }: { readonly code: string | null }) {
  if (code === null) return null;
  const text = Object.hasOwn(FAILURES, code) ? FAILURES[code] : undefined;
  return <Notice kind="danger">{text ?? 'The sign-in at the provider did not succeed. The log of the service has the reason.'}</Notice>;
}

/** An address within the page; anything else is the first page. */
function ownAddress(text: string | null): string {
  return text !== null && /^\/(?![/\\])/.test(text) && !text.startsWith('/sign-in') ? text : '/';
}
