import { Command } from 'commander';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, table, type Terminal } from '../terminal.ts';
import { pullSamples, pushSamples, type Sample } from './procedure-sample-files.ts';

/** How a version did in the samples. */
export interface Tests {
  readonly state: string;
  readonly samples: readonly { readonly name: string; readonly state: string; readonly problems: readonly string[] }[];
}

/** `procedure sample`: contexts that are kept with a procedure, and in which every version of it is tried. */
export function sampleCommand(terminal: Terminal): Command {
  const command = new Command('sample').description('Manage the samples in which versions of a procedure are tried');
  for (const make of [list, show, save, remove, run, pullSamples, pushSamples]) command.addCommand(make(terminal));
  return command;
}

const samplesOf = (procedure: string, ...more: readonly string[]) => pathOf('procedures', procedure, 'samples', ...more);

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List the samples of a procedure'))
    .argument('<procedure>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure sample list phantom-token')
    .action(async (procedure: string, flags: ConnectionFlags) => {
      const { items } = await adminClient(flags, terminal.env).get<{ items: readonly Sample[] }>(samplesOf(procedure));
      const rows = items.map(({ name, description, expect }) => [name, JSON.stringify(expect), description]);
      terminal.out(flags.json === true ? json(items) : table(['NAME', 'EXPECTED', 'DESCRIPTION'], rows));
    });
}

function show(terminal: Terminal): Command {
  return remote(new Command('show').description('Show a sample, as "save" takes it'))
    .argument('<procedure>')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure sample show phantom-token "a gold client" > gold.json')
    .action(async (procedure: string, name: string, flags: ConnectionFlags) => {
      const { name: _name, ...members } = await adminClient(flags, terminal.env).get<Sample>(samplesOf(procedure, name));
      terminal.out(terminal.isInteractive ? harmless(json(members)) : json(members));
    });
}

function save(terminal: Terminal): Command {
  return remote(new Command('save').description('Save a sample from a file'))
    .argument('<procedure>')
    .argument('<name>')
    .argument('<file>', 'JSON: { "sample": { "user": "alice" }, "expect": { "status": 200 } }, or "profile" and "context" for "sample"')
    .addHelpText('after', '\nExample:\n  tokenwright procedure sample save phantom-token "a gold client" gold.json')
    .action(async (procedure: string, name: string, file: string, flags: ConnectionFlags) => {
      const saved = await adminClient(flags, terminal.env).send<Sample>('PUT', samplesOf(procedure, name), { json: sampleIn(file) });
      terminal.out(flags.json === true ? json(saved) : harmless(`Saved sample "${name}" of ${procedure}.\n`));
    });
}

function remove(terminal: Terminal): Command {
  return remote(new Command('delete').description('Delete a sample'))
    .argument('<procedure>')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure sample delete phantom-token "a gold client"')
    .action(async (procedure: string, name: string, flags: ConnectionFlags) => {
      await adminClient(flags, terminal.env).send('DELETE', samplesOf(procedure, name));
      terminal.out(flags.json === true ? json({ deleted: name }) : harmless(`Deleted sample "${name}" of ${procedure}.\n`));
    });
}

function run(terminal: Terminal): Command {
  return remote(new Command('run').description('Run a version in the samples of its procedure. Exit code 1 when it fails in one'))
    .argument('<procedure>')
    .argument('[version]', 'default: the active one')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure sample run phantom-token\n  tokenwright procedure sample run phantom-token 3',
    )
    .action(async (procedure: string, version: string | undefined, flags: ConnectionFlags) => {
      const client = adminClient(flags, terminal.env);
      const number = version === undefined ? await activeOf(client, procedure) : wholeNumber('the version', version);
      const tests = await client.send<Tests>('POST', pathOf('procedures', procedure, 'versions', String(number), 'test'));
      terminal.out(flags.json === true ? json(tests) : harmless(testsInWords(tests)));
      if (tests.state === 'failed') throw new CommandError(`version ${number} of ${procedure} fails in samples`);
    });
}

/** A line for each sample, with what does not hold below it. */
export function testsInWords({ samples }: Tests): string {
  if (samples.length === 0) return 'There are no samples.\n';
  return samples.map(({ name, state, problems }) => [`${state}  ${name}`, ...problems.map((one) => `    ${one}`), ''].join('\n')).join('');
}

async function activeOf(client: AdminClient, procedure: string): Promise<number> {
  const { activeVersion } = await client.get<{ activeVersion: number | null }>(pathOf('procedures', procedure));
  if (activeVersion === null) throw new UsageError(`procedure "${procedure}" has no active version; say which`);
  return activeVersion;
}

function sampleIn(file: string): unknown {
  try {
    return JSON.parse(readText(file, 'the sample'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(`${file} is not JSON`, { cause: error });
    throw error;
  }
}
