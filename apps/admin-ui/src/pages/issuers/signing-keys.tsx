import { useState } from 'react';
import { useAll } from '../../api/all.ts';
import { useEntity } from '../../api/entity.ts';
import { useList } from '../../api/list.ts';
import type { Profile, SigningKey, Status, TokenIssuer } from '../../api/shapes.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { ListTable, type Column } from '../../components/list-table.tsx';
import { EmptyState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.ts';
import { algorithmOf, type Algorithm } from './issuer-draft.ts';
import { useIssuersOf } from './issuer-resource.ts';
import { RotateDialog } from './rotate-dialog.tsx';

/** How long verifiers may keep the published keys, in seconds; the service says so to them. */
const CACHED = 300;
const STATES = {
  next: ['accent', 'next: published, signs later'],
  active: ['ok', 'active: signs'],
  retired: ['neutral', 'retiring: still published'],
} as const satisfies Readonly<Record<SigningKey['state'], readonly [string, string]>>;

/** The keys of a profile, with what becomes of each, and their rotation. */
export function SigningKeys() {
  const { of, profile: id, resource } = useIssuersOf();
  const list = useList<SigningKey>(`${of}/keys`);
  const issuers = useAll<TokenIssuer>(resource).data ?? [];
  const profile = useEntity<Profile>(of).data?.data;
  const [rotating, setRotating] = useState<Algorithm | null>(null);
  const mayChange = useMay('admin');
  const lifetime = profile?.defaults.maximumTokenLifetime;
  const algorithms = [...new Set(list.items.map(({ algorithm }) => algorithm))];
  const columns: readonly Column<SigningKey>[] = [
    { title: 'Key', cell: ({ kid }) => <code>{kid}</code> },
    { title: 'Algorithm', cell: ({ algorithm }) => algorithm },
    { title: 'State', cell: ({ state }) => <Badge kind={STATES[state][0]}>{STATES[state][1]}</Badge> },
    { title: 'Since', cell: (key) => <Time at={sinceOf(key)} brief /> },
    {
      title: 'Until',
      cell: ({ state, retiredAt }) =>
        state === 'retired' && retiredAt !== null && lifetime !== undefined ? (
          <Time at={retiredAt + lifetime + CACHED} brief />
        ) : (
          <span className="muted">{state === 'retired' ? '–' : 'the next rotation'}</span>
        ),
    },
    {
      title: 'Used by',
      cell: ({ algorithm }) =>
        issuers
          .filter((issuer) => algorithmOf(issuer) === algorithm)
          .map((issuer) => issuer.id)
          .join(', ') || <span className="muted">no token issuer</span>,
      wideOnly: true,
    },
  ];
  return (
    <section className="stack" aria-labelledby="keys">
      <div className="row row-ends">
        <div>
          <h2 id="keys">Signing keys</h2>
          {profile !== undefined && <KeySet issuer={profile.issuer} />}
        </div>
        {mayChange && (
          <div className="row">
            {algorithms.map((algorithm) => (
              <Button key={algorithm} onClick={() => setRotating(algorithm)}>
                Rotate {algorithm}
              </Button>
            ))}
          </div>
        )}
      </div>
      <ListTable
        list={list}
        caption={`Signing keys of ${id}`}
        columns={columns}
        keyOf={({ kid }) => kid}
        empty={<EmptyState title="This profile has no signing keys yet">They are made for the first token issuer that signs.</EmptyState>}
      />
      {rotating !== null && (
        <RotateDialog
          algorithm={rotating}
          active={list.items.find(({ algorithm, state }) => algorithm === rotating && state === 'active') ?? null}
          next={list.items.find(({ algorithm, state }) => algorithm === rotating && state === 'next') ?? null}
          publishedFor={lifetime === undefined ? null : lifetime + CACHED}
          onClose={() => setRotating(null)}
        />
      )}
    </section>
  );
}

function KeySet({ issuer }: { readonly issuer: string }) {
  const base = useEntity<Status>('/status').data?.data.baseUrl;
  if (base === undefined) return null;
  const url = `${issuer.startsWith('/') ? base + issuer : issuer}/jwks`;
  return (
    <p className="muted">
      Their public parts are at{' '}
      <a href={url} target="_blank" rel="noreferrer">
        {url}
      </a>
    </p>
  );
}

function sinceOf({ state, createdAt, activatedAt, retiredAt }: SigningKey): number {
  const since = { next: createdAt, active: activatedAt, retired: retiredAt }[state];
  return since ?? createdAt;
}
