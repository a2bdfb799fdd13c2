import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { AdminClient, Query } from '../admin-client.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json, time, wholeNumber } from '../flags.ts';
import { harmless, moment, table, type Terminal } from '../terminal.ts';

interface AuditEvent {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly kind: string;
  readonly key: string;
  readonly revision: number | null;
}

interface Flags extends ConnectionFlags {
  readonly kind?: string;
  readonly key?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
}

const PAGE = 500;
/** Milliseconds between two looks for new events. */
const EVERY = 1000;

/** `audit`: who changed what. */
export function auditCommand(terminal: Terminal): Command {
  return new Command('audit').description('See who changed what').addCommand(list(terminal)).addCommand(tail(terminal));
}

function filtered(command: Command, limit: string): Command {
  return remote(command)
    .option('--kind <kind>', 'of this kind of thing, such as client or proposal')
    .option('--key <key>', 'of this one: its ids, each percent-encoded, joined by "/"')
    .option('--actor <id>', 'by this administrator, or by file, cli or system')
    .option('--action <action>', 'this alone, such as client.update')
    .option('--limit <n>', `how many (default: ${limit})`, limit);
}

function list(terminal: Terminal): Command {
  return filtered(new Command('list').description('List the latest audit events, newest first'), '50')
    .option('--since <time>', 'from this time on, such as 2026-05-01 or 2h (ago)')
    .option('--until <time>', 'before this time')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright audit list --actor alice\n  tokenwright audit list --action procedure.activate --since 7d\n  tokenwright audit list --kind procedure --key phantom-token --json',
    )
    .action(async (flags: Flags) => {
      const events = await latest(adminClient(flags, terminal.env), flags);
      terminal.out(flags.json === true ? json(events) : table(['WHEN', 'WHO', 'WHAT', 'OF', 'REVISION'], events.map(rowOf)));
    });
}

/** Runs until it is interrupted, or until nobody reads on. */
function tail(terminal: Terminal): Command {
  return filtered(new Command('tail').description('Show audit events as they come, oldest first, until interrupted'), '10')
    .addHelpText('after', '\nOne line an event; with --json one object a line.\n\nExample:\n  tokenwright audit tail --kind proposal')
    .action(async (flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const say = (events: readonly AuditEvent[]) => {
        for (const event of events.toReversed())
          terminal.out(flags.json === true ? json(event, 0) : `${harmless(rowOf(event).join('  ').trimEnd())}\n`);
      };
      const first = await latest(client, flags);
      say(first);
      let seen = first[0]?.id ?? 0;
      for (;;) {
        await sleep(EVERY);
        const events = await since(client, flags, seen);
        say(events);
        seen = events[0]?.id ?? seen;
      }
    });
}

async function latest(client: AdminClient, flags: Flags): Promise<readonly AuditEvent[]> {
  const wanted = wholeNumber('--limit', flags.limit);
  const events: AuditEvent[] = [];
  for (let before: string | undefined; events.length < wanted;) {
    const { items, next } = await page(client, flags, { before, limit: Math.min(PAGE, wanted - events.length) });
    events.push(...items);
    if (next === null) break;
    before = next;
  }
  return events;
}

/** Newest first. */
async function since(client: AdminClient, flags: Flags, seen: number): Promise<readonly AuditEvent[]> {
  const events: AuditEvent[] = [];
  for (let before: string | undefined; ;) {
    const { items, next } = await page(client, flags, { before, limit: PAGE });
    const fresh = items.filter(({ id }) => id > seen);
    events.push(...fresh);
    if (next === null || fresh.length < items.length) return events;
    before = next;
  }
}

function page(client: AdminClient, { kind, key, actor, action, ...flags }: Flags, query: Query) {
  const times = {
    since: flags.since === undefined ? undefined : time('--since', flags.since),
    until: flags.until === undefined ? undefined : time('--until', flags.until),
  };
  return client.get<{ readonly items: readonly AuditEvent[]; readonly next: string | null }>('audit', {
    kind,
    key,
    actor,
    action,
    ...times,
    ...query,
  });
}

function rowOf({ at, actor, action, key, revision }: AuditEvent): readonly string[] {
  return [moment(at), actor, action, key.split('/').map(decodeURIComponent).join('/'), revision === null ? '' : String(revision)];
}
