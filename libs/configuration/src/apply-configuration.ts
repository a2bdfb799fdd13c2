import { configurationWarnings, type Change, type Configuration, type ConfigurationProblem, type LiveConfiguration } from '#libs/oauth';
import { readAndPlan, type ReadOptions } from './file/read-configuration-file.ts';
import { auditOf, type Plan, type PlannedChange } from './plan.ts';
import { auditOfGift, secretsGiven } from './secret-gifts.ts';

export interface ApplyOptions extends Omit<ReadOptions, 'current'> {
  /** For the audit trail: administrator id, `file` or `cli`; `file` unless told. */
  readonly actor?: string;
  /** Answers what would change, and changes nothing. */
  readonly dryRun?: boolean;
  /** Called with the configuration that the file is to change, in the transaction. May throw when that is not the one that was meant. */
  readonly confirm?: (configuration: Configuration) => void;
  /** What else must exist with the new configuration, such as `missingKeys`; stored in the same transaction. */
  readonly complete?: (configuration: Configuration) => Promise<readonly Change[]>;
}

export interface Applied {
  /** The configuration revision that is in force now. */
  readonly revision: number;
  /** Empty when all was as the file wants it. */
  readonly changes: readonly PlannedChange[];
  /** What was made in the service and differs from the file, where such conflicts are kept. */
  readonly kept: Plan['kept'];
  /** What is less safe than it may seem in the configuration that results, whether it is new or not. */
  readonly warnings: readonly ConfigurationProblem[];
}

/**
 * Makes what files own to be what a configuration file says, in one transaction with its audit events.
 * Applying the same text again changes nothing.
 *
 * @throws ConfigurationFileError with every problem; nothing is changed
 */
export async function applyConfiguration(live: LiveConfiguration, text: string, options: ApplyOptions): Promise<Applied> {
  const { actor = 'file', now, dryRun = false, complete, confirm } = options;
  const work = async (current: Configuration) => {
    confirm?.(current);
    const { plan } = await readAndPlan(text, { ...options, current });
    const further = complete === undefined ? [] : await complete(current.with(plan.changes.map(({ change }) => change)));
    const changes = [...plan.changes, ...further.map((change) => plannedOf(current, change))];
    return { changes, kept: plan.kept, warnings: configurationWarnings(current.with(changes.map(({ change }) => change))) };
  };
  if (dryRun) return { revision: live.current.revision, ...(await work(live.current)) };
  const { result, revision } = await live.change(async (current) => {
    const worked = await work(current);
    const changes = worked.changes.map(({ change }) => change);
    const gifts = secretsGiven(current, changes);
    const audit = [...worked.changes.map((planned) => auditOf(planned, now, actor)), ...gifts.map((gift) => auditOfGift(gift, now, actor))];
    return { changes, audit, result: worked };
  });
  return { revision, ...result };
}

function plannedOf(current: Configuration, change: Change): PlannedChange {
  const { kind, key, value } = change;
  const before = current.get(kind, key) ?? null;
  return { action: value === null ? 'delete' : before === null ? 'create' : 'update', kind, key, change, before, after: value };
}
