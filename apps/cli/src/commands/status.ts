import { Command } from 'commander';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { moment, table, type Terminal } from '../terminal.ts';

interface Status {
  readonly version: string;
  readonly revision: number;
  readonly baseUrl?: string;
  readonly ready?: boolean;
  readonly reason?: string;
  readonly database?: string;
  readonly entities?: Readonly<Record<string, number>>;
  readonly sandbox?: {
    readonly ready: boolean;
    readonly isolation?: { readonly level: string; readonly missing: readonly string[] };
    readonly counts?: Readonly<Record<string, number>>;
    readonly quarantined?: readonly { readonly program: string; readonly until: number; readonly reason: string }[];
  };
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
}

/** `status`: how the service is. */
export function statusCommand(terminal: Terminal): Command {
  return remote(new Command('status').description('Show how the running service is'))
    .addHelpText('after', '\nExamples:\n  tokenwright status\n  tokenwright status --json | jq .sandbox')
    .action(async (flags: ConnectionFlags) => {
      const status = await adminClient(flags, terminal.env).get<Status>('status');
      terminal.out(flags.json === true ? `${JSON.stringify(status, null, 2)}\n` : inWords(status));
    });
}

/** A number of things: `2 token issuers`, `1 library`. */
function counted(count: number, kind: string): string {
  const one = kind.replaceAll('-', ' ');
  return `${count} ${count === 1 ? one : /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`}`;
}

function inWords({ version, revision, baseUrl, ready, reason, database, entities = {}, sandbox, faults = [] }: Status): string {
  const rows = [
    ['version', version],
    ['ready', ready === false ? `no: ${reason ?? 'not yet'}` : 'yes'],
    [
      'configuration',
      `revision ${revision}: ${
        Object.entries(entities)
          .filter(([, count]) => count > 0)
          .map(([kind, count]) => counted(count, kind))
          .join(', ') || 'empty'
      }`,
    ],
    ...(baseUrl === undefined ? [] : [['base URL', baseUrl]]),
    ...(database === undefined ? [] : [['database', database]]),
  ];
  if (sandbox !== undefined) {
    const { isolation, counts = {}, quarantined = [] } = sandbox;
    rows.push(['sandbox', `${sandbox.ready ? 'ready' : 'not ready'}${isolation === undefined ? '' : `, isolation ${isolation.level}`}`]);
    rows.push([
      'sandbox counts',
      Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none yet',
    ]);
    for (const { program, until, reason: why } of quarantined)
      rows.push(['quarantined', `${program} until ${moment(Math.floor(until / 1000))}: ${why}`]);
  }
  for (const fault of faults.slice(0, 5))
    rows.push(['fault', `${String(fault['procedure'])}@${String(fault['version'])} ${String(fault['kind'])}: ${String(fault['message'])}`]);
  return table(['', ''], rows).slice(1);
}
