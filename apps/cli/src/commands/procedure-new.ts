import { join } from 'node:path';
import { Command } from 'commander';
import { CommandError, UsageError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';

interface Flags {
  readonly typescript?: boolean;
  readonly folder: string;
}

/** `procedure new`: a procedure to begin with, its test, and what an editor needs to know the types. Writes over nothing. */
export function newCommand(terminal: Terminal): Command {
  return new Command('new')
    .description('Make a procedure with its test, to begin with')
    .argument('<flow>', 'flow it is for, such as oauth-introspect')
    .argument('[name]', 'name of its file (default: that of the flow)')
    .option('--typescript', 'in TypeScript')
    .option('--folder <folder>', 'folder of procedures, with a folder for each flow', '.')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure new oauth-introspect claims-by-scope\n  tokenwright procedure new oauth-token-client-credentials --typescript --folder procedures',
    )
    .action(async (flow: string, name: string | undefined, flags: Flags) => {
      // Loaded only now, as other commands do not need them.
      const { scaffold, ScaffoldError } = await import('#libs/procedure-testing');
      const { packageRoot } = await import('#apps/token-service');
      try {
        const made = scaffold({
          folder: flags.folder,
          flow,
          ...(name === undefined ? {} : { name }),
          language: flags.typescript === true ? 'typescript' : 'javascript',
          shipped: join(packageRoot, 'procedures'),
        });
        const { path, state } = made.settings;
        const lines = [`Made ${made.procedure} and ${made.test}.`];
        if (state === 'made') lines.push(`Made ${path}: open this folder in an editor that knows TypeScript, and "context." completes.`);
        if (state === 'kept without types')
          lines.push(
            `${path} was there and is kept; for "context." to complete, let it include the types of @tokenwright/procedure-types.`,
          );
        lines.push(`Try it: tokenwright procedure test ${flags.folder}`);
        terminal.out(`${lines.join('\n')}\n`);
      } catch (error) {
        if (!(error instanceof ScaffoldError)) throw error;
        throw error.isMisuse ? new UsageError(error.message) : new CommandError(error.message, { cause: error });
      }
    });
}
