import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place for a database file of a spec's own. */
export function temporaryFile(name = 'test.db'): { readonly file: string; readonly directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'tokenwright-'));
  return {
    file: join(directory, name),
    directory,
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
