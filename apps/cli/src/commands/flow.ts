import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { memberTable, table, type Terminal } from '../terminal.ts';

interface FlowView {
  readonly id: string;
  readonly endpoint: string;
  readonly title: string;
  readonly contextType: string;
}

interface DescribedFlow extends FlowView {
  readonly default: { readonly source: string };
  readonly samples: readonly { readonly name: string; readonly title: string; readonly context: object }[];
}

/** `flow`: the situations that procedures answer. */
export function flowCommand(terminal: Terminal): Command {
  return new Command('flow')
    .description('Look at the flows, the situations that procedures answer')
    .addCommand(list(terminal))
    .addCommand(show(terminal));
}

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List the flows that procedures answer'))
    .addHelpText('after', '\nExample:\n  tokenwright flow list')
    .action(async (flags: ConnectionFlags) => {
      const items = await adminClient(flags, terminal.env).list<FlowView>('flows');
      const rows = items.map(({ id, endpoint, contextType, title }) => [id, endpoint, contextType, title]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'ENDPOINT', 'CONTEXT', 'TITLE'], rows));
    });
}

function show(terminal: Terminal): Command {
  return remote(new Command('show').description('Show a flow, the samples to try it in, or the procedure that is shipped for it'))
    .argument('<flow>')
    .option('--source', 'the shipped procedure, from which one of your own may start')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright flow show oauth-introspect\n  tokenwright flow show oauth-introspect --source > mine.js',
    )
    .action(async (id: string, flags: ConnectionFlags & { readonly source?: boolean }) => {
      const flow = await adminClient(flags, terminal.env).get<DescribedFlow>(pathOf('flows', id));
      if (flags.source === true) {
        terminal.out(flags.json === true ? json(flow.default) : flow.default.source);
        return;
      }
      const { default: _shipped, samples, ...members } = flow;
      const rows = samples.map(({ name, title }): [string, string] => ['sample', `${name}: ${title}`]);
      terminal.out(flags.json === true ? json(flow) : memberTable(members, rows));
    });
}
