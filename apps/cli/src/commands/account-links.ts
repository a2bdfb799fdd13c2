import type { Command } from 'commander';
import type { AdminClient } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import { json } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';
import type { AccountFlags } from './account.ts';

interface LinkView {
  readonly provider: string | null;
  readonly issuer: string;
  readonly subject: string;
  readonly madeAccount: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

interface LinkFlags extends AccountFlags {
  readonly provider: string;
  readonly subject?: string;
}

/** What these commands have in common with the others of accounts. */
export interface AccountCommands {
  readonly shared: (name: string, description: string) => Command;
  readonly open: (flags: AccountFlags) => Promise<{ readonly client: AdminClient; readonly accounts: string }>;
  readonly accountPath: (client: AdminClient, accounts: string, name: string) => Promise<string>;
}

/** `account links`, `link`, `unlink`: who somebody is at upstream providers. */
export function accountLinkCommands(terminal: Terminal, { shared, open, accountPath }: AccountCommands): readonly Command[] {
  const links = shared('links', 'List who somebody is at upstream providers')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account links alice')
    .action(async (name: string, flags: AccountFlags) => {
      const { client, accounts } = await open(flags);
      const items = await client.list<LinkView>(`${await accountPath(client, accounts, name)}/links`);
      const rows = items.map(({ provider, issuer, subject, createdAt, lastUsedAt }) => [
        ...[provider ?? '-', issuer, subject, moment(createdAt), lastUsedAt === null ? '-' : moment(lastUsedAt)],
      ]);
      terminal.out(flags.json === true ? json(items) : table(['PROVIDER', 'ISSUER', 'SUBJECT', 'LINKED', 'LAST USED'], rows));
    });

  const link = shared('link', 'Let somebody sign in by an upstream provider')
    .argument('<name>', 'username or subject')
    .requiredOption('--provider <name>', 'the upstream provider')
    .requiredOption('--subject <text>', 'what the provider calls the person')
    .addHelpText('after', '\nExample:\n  tokenwright account link alice --provider company --subject 248289761001')
    .action(async (name: string, flags: LinkFlags) => {
      const { client, accounts } = await open(flags);
      const { provider, subject } = flags;
      const made = await client.send<LinkView>('POST', `${await accountPath(client, accounts, name)}/links`, {
        json: { provider, subject },
      });
      terminal.out(flags.json === true ? json(made) : `Account ${name} is linked to "${made.subject}" of ${made.issuer}.\n`);
    });

  const unlink = shared('unlink', 'Let somebody sign in by an upstream provider no more, and sign them out everywhere')
    .argument('<name>', 'username or subject')
    .requiredOption('--provider <name>', 'the upstream provider, or its issuer')
    .option('--subject <text>', 'what the provider calls the person (default: the only one)')
    .addHelpText('after', '\nExample:\n  tokenwright account unlink alice --provider company')
    .action(async (name: string, flags: LinkFlags) => {
      const { client, accounts } = await open(flags);
      const path = `${await accountPath(client, accounts, name)}/links`;
      const { provider, subject } = flags;
      const [found, ...others] = (await client.list<LinkView>(path)).filter(
        (each) => [each.provider, each.issuer].includes(provider) && (subject === undefined || each.subject === subject),
      );
      if (found === undefined) throw new CommandError(`account ${name} has no such link: see tokenwright account links ${name}`);
      if (others.length > 0) throw new CommandError(`account ${name} has several links to ${provider}: give --subject`);
      await client.send('DELETE', path, { query: { issuer: found.issuer, subject: found.subject } });
      const { issuer, subject: was } = found;
      terminal.out(
        flags.json === true ? json({ removed: { issuer, subject: was } }) : `Account ${name} is linked to "${was}" of ${issuer} no more.\n`,
      );
    });

  return [links, link, unlink];
}
