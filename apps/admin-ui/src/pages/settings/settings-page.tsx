import { useOfProfile } from '../../api/profile-resource.ts';
import type { Profile } from '../../api/shapes.ts';
import { OriginBadge } from '../../components/badge.tsx';
import { JsonBlock } from '../../components/code-block.tsx';
import { EntityActions } from '../../components/entity-actions.tsx';
import { EntityPage } from '../../components/entity-page.tsx';
import { KeyValues, Values } from '../../components/key-values.tsx';
import { duration } from '../../components/time.tsx';
import { ALL_LIFETIMES, ALL_PARTS, LIFETIMES, PARTS } from './settings-draft.ts';

export function SettingsPage() {
  const { profile: id, of } = useOfProfile('settings');
  return (
    <EntityPage<Profile>
      id={id}
      nameOf={() => `Settings of ${id}`}
      resource={of}
      parent={{ to: '/profiles', label: 'Profiles' }}
      aside={({ origin }) => <OriginBadge origin={origin} />}
      actions={(_, etag) => (
        <EntityActions
          name={id}
          what="profile"
          resource={of}
          etag={etag}
          parent="/profiles"
          consequence="Its token issuers and signing keys go with it, so that what it has signed can be verified no more. It is refused while it has endpoints or clients."
        />
      )}
    >
      {(profile) => (
        <>
          <section className="card" aria-label="What it is">
            <KeyValues
              items={[
                ['Issuer', <code key="issuer">{profile.issuer}</code>],
                ['Can do', <Values key="capabilities" of={profile.capabilities} />],
                [
                  'Audiences of tokens',
                  profile.allowedAudiences === null ? 'any' : <Values key="audiences" of={profile.allowedAudiences} />,
                ],
              ]}
            />
          </section>
          <section className="card stack" aria-labelledby="defaults">
            <h2 id="defaults">Tokens</h2>
            <KeyValues
              items={[
                ['Form of access tokens', profile.defaults.accessTokenFormat],
                ...ALL_LIFETIMES.map((name) => [LIFETIMES[name][0], duration(profile.defaults[name])] as const),
                ['DPoP proofs need a nonce', profile.defaults.dpopNonces ? 'yes' : 'no'],
              ]}
            />
          </section>
          <section className="card stack" aria-labelledby="scopes">
            <h2 id="scopes">Scopes</h2>
            <Scopes of={profile.scopes} />
          </section>
          {ALL_PARTS.filter((name) => Object.keys(profile[name] ?? {}).length > 0).map((name) => (
            <JsonBlock key={name} value={profile[name]} label={PARTS[name][1]} />
          ))}
        </>
      )}
    </EntityPage>
  );
}

function Scopes({ of }: { readonly of: Profile['scopes'] }) {
  const scopes = Object.entries(of);
  if (scopes.length === 0) return <p className="muted">There are none: clients can be given no scope.</p>;
  return (
    <KeyValues
      items={scopes.map(([name, { description, lifetime, claims = [] }]) => [
        name,
        [
          ...(description === undefined ? [] : [description]),
          ...(lifetime === undefined ? [] : [`holds for ${duration(lifetime)}`]),
          ...(claims.length === 0 ? [] : [`releases ${claims.join(', ')}`]),
        ].join(' · '),
      ])}
    />
  );
}
