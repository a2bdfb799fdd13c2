import { Command } from 'commander';
import type { Query } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import type { Terminal } from '../terminal.ts';
import { statisticsInWords, statusInWords, type Attention, type Statistics, type Status } from './status-text.ts';

const HOUR = 3600;
/** The service remembers a day. */
const MOST_HOURS = 24;

/** `status`: how the service is, and what it has done. */
export function statusCommand(terminal: Terminal): Command {
  return remote(new Command('status').description('Show how the running service is, what was asked of it and what ran'))
    .option('--hours <n>', `of how many hours: 1 to ${MOST_HOURS}`, '1')
    .addHelpText(
      'after',
      '\nCounts and latencies are of the node that answers, since its start at most.\n\nExamples:\n  tokenwright status\n  tokenwright status --hours 24\n  tokenwright status --json | jq .statistics.runs',
    )
    .action(async (flags: ConnectionFlags & { readonly hours: string }) => {
      const query = timeOf(wholeNumber('--hours', flags.hours));
      const client = adminClient(flags, terminal.env);
      const status = await client.get<Status>('status');
      const statistics = await client.get<Statistics>('statistics', query);
      const { expiringSecrets, warnings } = await client.get<Attention>('overview');
      const attention = { expiringSecrets, warnings };
      terminal.out(
        flags.json === true
          ? json({ ...status, ...attention, statistics })
          : `${statusInWords(status, attention)}${statisticsInWords(statistics)}`,
      );
    });
}

/** The last hour by minutes; more by whole hours, so that the answer stays small. */
function timeOf(hours: number): Query {
  if (hours < 1 || hours > MOST_HOURS) throw new UsageError(`--hours must be from 1 to ${MOST_HOURS}, not ${hours}`);
  return hours === 1 ? { step: 60 } : { step: HOUR, from: Math.floor(Date.now() / 1000) - hours * HOUR };
}
