import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'scripts');

/** Names of all scripts of the suite. */
export const SCRIPTS: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -3));

/** The text of a script as people wrote it. */
export function scriptSource(name: string): string {
  return readFileSync(join(FOLDER, `${name}.js`), 'utf8');
}
