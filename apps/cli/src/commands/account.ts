import { Command, Option } from 'commander';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json, pairs, several } from '../flags.ts';
import { memberTable, moment, table, type Terminal } from '../terminal.ts';
import { accountLinkCommands } from './account-links.ts';
import { setAccountCommand } from './account-set.ts';

interface AccountView {
  readonly id: string;
  readonly username: string;
  readonly enabled: boolean;
  readonly hasPassword: boolean;
  readonly createdAt: number;
  readonly lockedUntil: number | null;
}

interface SessionView {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeen: number;
  readonly endsAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
}

export interface AccountFlags extends ConnectionFlags {
  readonly profile?: string;
}
type Flags = AccountFlags;

interface PasswordFlags extends Flags {
  readonly password?: boolean;
  readonly passwordFile?: string;
  readonly askPassword?: boolean;
}

interface CreateFlags extends PasswordFlags {
  readonly passwordHashFile?: string;
  readonly attribute?: readonly string[];
  readonly disabled?: boolean;
}

/** Bytes of one import; the service takes 8 MB. */
const IMPORT_BYTES = 4_000_000;
const IMPORT_TYPE = 'application/jsonl';

/** `account`: people who sign in. Passwords are asked for, read from a file or generated, and never arguments. */
export function accountCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, accounts: pathOf('profiles', await profileOf(client, flags.profile), 'accounts') };
  };
  const shared = (name: string, description: string) => inProfile(remote(new Command(name).description(description)));
  const withPassword = (command: Command) =>
    command
      .option('--password-file <file>', 'file with a password of your choice, - for standard input (default: one is generated)')
      .option('--ask-password', 'ask for a password, which is not shown');

  const create = withPassword(shared('create', 'Create an account; its password is generated and shown once unless given'))
    .argument('<username>')
    .addOption(new Option('--no-password', 'an account that nobody can sign in to by password'))
    .addOption(new Option('--attribute <name=text>', 'what is known of the person; may be repeated').argParser(several))
    .option('--password-hash-file <file>', 'file with the hash of a password from elsewhere, as import takes it; - for standard input')
    .option('--disabled', 'nobody can sign in before it is enabled')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright account create alice --attribute name="Alice Doe" --attribute email=alice@example.com\n  tokenwright account create bob --ask-password\n  tokenwright account create carol --password-file - < password.txt',
    )
    .action(async (username: string, flags: CreateFlags) => {
      const passwordHash = await hashFromElsewhere(flags, terminal);
      const password = await chosenPassword(flags, terminal);
      const attributes = pairs('--attribute', flags.attribute ?? []);
      const { client, accounts } = await open(flags);
      const made = await client.send<AccountView & { password?: string }>('POST', accounts, {
        json: { username, password, passwordHash, attributes, enabled: flags.disabled === true ? false : undefined },
      });
      terminal.out(flags.json === true ? json(made) : `Created account ${username} with the subject ${made.id}.\n${shown(made.password)}`);
    });

  const list = shared('list', 'List accounts by username')
    .argument('[beginning]', 'how the username begins')
    .addHelpText('after', '\nExample:\n  tokenwright account list ali')
    .action(async (beginning: string | undefined, flags: Flags) => {
      const { client, accounts } = await open(flags);
      const items = await client.list<AccountView>(accounts, { q: beginning });
      const rows = items.map(({ username, id, enabled, hasPassword, lockedUntil, createdAt }) => [
        ...[username, id, enabled ? 'yes' : 'no', hasPassword ? 'yes' : 'no'],
        ...[lockedUntil !== null && lockedUntil * 1000 > Date.now() ? moment(lockedUntil) : '-', moment(createdAt)],
      ]);
      const headings = ['USERNAME', 'SUBJECT', 'ENABLED', 'PASSWORD', 'LOCKED UNTIL', 'MADE'];
      terminal.out(flags.json === true ? json(items) : table(headings, rows));
    });

  const show = shared('show', 'Show an account')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account show alice')
    .action(async (name: string, flags: Flags) => {
      const { client, accounts } = await open(flags);
      const view = await client.get<AccountView>(await accountPath(client, accounts, name));
      terminal.out(flags.json === true ? json(view) : memberTable(view));
    });

  const setPassword = withPassword(shared('set-password', 'Give an account a new password, and sign it out everywhere'))
    .argument('<name>', 'username or subject')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright account set-password alice\n  tokenwright account set-password alice --ask-password\n  tokenwright account set-password alice --password-file password.txt',
    )
    .action(async (name: string, flags: PasswordFlags) => {
      const password = await chosenPassword(flags, terminal);
      const { client, accounts } = await open(flags);
      const path = await accountPath(client, accounts, name);
      const made = await client.send<{ password?: string }>('POST', `${path}/password`, { json: { password } });
      terminal.out(flags.json === true ? json(made) : `Account ${name} has a new password.\n${shown(made.password)}`);
    });

  const set = setAccountCommand(
    shared('set', 'Change what is known of a person'),
    async (flags, name) => {
      const { client, accounts } = await open(flags);
      return { client, path: await accountPath(client, accounts, name) };
    },
    terminal,
  );

  const sessions = shared('sessions', 'List where somebody is signed in, newest first')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account sessions alice')
    .action(async (name: string, flags: Flags) => {
      const { client, accounts } = await open(flags);
      const items = await client.list<SessionView>(`${await accountPath(client, accounts, name)}/sessions`);
      const rows = items.map(({ id, createdAt, lastSeen, endsAt, acr, amr }) => [
        ...[id, moment(createdAt), moment(lastSeen), moment(endsAt), acr, amr.join(' ')],
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'SIGNED IN', 'LAST SEEN', 'ENDS', 'ACR', 'AMR'], rows));
    });

  const remove = shared('delete', 'Delete an account, and revoke all its delegations and tokens')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account delete alice')
    .action(async (name: string, flags: Flags) => {
      const { client, accounts } = await open(flags);
      await client.send('DELETE', await accountPath(client, accounts, name));
      terminal.out(flags.json === true ? json({ deleted: name }) : `Deleted account ${name}.\n`);
    });

  const unlock = shared('unlock', 'Let somebody try again who has failed too often')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account unlock alice')
    .action(async (name: string, flags: Flags) => {
      const { client, accounts } = await open(flags);
      await client.send('POST', `${await accountPath(client, accounts, name)}/unlock`);
      terminal.out(flags.json === true ? json({ unlocked: name }) : `Account ${name} is unlocked.\n`);
    });

  const signOut = shared('sign-out', 'Sign somebody out everywhere')
    .argument('<name>', 'username or subject')
    .addHelpText('after', '\nExample:\n  tokenwright account sign-out alice')
    .action(async (name: string, flags: Flags) => {
      const { client, accounts } = await open(flags);
      const ended = await client.send<{ sessions: number }>('DELETE', `${await accountPath(client, accounts, name)}/sessions`);
      terminal.out(flags.json === true ? json(ended) : `Account ${name} is signed out; it had ${ended.sessions} sessions.\n`);
    });

  const importAll = shared('import', 'Import accounts from a file of JSON, one a line')
    .argument('<file>', '- for standard input')
    .addHelpText(
      'after',
      '\nEach line: {"username": "alice", "passwordHash": "$argon2id$v=19$...", "attributes": {"name": "Alice"}, "id": "...", "enabled": true}\nAll but the username may be left out. Hashes: argon2id, bcrypt up to cost 14, or PBKDF2 as $pbkdf2-sha256$iterations$salt$key.\nAccounts that are there stay as they are.\n\nExample:\n  tokenwright account import accounts.jsonl',
    )
    .action(async (file: string, flags: Flags) => {
      const text = file === '-' ? await terminal.read() : readText(file, 'the accounts');
      const { client, accounts } = await open(flags);
      const total = { created: 0, taken: [] as string[] };
      for (const body of portions(text)) {
        const query = { text: { type: IMPORT_TYPE, body } };
        const { created, taken } = await client.send<{ created: number; taken: string[] }>('POST', `${accounts}/import`, query);
        total.created += created;
        total.taken.push(...taken);
      }
      const skipped = total.taken.length === 0 ? '' : `Left as they are: ${total.taken.join(', ')}\n`;
      terminal.out(flags.json === true ? json(total) : `Imported ${total.created} accounts.\n${skipped}`);
    });

  const command = new Command('account').description('Manage the accounts of people who sign in');
  const enabling = ([true, false] as const).map((enabled) => enablingCommand(enabled, shared, open, terminal));
  const links = accountLinkCommands(terminal, { shared, open, accountPath });
  for (const child of [create, list, show, set, setPassword, ...enabling, unlock, sessions, signOut, ...links, remove, importAll])
    command.addCommand(child);
  return command;
}

