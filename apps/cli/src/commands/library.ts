import { Command } from 'commander';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { harmless, table, type Terminal } from '../terminal.ts';
import { activateCommand, at, LIBRARY, push, pushCommand, textOf, versionTable, type PushFlags, type VersionView } from './scripts.ts';
import { checkLibraryCommand } from './script-check.ts';
import { diffLibraryCommand } from './script-diff.ts';
import { deleteCommand, describeCommand } from './script-entity.ts';

interface LibraryView {
  readonly id: string;
  readonly description: string;
  readonly activeVersion: number | null;
  readonly origin: string;
}

/** `library`: the global scripts that procedures use. */
export function libraryCommand(terminal: Terminal): Command {
  const command = new Command('library').description('Manage libraries, the global scripts that procedures use');
  command
    .addCommand(list(terminal))
    .addCommand(show(terminal))
    .addCommand(
      pushCommand(LIBRARY, 'Upload a file as a new version; the first one makes the library')
        .addHelpText('after', '\nExample:\n  tokenwright library push claims.ts --activate')
        .action((file: string, flags: PushFlags) => push(LIBRARY, file, flags, {}, terminal)),
    )
    .addCommand(checkLibraryCommand(terminal))
    .addCommand(diffLibraryCommand(terminal))
    .addCommand(activateCommand(LIBRARY, terminal))
    .addCommand(describeCommand(LIBRARY, terminal))
    .addCommand(deleteCommand(LIBRARY, 'Delete a library that no version of a procedure uses', terminal));
  return command;
}

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List libraries'))
    .addHelpText('after', '\nExample:\n  tokenwright library list')
    .action(async (flags: ConnectionFlags) => {
      const items = await adminClient(flags, terminal.env).list<LibraryView>('libraries');
      const rows = items.map(({ id, activeVersion, description, origin }) => [id, String(activeVersion ?? '-'), origin, description]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'ACTIVE', 'MADE BY', 'DESCRIPTION'], rows));
    });
}

function show(terminal: Terminal): Command {
  return remote(new Command('show').description('Show the versions of a library, or the text of one'))
    .argument('<id>')
    .option('--source', 'the text, as it was uploaded')
    .option('--version <n>', 'with --source: version (default: the active one)')
    .addHelpText('after', '\nExamples:\n  tokenwright library show claims\n  tokenwright library show claims --source --version 2')
    .action(async (id: string, flags: ConnectionFlags & { readonly source?: boolean; readonly version?: string }) => {
      const client = adminClient(flags, terminal.env);
      if (flags.source === true || flags.version !== undefined) {
        const { version, source } = await textOf(client, LIBRARY, id, flags.version);
        terminal.out(flags.json === true ? json({ id, version, source }) : terminal.isInteractive ? harmless(source) : source);
        return;
      }
      const library = await client.get<LibraryView>(at(LIBRARY, id));
      const versions = await client.list<VersionView>(at(LIBRARY, id, 'versions'));
      const text = library.description === '' ? '' : `${harmless(library.description)}\n\n`;
      terminal.out(flags.json === true ? json({ ...library, versions }) : `${text}${versionTable(versions, library.activeVersion)}`);
    });
}
