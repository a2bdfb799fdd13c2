import { NavLink, type To } from 'react-router';
import './tabs.css';

/** Parts of a page that have addresses of their own: links, so that they can be opened, gone back from and told to others. */
export function Tabs({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly { readonly to: To; readonly label: string; readonly end?: boolean }[];
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <NavLink key={tab.label} className="tab" to={tab.to} end={tab.end ?? false}>
          {tab.label}
        </NavLink>
      ))}
    </nav>
  );
}
