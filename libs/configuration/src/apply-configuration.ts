import type { Change, Configuration, LiveConfiguration } from '#libs/oauth';
import { readAndPlan, type ReadOptions } from './file/read-configuration-file.ts';
import { auditOf, type PlannedChange } from './plan.ts';

export interface ApplyOptions extends Omit<ReadOptions, 'current'> {
  /** For the audit trail: administrator id, `file` or `cli`; `file` unless told. */
  readonly actor?: string;
  /** Answers what would change, and changes nothing. */
  readonly dryRun?: boolean;
  /** What else must exist with the new configuration, such as `missingSigningKeys`; stored in the same transaction. */
  readonly complete?: (configuration: Configuration) => Promise<readonly Change[]>;
}

export interface Applied {
  /** The configuration revision that is in force now. */
  readonly revision: number;
  /** Empty when all was as the file wants it. */
  readonly changes: readonly PlannedChange[];
}

/**
 * Makes what files own to be what a configuration file says, in one transaction with its audit events.
 * Applying the same text again changes nothing.
 *
 * @throws ConfigurationFileError with every problem; nothing is changed
 */
export async function applyConfiguration(live: LiveConfiguration, text: string, options: ApplyOptions): Promise<Applied> {
  const { actor = 'file', now, dryRun = false, complete } = options;
  const work = async (current: Configuration) => {
    const { plan } = await readAndPlan(text, { ...options, current });
    const further = complete === undefined ? [] : await complete(current.with(plan.changes.map(({ change }) => change)));
    return [...plan.changes, ...further.map((change) => plannedOf(current, change))];
  };
  if (dryRun) return { revision: live.current.revision, changes: await work(live.current) };
  const { result, revision } = await live.change(async (current) => {
    const changes = await work(current);
    return { changes: changes.map(({ change }) => change), audit: changes.map((planned) => auditOf(planned, now, actor)), result: changes };
  });
  return { revision, changes: result };
}

function plannedOf(current: Configuration, change: Change): PlannedChange {
  const { kind, key, value } = change;
  const before = current.get(kind, key) ?? null;
  return { action: value === null ? 'delete' : before === null ? 'create' : 'update', kind, key, change, before, after: value };
}