function enablingCommand(
  enabled: boolean,
  shared: (name: string, description: string) => Command,
  open: (flags: Flags) => Promise<{ readonly client: AdminClient; readonly accounts: string }>,
  terminal: Terminal,
): Command {
  const verb = enabled ? 'enable' : 'disable';
  const command = shared(verb, enabled ? 'Let somebody sign in again' : 'Let somebody sign in no more, and sign them out everywhere');
  if (!enabled) command.option('--revoke', 'revoke all delegations and tokens of the account too');
  return command
    .argument('<name>', 'username or subject')
    .addHelpText('after', `\nExample:\n  tokenwright account ${verb} alice${enabled ? '' : ' --revoke'}`)
    .action(async (name: string, flags: Flags & { readonly revoke?: boolean }) => {
      const { client, accounts } = await open(flags);
      const view = await client.send<AccountView>('PATCH', await accountPath(client, accounts, name), { json: { enabled } });
      const revoked =
        flags.revoke === true
          ? await client.send<{ delegations: number }>('POST', accounts.replace(/accounts$/, 'revocations'), { json: { subject: view.id } })
          : null;
      const said = revoked === null ? '' : `, and ${revoked.delegations} of its delegations are revoked`;
      terminal.out(flags.json === true ? json({ ...view, ...revoked }) : `Account ${name} is ${verb}d${said}.\n`);
    });
}

