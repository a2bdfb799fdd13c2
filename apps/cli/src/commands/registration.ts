import { Command, InvalidArgumentError } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';

interface DynamicClientView {
  readonly id: string;
  readonly template: string;
  readonly registeredBy: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number | null;
}

interface TokenView {
  readonly id: string;
  readonly endpoint: string;
  readonly template: string | null;
  readonly note: string;
  readonly uses: number;
  readonly maximumUses: number;
  readonly expiresAt: number;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly template?: string;
}

interface TokenFlags extends Flags {
  readonly endpoint?: string;
  readonly note?: string;
  readonly uses?: number;
  readonly hours?: number;
}

/** `registration`: clients that have registered themselves, and the tokens by which they may. */
export function registrationCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, profile: pathOf('profiles', await profileOf(client, flags.profile)) };
  };

  const list = inProfile(remote(new Command('list').description('List the clients that have registered themselves, newest first')))
    .option('--template <id>', 'those made by this template')
    .addHelpText('after', '\nExample:\n  tokenwright registration list --template apps')
    .action(async (flags: Flags) => {
      const { client, profile } = await open(flags);
      const items = await client.list<DynamicClientView>(`${profile}/dynamic-clients`, { template: flags.template });
      const rows = items.map(({ id, metadata, template, registeredBy, createdAt }) => [
        ...[id, typeof metadata['client_name'] === 'string' ? metadata['client_name'] : '', template, registeredBy, moment(createdAt)],
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'NAME', 'TEMPLATE', 'REGISTERED BY', 'WHEN'], rows));
    });

  const show = inProfile(remote(new Command('show').description('Show what a client has registered')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright registration show dyn_...')
    .action(async (id: string, flags: Flags) => {
      const { client, profile } = await open(flags);
      const found = await client.get<DynamicClientView>(`${profile}/dynamic-clients/${pathOf(id)}`);
      const { template, registeredBy, createdAt, updatedAt, expiresAt, metadata } = found;
      const until = expiresAt === null ? '' : `, until ${moment(expiresAt)}`;
      terminal.out(
        flags.json === true
          ? json(found)
          : `${id} has registered itself dynamically by template ${template} (${registeredBy}) at ${moment(createdAt)}${until}; changed ${moment(updatedAt)}.\n${json(metadata)}`,
      );
    });

  const remove = inProfile(remote(new Command('delete').description('Delete a client that has registered itself, with all its tokens')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright registration delete dyn_...')
    .action(async (id: string, flags: Flags) => {
      const { client, profile } = await open(flags);
      await client.send('DELETE', `${profile}/dynamic-clients/${pathOf(id)}`);
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted the registered client ${id} with its tokens.\n`);
    });

  const command = new Command('registration').description('Manage clients that register themselves (RFC 7591)');
  for (const child of [list, show, remove, ...tokenCommands(terminal, open)]) command.addCommand(child);
  return command;
}

type Open = (flags: Flags) => Promise<{ readonly client: ReturnType<typeof adminClient>; readonly profile: string }>;

/** Initial access tokens. */
function tokenCommands(terminal: Terminal, open: Open): readonly Command[] {
  const create = inProfile(remote(new Command('token-create').description('Make a token by which clients may be registered')))
    .option('--endpoint <id>', 'at which it is good; may be left out where there is one')
    .option('--template <id>', 'by which its clients are made')
    .option('--note <text>', 'for whom it is')
    .option('--uses <number>', 'how many clients may be registered with it, 1 unless told', wholeNumber)
    .option('--hours <number>', 'for which it is good, 24 unless told', wholeNumber)
    .addHelpText('after', '\nExample:\n  tokenwright registration token-create --note "for the partner" --uses 5')
    .action(async (flags: TokenFlags) => {
      const { client, profile } = await open(flags);
      const { endpoint, template, note, uses: maximumUses, hours } = flags;
      const body = { endpoint, template, note, maximumUses, lifetime: hours === undefined ? undefined : hours * 3600 };
      const made = await client.send<TokenView & { readonly token: string }>('POST', `${profile}/initial-access-tokens`, { json: body });
      terminal.out(
        flags.json === true
          ? json(made)
          : `${made.token}\nIt registers ${made.maximumUses} ${made.maximumUses === 1 ? 'client' : 'clients'} until ${moment(made.expiresAt)} and is shown only now.\n`,
      );
    });

  const list = inProfile(remote(new Command('token-list').description('List the tokens by which clients may be registered')))
    .addHelpText('after', '\nExample:\n  tokenwright registration token-list')
    .action(async (flags: Flags) => {
      const { client, profile } = await open(flags);
      const items = await client.list<TokenView>(`${profile}/initial-access-tokens`);
      const rows = items.map(({ id, endpoint, template, uses, maximumUses, expiresAt, note }) => [
        ...[id, endpoint, template ?? '', `${uses}/${maximumUses}`, moment(expiresAt), note],
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'ENDPOINT', 'TEMPLATE', 'USED', 'ENDS', 'NOTE'], rows));
    });

  const remove = inProfile(remote(new Command('token-delete').description('Take a token back by which clients may be registered')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright registration token-delete 2c1b...')
    .action(async (id: string, flags: Flags) => {
      const { client, profile } = await open(flags);
      await client.send('DELETE', `${profile}/initial-access-tokens/${pathOf(id)}`);
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted the token ${id}.\n`);
    });
  return [create, list, remove];
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1.');
  return Number(text);
}
