import { useId } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useCurrentProfile } from './profiles.ts';

/** Which profile the pages of a profile are about; just its name where there is one alone. */
export function ProfileChoice() {
  const { current, all } = useCurrentProfile();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const id = useId();
  if (current === null) return null;
  if (all.length < 2) {
    return (
      <p className="nav-heading">
        Profile <strong>{current}</strong>
      </p>
    );
  }
  // The same page of the other profile, though not the same thing on it.
  const section = /^\/profiles\/[^/]+\/([^/]+)/.exec(pathname)?.[1] ?? 'clients';
  return (
    <div className="nav-choice">
      <label className="nav-heading" htmlFor={id}>
        Profile
      </label>
      <select
        id={id}
        className="input"
        value={current}
        onChange={({ target }) => void navigate(`/profiles/${encodeURIComponent(target.value)}/${section}`)}
      >
        {!all.some((profile) => profile.id === current) && <option>{current}</option>}
        {all.map((profile) => (
          <option key={profile.id}>{profile.id}</option>
        ))}
      </select>
    </div>
  );
}
