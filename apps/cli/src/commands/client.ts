import { X509Certificate } from 'node:crypto';
import { Command, Option } from 'commander';
import { CERTIFICATE_SUBJECT_KINDS, certificateThumbprint, CLIENT_AUTHENTICATION_METHODS, CLIENT_CAPABILITIES } from '#libs/oauth';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, proposing, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, several, wholeNumber } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';

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

interface CreateFlags extends Flags {
  readonly name?: string;
  readonly description?: string;
  readonly secret?: string | boolean;
  readonly secretFile?: string;
  readonly capability?: readonly string[];
  readonly scope?: readonly string[];
  readonly audience?: readonly string[];
  readonly property?: readonly string[];
  readonly accessTokenFormat?: string;
  readonly accessTokenLifetime?: string;
  readonly authenticationMethod?: readonly string[];
  readonly jwksFile?: string;
  readonly jwksUri?: string;
  readonly certificateSubject?: string;
  readonly certificate?: readonly string[];
}

/** `client`: creates, lists, shows and deletes clients, and rotates their secrets. */
export function clientCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, clients: `${pathOf('profiles', await profileOf(client, flags.profile))}/clients` };
  };
  const shared = (command: Command) => inProfile(remote(command));

  const create = proposing(
    shared(new Command('create').description('Create a client; its secret is generated and shown once unless given')),
  )
    .argument('<id>')
    .option('--secret <secret>', 'secret of your choice; visible to others on the machine, --secret-file is safer')
    .option('--secret-file <file>', 'file with a secret of your choice, - for standard input')
    .addOption(new Option('--no-secret', 'a client without a secret, which can do nothing that needs authentication'))
    .addOption(new Option('--capability <word>', `what it may do: ${CLIENT_CAPABILITIES.join(', ')}; may be repeated`).argParser(several))
    .addOption(new Option('--scope <scope>', 'scope it may have; may be repeated').argParser(several))
    .addOption(new Option('--audience <audience>', 'audience of its tokens; may be repeated').argParser(several))
    .addOption(new Option('--property <name=text>', 'for procedures; may be repeated').argParser(several))
    .option('--name <name>', 'for people (default: the id)')
    .option('--description <text>', 'for people')
    .option('--access-token-format <format>', "opaque, jwt or wrapped-opaque (default: the profile's)")
    .option('--access-token-lifetime <seconds>', "(default: the profile's)")
    .addOption(
      new Option(
        '--authentication-method <method>',
        `how it may authenticate: ${CLIENT_AUTHENTICATION_METHODS.join(', ')}; may be repeated (default: its secret, in header or form)`,
      ).argParser(several),
    )
    .option('--jwks-file <file>', 'its public keys as a JWK set, - for standard input')
    .option('--jwks-uri <url>', 'where it publishes its public keys instead')
    .option('--certificate-subject <kind=value>', `whom its TLS certificate must name: ${CERTIFICATE_SUBJECT_KINDS.join(', ')}`)
    .addOption(new Option('--certificate <file>', 'self-signed TLS certificate of its own in PEM; may be repeated').argParser(several))
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
      const rows = Object.entries(rest).map(([member, value]) => [member, typeof value === 'string' ? value : JSON.stringify(value)]);
      for (const secret of secrets)
        rows.push([
          'secret',
          `${secret.id} made ${moment(secret.createdAt)}${secret.expiresAt === null ? '' : `, valid until ${moment(secret.expiresAt)}`}`,
        ]);
      terminal.out(flags.json === true ? json(view) : table(['MEMBER', 'VALUE'], rows));
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

  const rotate = takingOver(
    shared(new Command('rotate-secret').description('Give a client a further secret; at most two are valid at a time')),
  )
    .argument('<id>')
    .option('--secret <secret>', 'secret of your choice; visible to others on the machine, --secret-file is safer')
    .option('--secret-file <file>', 'file with a secret of your choice, - for standard input')
    .option('--expire-others-in <seconds>', 'end the present secrets after so long; 0 for at once (default: they stay)')
    .addHelpText('after', '\nExample:\n  tokenwright client rotate-secret gateway_client --expire-others-in 86400')
    .action(
      async (id: string, flags: Flags & { readonly secret?: string; readonly secretFile?: string; readonly expireOthersIn?: string }) => {
        const secret = await chosenSecret(flags, terminal);
        const expireOthersIn = flags.expireOthersIn === undefined ? undefined : wholeNumber('--expire-others-in', flags.expireOthersIn);
        const { client, clients } = await open(flags);
        const made = await client.send<{ secret?: string }>('POST', `${clients}/${pathOf(id)}/secrets`, {
          query: { takeOver: flags.takeOver },
          json: { secret, expireOthersIn },
        });
        const shown = secret === undefined ? `Its secret, shown this once: ${made.secret ?? ''}\n` : '';
        terminal.out(flags.json === true ? json(made) : `Client ${id} has a new secret.\n${shown}`);
      },
    );

  const command = new Command('client').description('Manage clients');
  for (const child of [create, list, show, remove, rotate]) command.addCommand(child);
  return command;
}

