import { Command, Option } from 'commander';
import { pathOf, readText } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, several, wholeNumber } from '../flags.ts';
import { secretFrom, withSecret, type SecretFlags } from '../secret-text.ts';
import { memberTable, table, type Terminal } from '../terminal.ts';
import { created } from './conditions.ts';

interface HttpClientView {
  readonly id: string;
  readonly allowedHosts: readonly string[];
  readonly allowHttp: boolean;
  readonly allowTokens: boolean;
  readonly credentials: { readonly kind: string; readonly username?: string; readonly name?: string } | null;
  readonly tls: { readonly caCertificates: string | null; readonly clientCertificate: string | null; readonly clientKey: boolean };
  readonly origin: string;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

interface CreateFlags extends Flags, SecretFlags {
  readonly replace?: boolean;
  readonly allowHost?: readonly string[];
  readonly allowHttp?: boolean;
  readonly allowTokens?: boolean;
  readonly allowNetwork?: readonly string[];
  readonly basic?: string;
  readonly bearer?: boolean;
  readonly header?: string;
  readonly caCertificates?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly timeout?: string;
  readonly maxResponseBytes?: string;
  readonly maxRedirects?: string;
}

/** `http-client`: what procedures may reach by HTTP, and with which credentials. */
export function httpClientCommand(terminal: Terminal): Command {
  const command = new Command('http-client').description('Manage outgoing HTTP clients, by which procedures reach other services');
  for (const make of [create, list, show, remove]) command.addCommand(make(terminal));
  return command;
}

async function open(flags: Flags, terminal: Terminal) {
  const client = adminClient(flags, terminal.env);
  return { client, clients: pathOf('profiles', await profileOf(client, flags.profile), 'http-clients') };
}

function create(terminal: Terminal): Command {
  const command = takingOver(inProfile(remote(new Command('create').description('Create an HTTP client, or replace one'))))
    .argument('<id>')
    .option(
      '--replace',
      'replace the one there is; the value of credentials of the same kind, and the key of the same certificate, may be left out and stay',
    )
    .addOption(
      new Option(
        '--allow-host <host>',
        'host that may be called, such as api.example.com, *.example.com or api.example.com:8443; may be repeated',
      ).argParser(several),
    )
    .option('--allow-http', 'allow http beside https')
    .option('--allow-tokens', 'let requests carry tokens: those that a procedure issues, and the one presented to it')
    .addOption(
      new Option('--allow-network <cidr>', 'private addresses that may be connected to, such as 10.1.0.0/16; may be repeated').argParser(
        several,
      ),
    )
    .option('--basic <username>', 'authenticate with this user name and a password')
    .option('--bearer', 'authenticate with a bearer token')
    .option('--header <name>', 'send a secret in this header, such as X-Api-Key')
    .option('--ca-certificates <file>', "authorities to trust instead of the platform's, in PEM")
    .option('--client-certificate <file>', 'certificate to show, in PEM')
    .option('--client-key <file>', 'its private key, in PEM')
    .option('--timeout <milliseconds>', 'for a whole call (default: 5000)')
    .option('--max-response-bytes <n>', 'longer answers are errors (default: 262144)')
    .option('--max-redirects <n>', 'redirects that are followed (default: 0)');
  return withSecret(command, 'the password, token or header value')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright http-client create partner --allow-host api.partner.example --bearer --value-file - < token.txt\n  PASSWORD=... tokenwright http-client create crm --allow-host crm.example.com --basic tokenwright --value-env PASSWORD',
    )
    .action(async (id: string, flags: CreateFlags) => {
      const body = await bodyOf(flags, terminal);
      const { client, clients } = await open(flags, terminal);
      const onlyCreate = flags.replace !== true;
      const made = await created(
        `HTTP client "${id}"`,
        () =>
          client.send<HttpClientView>('PUT', `${clients}/${pathOf(id)}`, { query: { takeOver: flags.takeOver }, json: body, onlyCreate }),
        '; replace it with --replace',
      );
      terminal.out(flags.json === true ? json(made) : `${onlyCreate ? 'Created' : 'Replaced'} HTTP client ${id}.\n`);
    });
}

async function bodyOf(flags: CreateFlags, terminal: Terminal): Promise<unknown> {
  const file = (name: string | undefined, what: string) => (name === undefined ? undefined : readText(name, what));
  const number = (flag: string, text: string | undefined) => (text === undefined ? undefined : wholeNumber(flag, text));
  return {
    allowedHosts: flags.allowHost,
    allowHttp: flags.allowHttp,
    allowTokens: flags.allowTokens,
    allowedNetworks: flags.allowNetwork,
    credentials: await credentialsOf(flags, terminal),
    tls: {
      caCertificates: file(flags.caCertificates, 'the authorities'),
      clientCertificate: file(flags.clientCertificate, 'the certificate'),
      clientKey: file(flags.clientKey, 'the private key'),
    },
    timeoutMilliseconds: number('--timeout', flags.timeout),
    maximumResponseBytes: number('--max-response-bytes', flags.maxResponseBytes),
    maximumRedirects: number('--max-redirects', flags.maxRedirects),
  };
}

async function credentialsOf(flags: CreateFlags, terminal: Terminal): Promise<unknown> {
  const { basic, bearer, header } = flags;
  if ([basic, bearer, header].filter((way) => way !== undefined).length > 1)
    throw new UsageError('give only one of --basic, --bearer and --header');
  const value = await secretFrom(flags, terminal);
  if (basic !== undefined) return { kind: 'basic', username: basic, value };
  if (bearer === true) return { kind: 'bearer', value };
  if (header !== undefined) return { kind: 'header', name: header, value };
  if (value !== undefined) throw new UsageError('say how the value is sent: --basic USERNAME, --bearer or --header NAME');
  return undefined;
}

function list(terminal: Terminal): Command {
  return inProfile(remote(new Command('list').description('List HTTP clients')))
    .addHelpText('after', '\nExample:\n  tokenwright http-client list')
    .action(async (flags: Flags) => {
      const { client, clients } = await open(flags, terminal);
      const items = await client.list<HttpClientView>(clients);
      const rows = items.map(({ id, allowedHosts, credentials, origin }) => [id, allowedHosts.join(' '), credentials?.kind ?? '-', origin]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'HOSTS', 'CREDENTIALS', 'MADE BY'], rows));
    });
}

function show(terminal: Terminal): Command {
  return inProfile(remote(new Command('show').description('Show an HTTP client, without its credentials and key')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright http-client show partner')
    .action(async (id: string, flags: Flags) => {
      const { client, clients } = await open(flags, terminal);
      const view = await client.get<HttpClientView>(`${clients}/${pathOf(id)}`);
      const { credentials, tls, ...rest } = view;
      const who = credentials?.username ?? credentials?.name;
      const rows: readonly [string, string][] = [
        ['credentials', credentials === null ? 'none' : `${credentials.kind}${who === undefined ? '' : ` ${who}`}, value set`],
        ['authorities', tls.caCertificates === null ? "the platform's" : 'its own'],
        ['client certificate', tls.clientCertificate === null ? 'none' : tls.clientKey ? 'with its key' : 'without its key'],
      ];
      terminal.out(flags.json === true ? json(view) : memberTable(rest, rows));
    });
}

function remove(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('delete').description('Delete an HTTP client with its credentials'))))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright http-client delete partner')
    .action(async (id: string, flags: Flags) => {
      const { client, clients } = await open(flags, terminal);
      await client.send('DELETE', `${clients}/${pathOf(id)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted HTTP client ${id}.\n`);
    });
}
