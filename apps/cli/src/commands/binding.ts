import { Command, Option } from 'commander';
import { pathOf, type AdminClient } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { table, type Terminal } from '../terminal.ts';

interface BindingView {
  readonly endpoint: string;
  readonly flow: string;
  readonly procedure: string;
  readonly version: number | null;
  readonly origin: string;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly endpoint?: string;
  readonly takeOver?: boolean;
  readonly version?: string;
}

/** `binding`: which procedures answer which flows. */
export function bindingCommand(terminal: Terminal): Command {
  const command = new Command('binding').description('Manage bindings: which procedure answers a flow of an endpoint');
  for (const child of [list, set, remove]) command.addCommand(child(terminal));
  return command;
}

const endpointOption = () => new Option('--endpoint <id>', 'endpoint at which it answers');

async function open(flags: Flags, terminal: Terminal): Promise<{ readonly client: AdminClient; readonly endpoints: string }> {
  const client = adminClient(flags, terminal.env);
  return { client, endpoints: pathOf('profiles', await profileOf(client, flags.profile), 'endpoints') };
}

function list(terminal: Terminal): Command {
  return inProfile(remote(new Command('list').description('List bindings; flows without one are answered by the shipped defaults')))
    .addOption(endpointOption())
    .addHelpText('after', '\nExample:\n  tokenwright binding list --endpoint introspection')
    .action(async (flags: Flags) => {
      const { client, endpoints } = await open(flags, terminal);
      const path =
        flags.endpoint === undefined ? endpoints.replace(/endpoints$/, 'bindings') : `${endpoints}/${pathOf(flags.endpoint, 'bindings')}`;
      const items = await client.list<BindingView>(path);
      const rows = items.map(({ endpoint, flow, procedure, version, origin }) => [
        ...[endpoint, flow, procedure, version === null ? 'active' : String(version), origin],
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ENDPOINT', 'FLOW', 'PROCEDURE', 'VERSION', 'MADE BY'], rows));
    });
}

function set(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('set').description('Let a procedure answer a flow of an endpoint'))))
    .argument('<flow>')
    .argument('<procedure>')
    .addOption(endpointOption().makeOptionMandatory())
    .option('--version <n>', 'pin a version (default: always the active one)')
    .addHelpText('after', '\nExample:\n  tokenwright binding set oauth-introspect phantom-token --endpoint introspection')
    .action(async (flow: string, procedure: string, flags: Flags & { readonly endpoint: string }) => {
      const version = flags.version === undefined ? null : wholeNumber('--version', flags.version);
      const { client, endpoints } = await open(flags, terminal);
      const bound = await client.send<BindingView>('PUT', `${endpoints}/${pathOf(flags.endpoint, 'bindings', flow)}`, {
        query: { takeOver: flags.takeOver },
        json: { procedure, version },
      });
      const what = version === null ? procedure : `${procedure} version ${version}`;
      terminal.out(flags.json === true ? json(bound) : `${what} answers ${flow} at ${flags.endpoint}.\n`);
    });
}

function remove(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('delete').description('Give a flow of an endpoint back to the shipped default'))))
    .argument('<flow>')
    .addOption(endpointOption().makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  tokenwright binding delete oauth-introspect --endpoint introspection')
    .action(async (flow: string, flags: Flags & { readonly endpoint: string }) => {
      const { client, endpoints } = await open(flags, terminal);
      await client.send('DELETE', `${endpoints}/${pathOf(flags.endpoint, 'bindings', flow)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: flow }) : `The default answers ${flow} at ${flags.endpoint}.\n`);
    });
}
