import { readFile } from 'node:fs/promises';
import { Configuration, KeySealer, type Entities, type EntityKind } from '#libs/oauth';
import { ConfigurationFileError } from '../file/file-problem.ts';
import { readAndPlan, type ReadOptions } from '../file/read-configuration-file.ts';
import type { PlannedChange } from '../plan.ts';

/** Seconds since 1970, the same in all specs. */
export const NOW = 1_790_000_000;

/** Seals what specs read, with the same key in all of them. */
export const SEALER = new KeySealer(new Uint8Array(32).fill(7));

/** An entity that must be there. */
export function entity<K extends EntityKind>(configuration: Configuration, kind: K, key: string): Entities[K] {
  const found = configuration.get(kind, key);
  if (found === undefined) throw new Error(`there is no ${kind} ${key}`);
  return found;
}

/** The demo configuration that comes with the service. */
export function demoText(): Promise<string> {
  return readFile(new URL('../../../../tokenwright.yaml', import.meta.url), 'utf8');
}

/** A configuration after a file, without any store. */
export async function applyChanges(
  current: Configuration,
  text: string,
  options: Partial<ReadOptions> = {},
): Promise<{ readonly configuration: Configuration; readonly changes: readonly PlannedChange[] }> {
  const { plan } = await readAndPlan(text, { fileName: 'f.yaml', now: NOW, current, sealer: SEALER, ...options });
  return { configuration: current.with(plan.changes.map(({ change }) => change)), changes: plan.changes };
}

/** The problems of a text as `line:column pointer: message`; none when it is accepted. */
export async function problemsOf(text: string, current: Configuration = Configuration.empty): Promise<readonly string[]> {
  try {
    await readAndPlan(text, {
      fileName: 'f.yaml',
      now: NOW,
      current,
      sealer: SEALER,
      readFile: (path, encoding) => readFile(path, encoding ?? 'utf8'),
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationFileError)) throw error;
    return error.problems.map(({ line, column, pointer, message }) => `${line}:${column} ${pointer}: ${message}`);
  }
}
