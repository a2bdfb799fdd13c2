import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { applyConfiguration, ConfigurationFileError } from '#libs/configuration';
import type { KeySealer, LiveConfiguration, Sandbox } from '#libs/oauth';
import type { ProcedureCompiler } from '#libs/procedure-check';
import { packageRoot } from './package-root.ts';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/**
 * Applies the configuration file that was named; it replaces what files own and leaves what was made by the API.
 * When none was named, the demo file is applied, but to an empty database only.
 *
 * @returns whether the demo was applied
 * @throws StartError with every problem of the file; nothing of it is applied
 */
export async function applyAtStart(
  live: LiveConfiguration,
  settings: Settings,
  { sandbox, compiler, sealer }: { readonly sandbox: Sandbox; readonly compiler: ProcedureCompiler; readonly sealer: KeySealer },
  now: number,
  warn: (fields: object, message: string) => void,
): Promise<boolean> {
  const fileName = settings.configFile ?? (live.current.count('profile') === 0 ? join(packageRoot, 'tokenwright.yaml') : null);
  if (fileName === null) return false;
  const folder = dirname(resolve(fileName));
  try {
    const { kept, changes } = await applyConfiguration(live, readText(fileName), {
      fileName,
      readFile: (path, encoding) => readFileSync(resolve(folder, path), encoding ?? 'utf8'),
      env: process.env,
      now,
      sealer,
      compile: (text) => compiler.compile(text),
      check: (program) => sandbox.check(program),
      // An administrator's take-over must not keep the service from starting again.
      conflicts: 'keep',
    });
    for (const { action, kind, key } of changes)
      if (action === 'delete' && kind === 'bucket')
        warn({ kind, key: decodeURIComponent(key), file: fileName }, 'removed with all its entries, since the file has it no more');
    for (const { kind, key } of kept)
      warn({ kind, key: decodeURIComponent(key), file: fileName }, 'kept as it was made in the service, although the file has another');
    return settings.configFile === null;
  } catch (error) {
    if (error instanceof ConfigurationFileError)
      throw new StartError(`${fileName} cannot be applied, and nothing of it was:\n${error.message}`, { cause: error });
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartError(`cannot read the configuration file ${file}: ${(cause as Error).message}`, { cause });
  }
}
