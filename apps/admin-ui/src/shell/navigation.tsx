import { useId } from 'react';
import { NavLink, generatePath } from 'react-router';
import { GROUPS } from '../pages/registry.ts';
import { Icon } from './icon.tsx';
import { ProfileChoice } from './profile-choice.tsx';
import { useCurrentProfile } from './profiles.ts';
import { WaitingProposals } from './waiting-proposals.tsx';

type Group = (typeof GROUPS)[number];

const FIRST = GROUPS.findIndex(isOfProfile);
const BEFORE = GROUPS.slice(0, FIRST);
const OF_PROFILE = GROUPS.filter(isOfProfile);
const AFTER = GROUPS.slice(FIRST).filter((group) => !isOfProfile(group));

/** Links to all pages in groups; those of a profile stand together beneath the choice of one. */
export function Navigation() {
  const { current } = useCurrentProfile();
  return (
    <nav aria-label="Pages" className="nav">
      <Groups groups={BEFORE} profile={null} />
      {current !== null && (
        <div className="nav-profile">
          <ProfileChoice />
          <Groups groups={OF_PROFILE} profile={current} />
        </div>
      )}
      <Groups groups={AFTER} profile={null} />
    </nav>
  );
}

function Groups({ groups, profile }: { readonly groups: readonly Group[]; readonly profile: string | null }) {
  return groups.map((group) => <Links key={group.pages[0]?.name} group={group} profile={profile} />);
}

function Links({ group: { title, pages }, profile }: { readonly group: Group; readonly profile: string | null }) {
  const id = useId();
  return (
    <div>
      {title !== null && (
        <p className="nav-heading" id={id}>
          {title}
        </p>
      )}
      <ul aria-labelledby={title === null ? undefined : id}>
        {pages.map(({ name, path, label, icon }) => (
          <li key={name}>
            <NavLink
              className="nav-link"
              to={profile === null ? path : generatePath(path, { profile })}
              // What is beneath these addresses are other pages.
              end={path === '/' || path === '/profiles'}
            >
              <Icon name={icon} />
              {label}
              {name === 'proposals' && <WaitingProposals />}
            </NavLink>
          </li>
        ))}
      </ul>
    </div>
  );
}

function isOfProfile({ pages }: Group): boolean {
  return pages.some(({ path }) => path.includes(':profile'));
}
