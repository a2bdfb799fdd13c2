import { NavLink, generatePath } from 'react-router';
import { PAGES, type Page } from '../pages/registry.ts';
import { Icon } from './icon.tsx';
import { ProfileChoice } from './profile-choice.tsx';
import { useCurrentProfile } from './profiles.ts';
import { WaitingProposals } from './waiting-proposals.tsx';

/** Links to all pages; those of a profile stand together beneath the choice of one. */
export function Navigation() {
  const { current } = useCurrentProfile();
  const ofProfile = PAGES.filter(isOfProfile);
  const first = PAGES.findIndex(isOfProfile);
  const before = first === -1 ? PAGES : PAGES.slice(0, first);
  const after = first === -1 ? [] : PAGES.slice(first).filter((page) => !isOfProfile(page));
  return (
    <nav aria-label="Pages" className="nav">
      <Links pages={before} profile={null} />
      {ofProfile.length > 0 && current !== null && (
        <div className="nav-profile">
          <ProfileChoice />
          <Links pages={ofProfile} profile={current} />
        </div>
      )}
      {after.length > 0 && <Links pages={after} profile={null} />}
    </nav>
  );
}

function Links({ pages, profile }: { readonly pages: readonly Page[]; readonly profile: string | null }) {
  return (
    <ul>
      {pages.map(({ name, path, label, icon }) => (
        <li key={name}>
          <NavLink className="nav-link" to={profile === null ? path : generatePath(path, { profile })} end={path === '/'}>
            <Icon name={icon} />
            {label}
            {name === 'proposals' && <WaitingProposals />}
          </NavLink>
        </li>
      ))}
    </ul>
  );
}

function isOfProfile({ path }: Page): boolean {
  return path.includes(':profile');
}