/** The account of this username, else the one with this subject. */
async function accountPath(client: AdminClient, accounts: string, name: string): Promise<string> {
  const { items } = await client.get<{ items: readonly AccountView[] }>(accounts, { username: name });
  return `${accounts}/${pathOf(items[0]?.id ?? name)}`;
}

/** Null for none, undefined for one that is to be generated. */
async function chosenPassword(flags: PasswordFlags, terminal: Terminal): Promise<string | null | undefined> {
  const { password, passwordFile, askPassword } = flags;
  if ([password === false, passwordFile !== undefined, askPassword === true].filter(Boolean).length > 1)
    throw new UsageError('give only one of --password-file, --ask-password and --no-password');
  if (password === false) return null;
  if (passwordFile !== undefined) return lineOf(passwordFile, 'the password', terminal);
  if (askPassword !== true) return undefined;
  const answers = await terminal.ask(['New password: ', 'Again: ']);
  if (answers === null) throw new CommandError('there is nobody to ask: give --password-file');
  const [first, second] = answers;
  if (first !== second) throw new CommandError('the two passwords are not the same');
  return first;
}

async function hashFromElsewhere(flags: CreateFlags, terminal: Terminal): Promise<string | undefined> {
  const { password, passwordFile, askPassword, passwordHashFile } = flags;
  if (passwordHashFile === undefined) return undefined;
  if (password === false || passwordFile !== undefined || askPassword === true)
    throw new UsageError('give --password-hash-file without --password-file, --ask-password and --no-password');
  return lineOf(passwordHashFile, 'the hash', terminal);
}

async function lineOf(file: string, what: string, terminal: Terminal): Promise<string> {
  const text = file === '-' ? await terminal.read() : readText(file, what);
  return text.replace(/\r?\n$/, '');
}

function shown(password: string | undefined): string {
  return password === undefined ? '' : `Its password, shown this once: ${password}\n`;
}

/** Whole lines, as many at a time as the service takes. */
function* portions(text: string): Generator<string> {
  let portion: string[] = [];
  let size = 0;
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const bytes = Buffer.byteLength(line) + 1;
    if (size + bytes > IMPORT_BYTES && portion.length > 0) {
      yield portion.join('\n');
      [portion, size] = [[], 0];
    }
    portion.push(line);
    size += bytes;
  }
  yield portion.join('\n');
}
