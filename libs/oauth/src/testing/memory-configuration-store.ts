import { isDeepStrictEqual } from 'node:util';
import { Configuration, type Change } from '../configuration/configuration.ts';
import { ENTITY_KINDS, entityKey, keyOf, type EntityKind, type LibraryVersion, type ProcedureVersion } from '../configuration/entities.ts';
import { StoreError } from '../store-error.ts';
import type { Decision } from '../proposal-store.ts';
import type { AppliedChanges, ConfigurationStore, NewAuditEvent, StoredChange } from '../stores.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import type { MemoryBucketStore } from './memory-bucket-store.ts';
import type { MemoryProposalStore } from './memory-proposal-store.ts';
import type { MemoryRevocationEventStore } from './memory-revocation-event-store.ts';

export class MemoryConfigurationStore implements ConfigurationStore {
  #current = Configuration.empty;
  /** By kind and key, the last removal that was not undone. */
  readonly #removed = new Map<string, StoredChange>();

  constructor(
    private readonly audit: MemoryAuditStore,
    private readonly buckets: MemoryBucketStore,
    private readonly events: MemoryRevocationEventStore,
    private readonly proposals: MemoryProposalStore,
  ) {}

  revision(): number {
    return this.#current.revision;
  }

  load(): Promise<{ readonly revision: number; readonly entities: readonly StoredChange[] }> {
    return Promise.resolve({ revision: this.#current.revision, entities: this.#after(-1) });
  }

  changesSince(revision: number): Promise<{ readonly revision: number; readonly changes: readonly StoredChange[] }> {
    const removed = [...this.#removed.values()].filter((change) => change.revision > revision);
    return Promise.resolve({ revision: this.#current.revision, changes: [...removed, ...this.#after(revision)] });
  }

  async apply(base: number, changes: readonly Change[], audit: readonly NewAuditEvent[], decision?: Decision): Promise<AppliedChanges> {
    if (base !== this.#current.revision) return { outcome: 'conflict' };
    const copies = structuredClone(changes);
    copies.forEach((change) => {
      checkKey(change);
      this.#checkVersion(change);
    });
    const next = this.#current.with(copies);
    checkReferences(next);
    if (decision !== undefined && !this.proposals.decide(decision, [])) return { outcome: 'decided' };

    for (const { kind, key, value } of copies) {
      const isNewOrGone = value === null || this.#current.get(kind, key) === undefined;
      if (kind === 'bucket' && isNewOrGone) this.buckets.clear(...(key.split('/').map(decodeURIComponent) as [string, string]));
      const isGone = next.get(kind, key) === undefined;
      if (isGone) this.#removed.set(`${kind} ${key}`, { kind, key, value: null, revision: next.revision });
      else this.#removed.delete(`${kind} ${key}`);
    }
    this.#current = next;
    const ofKeys = copies.filter(({ kind }) => kind === 'signing-key').map(({ key }) => decodeURIComponent(key.split('/')[0] ?? ''));
    for (const profile of new Set(ofKeys)) this.events.keysChanged(profile, Math.floor(Date.now() / 1000));
    this.audit.record(audit, next.revision);
    return { outcome: 'applied', revision: next.revision };
  }

  /** The ids of a profile's signing keys. */
  kidsOf(profile: string): readonly string[] {
    const keys = [...this.#current.all('signing-key')].filter((key) => key.profile === profile);
    return keys.map(({ kid }) => kid).sort();
  }

  #after(revision: number): StoredChange[] {
    return ENTITY_KINDS.flatMap((kind) =>
      [...this.#current.allStored(kind)]
        .filter((stored) => stored.revision > revision)
        .map(
          (stored) =>
            ({
              kind,
              key: keyOf(kind, stored.value as never),
              value: structuredClone(stored.value),
              revision: stored.revision,
            }) as StoredChange,
        ),
    );
  }

  #checkVersion(change: Change): void {
    if ((change.kind !== 'procedure-version' && change.kind !== 'library-version') || change.value === null) return;
    const stored = this.#current.get(change.kind, change.key);
    if (stored === undefined || isDeepStrictEqual(fixedPart(stored), fixedPart(change.value))) return;
    const named = 'procedure' in change.value ? `procedure "${change.value.procedure}"` : `library "${change.value.library}"`;
    throw new StoreError(
      'immutable',
      `Version ${String(change.value.version)} of ${named} is stored already and cannot be changed: make a new version.`,
    );
  }
}

/** What may never change of a version: all that decides what runs. */
function fixedPart(version: ProcedureVersion | LibraryVersion): unknown {
  const { language, source, script, digest } = version;
  return {
    language,
    source,
    script,
    digest,
    ...('libraries' in version ? { libraries: version.libraries, secrets: version.secrets } : {}),
  };
}

function checkKey(change: Change): void {
  if (change.value === null || keyOf(change.kind, change.value as never) === change.key) return;
  throw new StoreError('failed', `The key "${change.key}" does not belong to the ${change.kind} that is to be stored under it.`);
}

/** What foreign keys guard in a database. */
function checkReferences(configuration: Configuration): void {
  const need = (kind: EntityKind, ...ids: readonly (string | number)[]) => {
    if (configuration.get(kind, entityKey(...ids)) !== undefined) return;
    throw new StoreError('dangling', 'The change would leave a reference to something that does not exist: nothing was stored.');
  };
  for (const kind of ['endpoint', 'client', 'token-issuer', 'signing-key', 'http-client', 'secret', 'bucket'] as const) {
    for (const entity of configuration.all(kind)) need('profile', entity.profile);
  }
  for (const procedure of configuration.all('procedure')) {
    if (procedure.activeVersion !== null) need('procedure-version', procedure.id, procedure.activeVersion);
  }
  for (const version of configuration.all('procedure-version')) need('procedure', version.procedure);
  for (const library of configuration.all('library')) {
    if (library.activeVersion !== null) need('library-version', library.id, library.activeVersion);
  }
  for (const version of configuration.all('library-version')) need('library', version.library);
  for (const binding of configuration.all('binding')) {
    need('endpoint', binding.profile, binding.endpoint);
    need('procedure', binding.procedure);
    if (binding.version !== null) need('procedure-version', binding.procedure, binding.version);
  }
}
