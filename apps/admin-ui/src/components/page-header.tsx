import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation, type To } from 'react-router';
import './page-header.css';

/** Where the focus was taken to last: the first page leaves it where the browser put it. */
let arrivedAt: string | null = null;

/**
 * The heading of a page, its title in the browser, and where the focus goes when one arrives, so that keyboards and screen readers
 * begin at the new page. Every page has exactly one.
 */
export function PageHeader(props: {
  readonly title: string;
  readonly description?: ReactNode;
  /** The page above it. */
  readonly parent?: { readonly to: To; readonly label: string };
  /** Beside the heading, such as badges. */
  readonly aside?: ReactNode;
  /** Buttons and links. */
  readonly actions?: ReactNode;
}) {
  const { title, description, parent, aside, actions } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    if (arrivedAt !== null && arrivedAt !== pathname) heading.current?.focus();
    arrivedAt = pathname;
  }, [pathname]);
  return (
    <header className="page-header">
      <title>{`${title} · Tokenwright`}</title>
      <div className="page-header-text">
        {parent !== undefined && (
          <Link className="page-parent" to={parent.to}>
            <span aria-hidden="true">←</span> {parent.label}
          </Link>
        )}
        <div className="page-heading">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {aside}
        </div>
        {description !== undefined && description !== '' && <p className="page-description">{description}</p>}
      </div>
      {actions !== undefined && <div className="page-actions">{actions}</div>}
    </header>
  );
}
