import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { pathOf } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import { adminClient, proposing, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { settingsOf } from '../settings.ts';
import { moment, table, type Terminal } from '../terminal.ts';
import { adminSessionCommands } from './admin-sessions.ts';

interface AdministratorView {
  readonly id: string;
  readonly role: string;
  readonly createdAt: number;
  readonly token?: string;
}

/** `admin`: manages administrators, and gives the first one a new token when all are lost. */
export function adminCommand(terminal: Terminal): Command {
  const list = remote(new Command('list').description('List administrators'))
    .addHelpText('after', '\nExample:\n  tokenwright admin list')
    .action(async (flags: ConnectionFlags) => {
      const items = await adminClient(flags, terminal.env).list<AdministratorView>('administrators');
      terminal.out(
        flags.json === true
          ? json(items)
          : table(
              ['ID', 'ROLE', 'MADE'],
              items.map(({ id, role, createdAt }) => [id, role, moment(createdAt)]),
            ),
      );
    });

  const create = proposing(remote(new Command('create').description('Create an administrator; the token is shown once')))
    .argument('<id>')
    .addOption(
      new Option(
        '--role <role>',
        'metrics: read the metrics only; read: see everything; author: also upload and try procedures; admin: change everything',
      )
        .choices(['metrics', 'read', 'author', 'admin'])
        .makeOptionMandatory(),
    )
    .addHelpText('after', '\nExample:\n  tokenwright admin create alice --role author')
    .action(async (id: string, flags: ConnectionFlags & { readonly role: string }) => {
      const made = await adminClient(flags, terminal.env).send<AdministratorView>('POST', 'administrators', {
        json: { id, role: flags.role },
      });
      terminal.out(flags.json === true ? json(made) : `Created administrator ${id}.\nThe token, shown this once: ${made.token ?? ''}\n`);
    });

  const renew = proposing(remote(new Command('renew-token').description('Give an administrator a new token, shown once; the old one ends')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright admin renew-token alice')
    .action(async (id: string, flags: ConnectionFlags) => {
      const made = await adminClient(flags, terminal.env).send<AdministratorView>('POST', pathOf('administrators', id, 'token'));
      terminal.out(flags.json === true ? json(made) : `The new token of ${id}, shown this once: ${made.token ?? ''}\n`);
    });

  const remove = proposing(remote(new Command('delete').description('Delete an administrator')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright admin delete alice')
    .action(async (id: string, flags: ConnectionFlags) => {
      await adminClient(flags, terminal.env).send('DELETE', pathOf('administrators', id));
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted administrator ${id}.\n`);
    });

  const command = new Command('admin').description('Manage administrators');
  for (const child of [list, create, renew, remove, ...adminSessionCommands(terminal), resetToken(terminal)]) command.addCommand(child);
  return command;
}

/** Works on the database itself: whoever may write that may administer the service anyway. */
function resetToken(terminal: Terminal): Command {
  return new Command('reset-token')
    .description('Give the first administrator a new token, on the database itself; the service need not run')
    .option('--data-dir <dir>', 'data directory of the service (TOKENWRIGHT_DATA_DIR; default: data)')
    .option('--database-url <url>', 'a postgres:// URL (TOKENWRIGHT_DATABASE_URL; default: SQLite in the data directory)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe token is written to admin-token in the data directory, for its owner alone. A running service knows it within a second.\n\nExample:\n  tokenwright admin reset-token --data-dir /var/lib/tokenwright',
    )
    .action(async (flags: { readonly dataDir?: string; readonly databaseUrl?: string; readonly json?: boolean }) => {
      const { json: asJson, ...given } = flags;
      const { dataDir, databaseUrl } = settingsOf(given, {
        ...pick(terminal.env, 'TOKENWRIGHT_DATA_DIR'),
        ...pick(terminal.env, 'TOKENWRIGHT_DATABASE_URL'),
      });
      const file = await reset(dataDir, databaseUrl);
      terminal.out(asJson === true ? json({ file }) : `A new token is in ${file ?? ''}.\n`);
    });
}

async function reset(dataDir: string, databaseUrl: string | null): Promise<string | null> {
  const { bootstrapAdministrator, databaseFile, openDataDirectory } = await import('#apps/token-service');
  const { openStores } = await import('#libs/persistence');
  const { LiveConfiguration } = await import('#libs/oauth');
  if (databaseUrl === null && !existsSync(databaseFile(dataDir)))
    throw new CommandError(
      `there is no database in ${dataDir}: name the data directory of the service with --data-dir; at its first start the service makes both database and token`,
    );
  openDataDirectory(dataDir);
  const stores = await openStores({
    database: databaseUrl === null ? { kind: 'sqlite', file: databaseFile(dataDir) } : { kind: 'postgres', url: databaseUrl },
  });
  try {
    const live = await LiveConfiguration.open(stores.configuration);
    return await bootstrapAdministrator(live, { dataDir, given: null, now: Math.floor(Date.now() / 1000), reset: true, actor: 'cli' });
  } finally {
    await stores.close();
  }
}

function pick(env: Terminal['env'], name: string): Record<string, string | undefined> {
  return { [name]: env[name] };
}
