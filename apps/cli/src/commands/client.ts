import { Command, Option } from 'commander';
import { pathOf, type AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, proposing, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { memberTable, moment, table, type Terminal } from '../terminal.ts';
import { saidMembers, withMembers, type MemberFlags } from './client-members.ts';
import { chosenSecret, deleteSecretCommand, rotateSecretCommand, withChosenSecret } from './client-secrets.ts';
import { setClientCommand } from './client-set.ts';

interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly capabilities: readonly string[];
  readonly scopes: readonly string[];
  readonly secrets: readonly { readonly id: string; readonly createdAt: number; readonly expiresAt: number | null }[];
  readonly origin: string;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

interface CreateFlags extends Flags, MemberFlags {
  readonly secret?: string | boolean;
  readonly secretFile?: string;
}

/** `client`: creates, lists, shows, changes and deletes clients, and rotates their secrets. */
export function clientCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, clients: `${pathOf('profiles', await profileOf(client, flags.profile))}/clients` };
  };
  const shared = (command: Command) => inProfile(remote(command));

  const create = withMembers(
    withChosenSecret(
      proposing(shared(new Command('create').description('Create a client; its secret is generated and shown once unless given'))),
    ),
  )
    .argument('<id>')
    .addOption(new Option('--no-secret', 'a client without a secret, which can do nothing that needs authentication'))
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright client create gateway_client --secret-file - --capability introspection < secret.txt\n  tokenwright client create reports --capability client-credentials --scope read --property tier=gold\n  tokenwright client create signer --authentication-method private_key_jwt --jwks-file jwks.json --capability client-credentials\n  tokenwright client create mtls --authentication-method tls_client_auth --certificate-subject san_dns=mtls.example.com',
    )
    .action(async (id: string, flags: CreateFlags) => {
      const body = await newClient(id, flags, terminal);
      const { client, clients } = await open(flags);
      const made = await client.send<ClientView & { secret?: string }>('POST', clients, { json: body });
      const shown = typeof body['secret'] === 'string' ? undefined : made.secret;
      terminal.out(
        flags.json === true ? json(made) : `Created client ${id}.\n${shown === undefined ? '' : `Its secret, shown this once: ${shown}\n`}`,
      );
    });

  const list = shared(new Command('list').description('List clients'))
    .argument('[part]', 'part of an id or name')
    .addHelpText('after', '\nExample:\n  tokenwright client list gateway')
    .action(async (part: string | undefined, flags: Flags) => {
      const { client, clients } = await open(flags);
      const items = await client.list<ClientView>(clients, { q: part });
      const rows = items.map(({ id, name, enabled, capabilities, scopes, origin }) => [
        id,
        name,
        enabled ? 'yes' : 'no',
        capabilities.join(' '),
        scopes.join(' '),
        origin,
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'NAME', 'ENABLED', 'CAPABILITIES', 'SCOPES', 'MADE BY'], rows));
    });

  const show = shared(new Command('show').description('Show a client'))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright client show gateway_client')
    .action(async (id: string, flags: Flags) => {
      const { client, clients } = await open(flags);
      const view = await client.get<ClientView>(`${clients}/${pathOf(id)}`);
      const { secrets, ...rest } = view;
      const rows = secrets.map(({ id: secret, createdAt, expiresAt }): [string, string] => [
        'secret',
        `${secret} made ${moment(createdAt)}${expiresAt === null ? '' : `, valid until ${moment(expiresAt)}`}`,
      ]);
      terminal.out(flags.json === true ? json(view) : memberTable(rest, rows));
    });

  const remove = takingOver(shared(new Command('delete').description('Delete a client; its tokens stay until they expire unless revoked')))
    .argument('<id>')
    .option('--revoke', 'revoke all its delegations and tokens too')
    .addHelpText('after', '\nExample:\n  tokenwright client delete reports --revoke')
    .action(async (id: string, flags: Flags & { readonly revoke?: boolean }) => {
      const { client, clients } = await open(flags);
      await client.send('DELETE', `${clients}/${pathOf(id)}`, { query: { takeOver: flags.takeOver } });
      const revoked = flags.revoke === true ? await revokeAll(client, clients, id) : null;
      terminal.out(
        flags.json === true
          ? json({ deleted: id, ...revoked })
          : `Deleted client ${id}${revoked === null ? '' : ` and revoked ${revoked.delegations} of its delegations`}.\n`,
      );
    });

  const command = new Command('client').description('Manage clients');
  for (const child of [
    create,
    list,
    show,
    setClientCommand(terminal),
    remove,
    rotateSecretCommand(terminal),
    deleteSecretCommand(terminal),
  ])
    command.addCommand(child);
  return command;
}

async function newClient(id: string, flags: CreateFlags, terminal: Terminal): Promise<Record<string, unknown>> {
  const { secret, secretFile, jwksFile } = flags;
  if (jwksFile === '-' && secretFile === '-') throw new UsageError('standard input holds one thing only: a secret or keys');
  const members = await saidMembers(flags, terminal);
  const chosen = await chosenSecret(
    { ...(typeof secret === 'string' ? { secret } : {}), ...(secretFile === undefined ? {} : { secretFile }) },
    terminal,
  );
  return { id, ...members, secret: secret === false ? null : chosen };
}

function revokeAll(client: AdminClient, clients: string, clientId: string): Promise<{ readonly delegations: number }> {
  return client.send('POST', clients.replace(/clients$/, 'revocations'), { json: { clientId } });
}
