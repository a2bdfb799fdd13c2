import { Suspense, useEffect, useRef } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { ProposedChanges } from '../components/proposed-change.tsx';
import { LoadingState } from '../components/states.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Icon } from './icon.tsx';
import { Mark } from './mark.tsx';
import { Navigation } from './navigation.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import './shell.css';

/** What is around every page. */
export function Shell() {
  const { pathname } = useLocation();
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <NavigationDrawer />
        <Link className="brand" to="/">
          <Mark />
          Tokenwright
        </Link>
        <div className="top-end">
          <ThemeToggle />
          <AccountMenu />
        </div>
      </header>
      <aside className="side">
        <Navigation />
      </aside>
      <main id="main" tabIndex={-1}>
        <ConnectionBanner />
        <ProposedChanges>
          <ErrorBoundary key={pathname}>
            <Suspense fallback={<LoadingState />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </ProposedChanges>
      </main>
    </div>
  );
}

/** The navigation of narrow windows: a dialog, so that the rest cannot be reached while it is open. */
function NavigationDrawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const location = useLocation();
  useEffect(() => dialog.current?.close(), [location]);
  return (
    <>
      <button
        type="button"
        className="button button-quiet icon-button menu-button"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="menu" />
        <span className="visually-hidden">Menu</span>
      </button>
      <dialog
        ref={dialog}
        className="drawer"
        aria-label="Menu"
        onClick={({ target }) => target === dialog.current && dialog.current.close()}
      >
        <div className="drawer-body">
          <button type="button" className="button button-quiet drawer-close" onClick={() => dialog.current?.close()}>
            <Icon name="close" /> Close
          </button>
          <Navigation />
        </div>
      </dialog>
    </>
  );
}
