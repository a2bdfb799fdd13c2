import { entityKey, sameJson, type BaseRevision, type Configuration, type EntityKind } from '#libs/oauth';
import { ROLLBACK } from './activation-history.ts';
import type { PlannedChange } from './change-audit.ts';

/** The action of audit events by which an administrator is given another token. */
export const RENEW_TOKEN = 'administrator.renew-token';

/** Kinds of which every change decides what tokens say, who gets them or who decides. */
const GUARDED: ReadonlySet<EntityKind> = new Set([
  'profile',
  'endpoint',
  'binding',
  'client',
  'token-issuer',
  'http-client',
  'secret',
  'administrator',
]);

/** What one administrator alone may do: going back to what was approved before, and taking away. */
const SINGLE_HANDED: ReadonlySet<string> = new Set([ROLLBACK, 'client.delete-secret']);

/**
 * Whether a change needs a second administrator where the four-eyes rule holds.
 *
 * @param actor an administrator's id
 * @param othersSignIn whether there may be administrators whom the configuration does not name
 */
export function isGuarded(before: Configuration, change: PlannedChange, actor: string, othersSignIn: boolean): boolean {
  const { kind, key, value, action } = change;
  if (action !== undefined && SINGLE_HANDED.has(action)) return false;
  if (kind === 'procedure' || kind === 'library') {
    const active = value?.activeVersion ?? null;
    return active !== null && active !== (before.get(kind, key)?.activeVersion ?? null);
  }
  if (kind === 'administrator')
    return !isOwnToken(change, actor) && (othersSignIn || before.get(kind, key) !== undefined || !isAlone(before));
  return GUARDED.has(kind) && !isSwitchedOff(before, change);
}

/** The present state of what changes depend on: when it is another one, they were made for something else. */
export function baseOf(configuration: Configuration, changes: readonly PlannedChange[]): readonly BaseRevision[] {
  const base = new Map<string, BaseRevision>();
  const add = (kind: EntityKind, key: string) => {
    base.set(`${kind} ${key}`, { kind, key, revision: configuration.stored(kind, key)?.revision ?? null });
  };
  for (const { kind, key, value } of changes) {
    add(kind, key);
    if (value === null) continue;
    if ((kind === 'procedure' || kind === 'library') && value.activeVersion !== null)
      add(`${kind}-version`, entityKey(value.id, value.activeVersion));
    if (kind !== 'binding') continue;
    const version = value.version ?? configuration.get('procedure', entityKey(value.procedure))?.activeVersion ?? null;
    add('procedure', entityKey(value.procedure));
    if (version !== null) add('procedure-version', entityKey(value.procedure, version));
  }
  return [...base.values()];
}

/** Whether everything is as it was. */
export function isAsItWas(configuration: Configuration, base: readonly BaseRevision[]): boolean {
  return base.every(({ kind, key, revision }) => (configuration.stored(kind, key)?.revision ?? null) === revision);
}

/** Nobody but the owner of a token knows a new one that the owner asks for. */
function isOwnToken({ key, action }: PlannedChange, actor: string): boolean {
  return action === RENEW_TOKEN && key === entityKey(actor);
}

/** There is nobody yet who could approve. */
function isAlone(configuration: Configuration): boolean {
  return [...configuration.all('administrator')].filter(({ role }) => role === 'admin').length < 2;
}

/** Switching a client, an endpoint or a token issuer off, and nothing else. */
function isSwitchedOff(before: Configuration, { kind, key, value }: PlannedChange): boolean {
  const old = before.get(kind, key);
  if (old === undefined || value === null || !('enabled' in old) || !('enabled' in value)) return false;
  return old.enabled && !value.enabled && sameJson({ ...old, enabled: false, origin: null }, { ...value, origin: null });
}
