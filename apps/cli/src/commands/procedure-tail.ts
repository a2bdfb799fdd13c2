import { Command, Option } from 'commander';
import { UsageError } from '../command-error.ts';
import { adminClient, connectionOf, remote, type ConnectionFlags } from '../connection.ts';
import { streamedEvents } from '../event-stream.ts';
import { executionText, type ShownExecution } from '../execution-text.ts';
import { json, wholeNumber } from '../flags.ts';
import type { Terminal } from '../terminal.ts';

interface TailFlags extends ConnectionFlags {
  readonly profile?: string;
  readonly client?: string;
  readonly flow?: string;
  readonly endpoint?: string;
  readonly version?: string;
  readonly outcome?: string;
  readonly failed?: boolean;
  readonly last: string;
  readonly follow: boolean;
}

/** Why executions are missing, as people read it. */
const GAPS: Readonly<Record<string, string>> = {
  slow: 'were overwritten before they could be shown: narrow it down, for instance with --failed',
  overwritten: 'were overwritten while the connection was broken',
  unknown: 'may be missing: the service was started again',
};

/** `procedure tail`: what runs, as it runs. */
export function tailCommand(terminal: Terminal): Command {
  return remote(new Command('tail').description('Show executions of procedures as they happen: version, outcome, log lines, errors'))
    .argument('[id]', 'procedure (default: all)')
    .option('--profile <id>', 'of this profile alone')
    .option('--version <n>', 'of this version alone')
    .option('--client <id>', 'for this client alone')
    .option('--flow <flow>', 'of this flow alone')
    .option('--endpoint <id>', 'at this endpoint alone')
    .addOption(
      new Option('--outcome <outcome>', 'that ended so, such as returned, rejected, runtime, timeout or refused').conflicts('failed'),
    )
    .option('--failed', 'that failed, in whatever way')
    .option('--last <n>', 'begin with so many of before', '10')
    .option('--no-follow', 'end after those of before')
    .addHelpText(
      'after',
      `
Each node keeps its own last executions in its memory; what is shown is of the node that answers. It needs the role author.

Examples:
  tokenwright procedure tail
  tokenwright procedure tail phantom-token --failed
  tokenwright procedure tail --client gateway_client --flow oauth-introspect
  tokenwright procedure tail --no-follow --last 100 --json | jq -r '.fault.message // empty'

Interrupt it with Ctrl+C.`,
    )
    .action((id: string | undefined, flags: TailFlags) => tail(id, flags, terminal));
}

async function tail(procedure: string | undefined, flags: TailFlags, terminal: Terminal): Promise<void> {
  const { profile, client, flow, endpoint, follow } = flags;
  const last = wholeNumber('--last', flags.last);
  if (last > 500) throw new UsageError('--last may be 500 at most');
  const version = flags.version === undefined ? undefined : wholeNumber('--version', flags.version);
  const query = { procedure, profile, version, client, flow, endpoint, outcome: flags.failed === true ? 'failed' : flags.outcome };
  const show = (execution: ShownExecution) => {
    terminal.out(flags.json === true ? json(execution, 0) : executionText(execution, terminal.isInteractive && !isPlain(terminal)));
  };
  if (!follow) {
    if (last === 0) return;
    const { items } = await adminClient(flags, terminal.env).get<{ items: ShownExecution[] }>('executions', { ...query, limit: last });
    for (const execution of items.toReversed()) show(execution);
    return;
  }
  const connection = connectionOf(flags, terminal.env);
  const broken = (reason: string) => {
    terminal.err(`tokenwright: the connection broke, trying again: ${reason}\n`);
  };
  for await (const { name, data } of streamedEvents(connection, 'executions/stream', { ...query, recent: last }, broken)) {
    if (name === 'execution') show(JSON.parse(data) as ShownExecution);
    if (name === 'gap') {
      const { because, missed } = JSON.parse(data) as { because: string; missed: number | null };
      terminal.err(`tokenwright: ${missed === null ? 'executions' : `${missed} executions`} ${GAPS[because] ?? 'are missing'}\n`);
    }
  }
}

/** https://no-color.org */
function isPlain({ env }: Terminal): boolean {
  return (env['NO_COLOR'] ?? '') !== '';
}
