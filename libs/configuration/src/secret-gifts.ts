import { entityKey, type Change, type Configuration, type NewAuditEvent } from '#libs/oauth';

/** A secret of a profile in the hands of a version, since a binding of the profile lets the version answer. */
export interface SecretGift {
  readonly profile: string;
  readonly secret: string;
  readonly procedure: string;
  readonly version: number;
}

/** The secrets that changes give to versions which did not have them, by activation or binding. */
export function secretsGiven(before: Configuration, changes: readonly Change[]): readonly SecretGift[] {
  if (!changes.some(({ kind }) => kind === 'binding' || kind === 'procedure')) return [];
  const had = giftsIn(before);
  return [...giftsIn(before.with(changes))].filter(([name]) => !had.has(name)).map(([, gift]) => gift);
}

/** The audit event of a gift, under the key of the secret. */
export function auditOfGift({ profile, secret, procedure, version }: SecretGift, at: number, actor: string): NewAuditEvent {
  return {
    at,
    actor,
    action: 'secret.give',
    kind: 'secret',
    key: entityKey(profile, secret),
    before: null,
    after: { profile, id: secret, procedure, version },
  };
}

function giftsIn(configuration: Configuration): ReadonlyMap<string, SecretGift> {
  const gifts = new Map<string, SecretGift>();
  for (const { profile, procedure, version: pinned } of configuration.all('binding')) {
    const version = pinned ?? configuration.get('procedure', entityKey(procedure))?.activeVersion ?? null;
    if (version === null) continue;
    const secrets = configuration.get('procedure-version', entityKey(procedure, version))?.secrets ?? [];
    for (const secret of secrets) gifts.set(entityKey(profile, secret, procedure, version), { profile, secret, procedure, version });
  }
  return gifts;
}
