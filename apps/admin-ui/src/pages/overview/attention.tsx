import { Link } from 'react-router';
import type { Overview } from '../../api/shapes.ts';
import { nameOfKey, nameOfKind } from '../../components/entity-names.ts';
import { isPast, Time } from '../../components/time.tsx';

/** What works and yet wants somebody to look: secrets that end, and what is less safe than it may seem. */
export function Attention({ of: { expiringSecrets, warnings, oldestKeys } }: { readonly of: Overview }) {
  const [oldest] = oldestKeys;
  const isQuiet = expiringSecrets.length === 0 && warnings.length === 0 && oldest === undefined;
  if (isQuiet) return null;
  return (
    <section aria-labelledby="attention">
      <h2 id="attention">To look at</h2>
      <ul className="overview-list">
        {expiringSecrets.map(({ profile, client, secret, expiresAt }) => (
          <li key={`${profile} ${client} ${secret}`}>
            A secret of the client{' '}
            <Link to={`/profiles/${encodeURIComponent(profile)}/clients/${encodeURIComponent(client)}`}>{client}</Link>{' '}
            {isPast(expiresAt) ? 'ended' : 'ends'} <Time at={expiresAt} brief />.
          </li>
        ))}
        {warnings.map(({ kind, key, message }) => (
          <li key={`${kind} ${key} ${message}`}>
            The {nameOfKind(kind)} <strong>{nameOfKey(key)}</strong>: {message}
          </li>
        ))}
        {typeof oldest?.activatedAt === 'number' && (
          <li>
            The signing key that is longest in use is one for {oldest.algorithm} of{' '}
            <Link to={`/profiles/${encodeURIComponent(oldest.profile)}/issuers`}>{oldest.profile}</Link>, since{' '}
            <Time at={oldest.activatedAt} brief />.
          </li>
        )}
      </ul>
    </section>
  );
}
