import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './program.ts';
import { outliveReaders, processTerminal } from './terminal.ts';

outliveReaders();
endWithLauncher();
process.exitCode = await run(process.argv.slice(2), processTerminal, versionOf(dirname(fileURLToPath(import.meta.url))));

/** The launcher holds the terminal: when it is killed, this process must not stay behind. */
function endWithLauncher(): void {
  if (process.env['TOKENWRIGHT_LAUNCHER'] !== String(process.ppid) || !process.connected) return;
  process.channel?.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/** Of the package this file is in, built or not. */
function versionOf(directory: string): string {
  try {
    return (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(directory) === directory) throw error;
    return versionOf(dirname(directory));
  }
}
