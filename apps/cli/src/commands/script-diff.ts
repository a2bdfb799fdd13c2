import { Command } from 'commander';
import { createTwoFilesPatch } from 'diff';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, remote } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { activeVersion, at, LIBRARY, PROCEDURE, textOf, type ScriptFlags, type ScriptSort, type VersionView } from './scripts.ts';

interface Flags extends ScriptFlags {
  readonly from?: string;
  readonly to?: string;
  readonly default?: boolean;
}

/** `library diff`. */
export function diffLibraryCommand(terminal: Terminal): Command {
  return diffCommand(LIBRARY, terminal);
}

/** `procedure diff`, which knows what is shipped, too. */
export function diffProcedureCommand(terminal: Terminal): Command {
  return diffCommand(PROCEDURE, terminal)
    .option('--default', 'compare the shipped procedure of its flow with the file, else with the active version (or --to)')
    .addHelpText('after', '  tokenwright procedure diff phantom-token --default');
}

function diffCommand(sort: ScriptSort, terminal: Terminal): Command {
  const { word, example } = sort;
  return remote(new Command('diff').description('Compare two versions, or the active one with a file'))
    .argument('<id>')
    .argument('[file]', 'compare the active version (or --from) with this file')
    .option('--from <n>', 'version (default: the active one)')
    .option('--to <n>', 'version (default: the latest)')
    .addHelpText('after', `\nExamples:\n  tokenwright ${word} diff ${example}\n  tokenwright ${word} diff ${example} ${example}.js`)
    .action(async (id: string, file: string | undefined, flags: Flags) => {
      if (file !== undefined && flags.to !== undefined) throw new UsageError('give either a file or --to');
      if (flags.default === true && flags.from !== undefined) throw new UsageError('give either --from or --default');
      const client = adminClient(flags, terminal.env);
      const text = await difference(client, sort, id, file, flags);
      terminal.out(
        flags.json === true ? json({ id, diff: text }) : text === '' ? 'No difference.\n' : terminal.isInteractive ? harmless(text) : text,
      );
    });
}

async function difference(client: AdminClient, sort: ScriptSort, id: string, file: string | undefined, flags: Flags): Promise<string> {
  if (flags.default === true) {
    const { flow } = await client.get<{ flow: string }>(at(sort, id));
    const shipped = await client.get<{ default: { source: string } }>(pathOf('flows', flow));
    const named = file === undefined ? await versionText(client, sort, id, flags.to) : fileText(sort, file);
    return patch({ name: `default of ${flow}`, text: shipped.default.source }, named);
  }
  const from = flags.from === undefined ? await activeVersion(client, sort, id, '--from') : wholeNumber('--from', flags.from);
  return file === undefined
    ? betweenVersions(client, sort, id, from, flags.to)
    : patch(await versionText(client, sort, id, String(from)), fileText(sort, file));
}

async function betweenVersions(client: AdminClient, sort: ScriptSort, id: string, from: number, to: string | undefined): Promise<string> {
  const versions = to === undefined ? await client.list<VersionView>(at(sort, id, 'versions')) : [];
  const latest = versions.reduce((most, { version }) => Math.max(most, version), from);
  return client.text('GET', at(sort, id, 'diff'), { query: { from, to: to === undefined ? latest : wholeNumber('--to', to) } });
}

interface Compared {
  readonly name: string;
  readonly text: string;
}

async function versionText(client: AdminClient, sort: ScriptSort, id: string, flag: string | undefined): Promise<Compared> {
  const { version, source } = await textOf(client, sort, id, flag, '--to');
  return { name: `${id}@${version}`, text: source };
}

function fileText({ word }: ScriptSort, file: string): Compared {
  return { name: file, text: readText(file, `the ${word}`) };
}

function patch(before: Compared, after: Compared): string {
  return before.text === after.text ? '' : createTwoFilesPatch(before.name, after.name, before.text, after.text);
}
