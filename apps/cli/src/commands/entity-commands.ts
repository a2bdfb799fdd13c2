import { Command } from 'commander';
import { pathOf, type AdminClient } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { membersIn } from '../members-file.ts';
import { memberTable, table, type Terminal } from '../terminal.ts';

type View = Readonly<Record<string, unknown>>;

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

/** What is put as a whole, in the members of the admin API. */
interface Sort {
  /** Such as `endpoint`, as commands name it. */
  readonly word: string;
  readonly what: string;
  /** Its last path segment, such as `endpoints`. */
  readonly path: string;
  /** False for profiles themselves. */
  readonly isOfProfile: boolean;
  readonly example: string;
  readonly columns: readonly (readonly [heading: string, cell: (view: View) => unknown])[];
}

const PROFILE: Sort = {
  ...{ word: 'profile', what: 'a profile', path: 'profiles', isOfProfile: false, example: 'token-service' },
  columns: [['ISSUER', ({ issuer }) => issuer]],
};
const ENDPOINT: Sort = {
  ...{ word: 'endpoint', what: 'an endpoint', path: 'endpoints', isOfProfile: true, example: 'introspection' },
  columns: [
    ['KIND', ({ kind }) => kind],
    ['PATH', ({ path }) => path],
    ['ENABLED', ({ enabled }) => (enabled === true ? 'yes' : 'no')],
  ],
};
const ISSUER: Sort = {
  ...{ word: 'token-issuer', what: 'a token issuer', path: 'token-issuers', isOfProfile: true, example: 'jwt' },
  columns: [
    ['KIND', ({ kind }) => kind],
    ['DEFAULT', ({ isDefault }) => (isDefault === true ? 'yes' : 'no')],
    ['ALGORITHM', ({ algorithm }) => algorithm ?? '-'],
    ['ENABLED', ({ enabled }) => (enabled === true ? 'yes' : 'no')],
  ],
};

export const profileCommand = (terminal: Terminal) => entityCommand(PROFILE, 'Manage profiles', terminal);
export const endpointCommand = (terminal: Terminal) => entityCommand(ENDPOINT, 'Manage endpoints', terminal);
export const issuerCommand = (terminal: Terminal) => entityCommand(ISSUER, 'Manage token issuers', terminal);

/** `list`, `show`, `set` and `delete` of one sort of thing. */
function entityCommand(sort: Sort, description: string, terminal: Terminal): Command {
  const command = new Command(sort.word).description(description);
  for (const child of [list, show, set, remove]) command.addCommand(child(sort, terminal));
  return command;
}

async function open(sort: Sort, flags: Flags, terminal: Terminal): Promise<{ readonly client: AdminClient; readonly path: string }> {
  const client = adminClient(flags, terminal.env);
  return { client, path: sort.isOfProfile ? pathOf('profiles', await profileOf(client, flags.profile), sort.path) : sort.path };
}

function command(sort: Sort, name: string, description: string): Command {
  const made = remote(new Command(name).description(description));
  return sort.isOfProfile ? inProfile(made) : made;
}

function list(sort: Sort, terminal: Terminal): Command {
  return command(sort, 'list', `List ${sort.path.replace('-', ' ')}`)
    .addHelpText('after', `\nExample:\n  tokenwright ${sort.word} list`)
    .action(async (flags: Flags) => {
      const { client, path } = await open(sort, flags, terminal);
      const items = await client.list<View>(path);
      const rows = items.map((view) => [view['id'], ...sort.columns.map(([, cell]) => cell(view)), view['origin']].map(String));
      terminal.out(flags.json === true ? json(items) : table(['ID', ...sort.columns.map(([heading]) => heading), 'MADE BY'], rows));
    });
}

function show(sort: Sort, terminal: Terminal): Command {
  return command(sort, 'show', `Show ${sort.what}`)
    .argument('<id>')
    .addHelpText('after', `\nExample:\n  tokenwright ${sort.word} show ${sort.example}`)
    .action(async (id: string, flags: Flags) => {
      const { client, path } = await open(sort, flags, terminal);
      const view = await client.get<View>(`${path}/${pathOf(id)}`);
      terminal.out(flags.json === true ? json(view) : memberTable(view));
    });
}

function set(sort: Sort, terminal: Terminal): Command {
  return takingOver(command(sort, 'set', `Create ${sort.what}, or replace all of it`))
    .argument('<id>')
    .argument('<file>', 'YAML or JSON with the members of the admin API, - for standard input; what it does not name gets its default')
    .addHelpText(
      'after',
      `\n"show --json" gives the present members to begin with; id, profile and origin in them are left out.\n\nExample:\n  tokenwright ${sort.word} show ${sort.example} --json > it.json && tokenwright ${sort.word} set ${sort.example} it.json`,
    )
    .action(async (id: string, file: string, flags: Flags) => {
      const body = await membersIn(file, terminal);
      const { client, path } = await open(sort, flags, terminal);
      const stored = await client.send<View>('PUT', `${path}/${pathOf(id)}`, { query: { takeOver: flags.takeOver }, json: body });
      terminal.out(flags.json === true ? json(stored) : `${sort.word} ${id} is as the file says.\n`);
    });
}

function remove(sort: Sort, terminal: Terminal): Command {
  return takingOver(command(sort, 'delete', `Delete ${sort.what} that nothing else needs`))
    .argument('<id>')
    .addHelpText('after', `\nExample:\n  tokenwright ${sort.word} delete ${sort.example}`)
    .action(async (id: string, flags: Flags) => {
      const { client, path } = await open(sort, flags, terminal);
      await client.send('DELETE', `${path}/${pathOf(id)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted ${sort.word} ${id}.\n`);
    });
}
