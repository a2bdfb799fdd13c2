import { describeChange, type PlannedChange } from '#libs/configuration';
import { harmless } from './terminal.ts';

/** What becomes of one entity, as the admin API tells it. */
export interface ChangeView extends Pick<PlannedChange, 'action' | 'kind' | 'key'> {
  readonly differences: readonly {
    readonly pointer: string;
    readonly before?: unknown;
    readonly after?: unknown;
    readonly secret?: true;
  }[];
  readonly source?: string;
}

/** Changes for people: members with `-` and `+`, texts as unified diffs. */
export function changesInWords(changes: readonly ChangeView[]): string {
  return harmless(
    changes.map((change) => [describeChange(change), ...membersOf(change), ...textOf(change)].join('\n')).join('\n\n') + '\n',
  );
}

function membersOf({ action, differences }: ChangeView): readonly string[] {
  // All of what goes is what was there: its name says enough.
  if (action === 'delete') return [];
  return differences.flatMap(({ pointer, before, after, secret }) =>
    pointer === ''
      ? membersOfNew(after)
      : secret === true
        ? [`  ~ ${pointer}: (secret) changes`]
        : [
            ...(before === undefined ? [] : [`  - ${pointer}: ${shown(before)}`]),
            ...(after === undefined ? [] : [`  + ${pointer}: ${shown(after)}`]),
          ],
  );
}

function membersOfNew(value: unknown): readonly string[] {
  return Object.entries((value ?? {}) as Readonly<Record<string, unknown>>)
    .filter(([, member]) => member !== null && member !== '')
    .map(([name, member]) => `  + /${name}: ${shown(member)}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf({ source }: ChangeView): readonly string[] {
  return source === undefined || source === ''
    ? []
    : source
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`);
}