async function newClient(id: string, flags: CreateFlags, terminal: Terminal): Promise<Record<string, unknown>> {
  const { name, description, capability, scope, audience, accessTokenFormat } = flags;
  const authentication = await authenticationOf(flags, terminal);
  const chosen = await chosenSecret({ ...flags, secret: typeof flags.secret === 'string' ? flags.secret : undefined }, terminal);
  return {
    id,
    name,
    description,
    secret: flags.secret === false ? null : chosen,
    capabilities: capability,
    scopes: scope,
    audiences: audience,
    properties: flags.property === undefined ? undefined : Object.fromEntries(flags.property.map(propertyOf)),
    accessTokenFormat,
    accessTokenLifetime:
      flags.accessTokenLifetime === undefined ? undefined : wholeNumber('--access-token-lifetime', flags.accessTokenLifetime),
    authentication,
  };
}

/** Undefined where nothing is said of it. What must go together is for the service to say. */
async function authenticationOf(flags: CreateFlags, terminal: Terminal): Promise<Record<string, unknown> | undefined> {
  const { authenticationMethod: methods, jwksFile, jwksUri, certificateSubject, certificate } = flags;
  const rest = [jwksFile, jwksUri, certificateSubject, certificate];
  if (methods === undefined) {
    if (rest.some((flag) => flag !== undefined)) throw new UsageError('keys and certificates need --authentication-method');
    return undefined;
  }
  if (jwksFile === '-' && flags.secretFile === '-') throw new UsageError('standard input holds one thing only: a secret or keys');
  return {
    methods,
    jwks:
      jwksFile === undefined ? undefined : jsonFrom(jwksFile, jwksFile === '-' ? await terminal.read() : readText(jwksFile, 'the keys')),
    jwksUri,
    certificateSubject: certificateSubject === undefined ? undefined : subjectOf(certificateSubject),
    certificates: certificate?.map((file) => thumbprintOf(file, readText(file, 'the certificate'))),
  };
}

function jsonFrom(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--jwks-file ${file} must hold JSON: { "keys": [...] }`);
  }
}

function subjectOf(text: string): { readonly kind: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--certificate-subject must be kind=value, such as san_dns=client.example.com, not "${text}"`);
  return { kind: text.slice(0, at), value: text.slice(at + 1) };
}

function thumbprintOf(file: string, pem: string): string {
  try {
    return certificateThumbprint(new X509Certificate(pem));
  } catch {
    throw new UsageError(`--certificate ${file} must hold a certificate in PEM`);
  }
}

function propertyOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--property must be name=text, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function chosenSecret(
  flags: { readonly secret?: string | undefined; readonly secretFile?: string | undefined },
  terminal: Terminal,
): Promise<string | undefined> {
  if (flags.secret !== undefined && flags.secretFile !== undefined) throw new UsageError('give either --secret or --secret-file');
  if (flags.secretFile === undefined) return flags.secret;
  const text = flags.secretFile === '-' ? await terminal.read() : readText(flags.secretFile, 'the secret');
  return text.replace(/\r?\n$/, '');
}

function revokeAll(client: AdminClient, clients: string, clientId: string): Promise<{ readonly delegations: number }> {
  return client.send('POST', clients.replace(/clients$/, 'revocations'), { json: { clientId } });
}
