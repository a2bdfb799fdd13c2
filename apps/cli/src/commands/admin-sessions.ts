import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';

interface SessionView {
  readonly id: string;
  readonly administrator: string;
  readonly role: string;
  readonly by: string;
  readonly address: string;
  readonly lastSeen: number;
  readonly endsAt: number;
}

/** Commands on where administrators are signed in to the pages. */
export function adminSessionCommands(terminal: Terminal): readonly Command[] {
  const list = remote(new Command('sessions').description('List where administrators, or one, are signed in to the pages'))
    .argument('[id]', 'administrator; oidc:<name>/<sub> for somebody who came by OpenID Connect')
    .addHelpText('after', '\nExamples:\n  tokenwright admin sessions\n  tokenwright admin sessions alice')
    .action(async (id: string | undefined, flags: ConnectionFlags) => {
      const path = id === undefined ? 'sessions' : pathOf('administrators', id, 'sessions');
      const items = await adminClient(flags, terminal.env).list<SessionView>(path);
      const rows = items.map(({ administrator, role, by, address, lastSeen, endsAt, id: session }) => [
        ...[administrator, role, by, address, moment(lastSeen), moment(endsAt), session],
      ]);
      const headings = ['ADMINISTRATOR', 'ROLE', 'BY', 'ADDRESS', 'LAST SEEN', 'ENDS', 'SESSION'];
      terminal.out(flags.json === true ? json(items) : table(headings, rows));
    });

  const end = remote(new Command('end-sessions').description('Sign an administrator out of the pages, everywhere or in one session'))
    .argument('<id>')
    .option('--session <session>', 'this one alone')
    .addHelpText('after', '\nExamples:\n  tokenwright admin end-sessions alice\n  tokenwright admin end-sessions oidc:alice/248289761001')
    .action(async (id: string, flags: ConnectionFlags & { readonly session?: string }) => {
      const client = adminClient(flags, terminal.env);
      const path = pathOf('administrators', id, 'sessions');
      if (flags.session === undefined) {
        const ended = await client.send<{ sessions: number }>('DELETE', path);
        terminal.out(
          flags.json === true ? json(ended) : `Administrator ${id} is signed out of the pages; there were ${ended.sessions} sessions.\n`,
        );
        return;
      }
      await client.send('DELETE', pathOf('administrators', id, 'sessions', flags.session));
      terminal.out(flags.json === true ? json({ sessions: 1 }) : `Ended session ${flags.session} of ${id}.\n`);
    });
  return [list, end];
}
