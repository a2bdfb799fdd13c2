import { Command, Option } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { memberTable, type Terminal } from '../terminal.ts';
import { at, PROCEDURE } from './scripts.ts';

interface Bound {
  readonly profile: string;
  readonly endpoint: string;
  readonly version: number | null;
}

/** `procedure show`: a procedure with where it answers, or one of its versions. */
export function showProcedureCommand(terminal: Terminal): Command {
  return remote(new Command('show').description('Show a procedure and where it answers, or one of its versions'))
    .argument('<id>')
    .option('--version <n>', 'this version: what it uses, how it did in the samples')
    .addHelpText('after', '\nExamples:\n  tokenwright procedure show phantom-token\n  tokenwright procedure show phantom-token --version 3')
    .action(async (id: string, flags: ConnectionFlags & { readonly version?: string }) => {
      const client = adminClient(flags, terminal.env);
      if (flags.version !== undefined) {
        const version = await client.get<object>(at(PROCEDURE, id, 'versions', String(wholeNumber('--version', flags.version))));
        terminal.out(flags.json === true ? json(version) : memberTable(version));
        return;
      }
      const { procedure, bindings } = await procedureOf(client, id);
      const rows = bindings.map(({ profile, endpoint, version }): [string, string] => [
        'answers at',
        `${endpoint} of ${profile}, ${version === null ? 'its active version' : `version ${version}`}`,
      ]);
      terminal.out(flags.json === true ? json({ ...procedure, bindings }) : memberTable(procedure, rows));
    });
}

async function procedureOf(client: AdminClient, id: string): Promise<{ readonly procedure: object; readonly bindings: readonly Bound[] }> {
  const procedure = await client.get<object>(at(PROCEDURE, id));
  return { procedure, bindings: await client.list<Bound>(at(PROCEDURE, id, 'bindings')) };
}

/** `procedure create`: before there is a version. */
export function createProcedureCommand(terminal: Terminal): Command {
  return remote(new Command('create').description('Create a procedure without a version; "push --flow" creates it with one'))
    .argument('<id>')
    .addOption(new Option('--flow <flow>', 'flow that it answers, for good: "flow list" shows them').makeOptionMandatory())
    .option('--description <text>', 'for people')
    .addHelpText(
      'after',
      '\nExample:\n  tokenwright procedure create claims --flow oauth-introspect --description "What gateways are told"',
    )
    .action(async (id: string, flags: ConnectionFlags & { readonly flow: string; readonly description?: string }) => {
      const { flow, description } = flags;
      const made = await adminClient(flags, terminal.env).send('POST', 'procedures', { json: { id, flow, description } });
      terminal.out(
        flags.json === true ? json(made) : `Created procedure ${id}; upload its first version with: tokenwright procedure push\n`,
      );
    });
}
