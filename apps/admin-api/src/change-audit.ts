import { auditOfGift, redact, secretsGiven } from '#libs/configuration';
import { missingKeys, type Change, type Configuration, type EntityKind, type KeySealer, type NewAuditEvent } from '#libs/oauth';

/** A change with its audit action, when that is more than creating, updating or deleting. */
export type PlannedChange = Change & { readonly action?: string | undefined };

/** What may call for signing keys that nobody has made yet. */
const NEEDS_KEYS: ReadonlySet<EntityKind> = new Set(['profile', 'token-issuer', 'client']);

/** A change without its audit action. */
export function bare({ action: _action, ...change }: PlannedChange): Change {
  return change;
}

/** The audit events of changes. */
export function auditOf(before: Configuration, changes: readonly PlannedChange[], actor: string, at: number): readonly NewAuditEvent[] {
  return changes.map((change) => {
    const { kind, key, value } = change;
    const old = before.get(kind, key);
    return {
      at,
      actor,
      action: actionOf(before, change),
      kind,
      key,
      before: old === undefined ? null : redact(kind, old),
      after: value === null ? null : redact(kind, value),
    };
  });
}

/** The audit action of a change. */
export function actionOf(before: Configuration, { kind, key, value, action }: PlannedChange): string {
  const verb = value === null ? 'delete' : before.get(kind, key) === undefined ? 'create' : 'update';
  return action ?? `${kind}.${verb}`;
}

/** Says which secrets are given away, under the key of each secret. */
export function auditOfGifts(before: Configuration, changes: readonly Change[], actor: string, at: number): readonly NewAuditEvent[] {
  return secretsGiven(before, changes).map((gift) => auditOfGift(gift, at, actor));
}

/** Signing keys that changes call for. */
export async function keysFor(
  before: Configuration,
  changes: readonly Change[],
  sealer: KeySealer,
  now: number,
): Promise<readonly Change[]> {
  if (!changes.some(({ kind, value }) => value !== null && NEEDS_KEYS.has(kind))) return [];
  return missingKeys(before.with(changes), sealer, now);
}
