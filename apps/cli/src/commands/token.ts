import { Command, Option } from 'commander';
import { exchange, pathOf, readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, connectionOf, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { harmless, memberTable, moment, table, type Terminal } from '../terminal.ts';

interface TokenView {
  readonly id: string;
  readonly purpose: string;
  readonly form: string;
  readonly clientId: string;
  readonly subject: string | null;
  readonly delegationId: string;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
}

/** `token`: lists, looks up, introspects and revokes tokens. */
export function tokenCommand(terminal: Terminal): Command {
  return new Command('token')
    .description('Look at tokens and revoke them')
    .addCommand(list(terminal))
    .addCommand(lookup(terminal))
    .addCommand(introspect(terminal))
    .addCommand(revoke(terminal));
}

function list(terminal: Terminal): Command {
  return inProfile(remote(new Command('list').description('List tokens, never their values')))
    .option('--client <id>', 'of this client')
    .option('--subject <subject>', 'of this subject')
    .option('--delegation <id>', 'of this delegation')
    .option('--active', 'leave revoked and expired ones out')
    .addHelpText('after', '\nExample:\n  tokenwright token list --client server-client --active')
    .action(
      async (
        flags: Flags & { readonly client?: string; readonly subject?: string; readonly delegation?: string; readonly active?: boolean },
      ) => {
        const client = adminClient(flags, terminal.env);
        const path = pathOf('profiles', await profileOf(client, flags.profile), 'tokens');
        const items = await client.list<TokenView>(path, {
          clientId: flags.client,
          subject: flags.subject,
          delegationId: flags.delegation,
          active: flags.active,
        });
        const rows = items.map(({ id, purpose, form, clientId, subject, expiresAt, revokedAt }) => [
          id,
          purpose,
          form,
          clientId,
          subject ?? '-',
          moment(expiresAt),
          moment(revokedAt),
        ]);
        terminal.out(flags.json === true ? json(items) : table(['ID', 'PURPOSE', 'FORM', 'CLIENT', 'SUBJECT', 'ENDS', 'REVOKED'], rows));
      },
    );
}

interface LookedUp {
  readonly status: string;
  readonly token: (Omit<TokenView, 'subject'> & { readonly data: Readonly<Record<string, unknown>> }) | null;
}

function lookup(terminal: Terminal): Command {
  return inProfile(remote(new Command('lookup').description('Tell what a token is, whichever client it is of; no procedure is asked')))
    .argument('<file>', 'file with the token, - for standard input; it is neither kept nor logged')
    .addHelpText('after', '\nExample:\n  echo "$TOKEN" | tokenwright token lookup -')
    .action(async (file: string, flags: Flags) => {
      const token = (file === '-' ? await terminal.read() : readText(file, 'the token')).trim();
      const client = adminClient(flags, terminal.env);
      const path = pathOf('profiles', await profileOf(client, flags.profile), 'tokens', 'lookup');
      const found = await client.send<LookedUp>('POST', path, { json: { token } });
      const { expiresAt, revokedAt, ...members } = found.token ?? { expiresAt: null, revokedAt: null };
      const rows = found.token === null ? {} : { ...members, ends: moment(expiresAt), revoked: moment(revokedAt) };
      terminal.out(flags.json === true ? json(found) : memberTable({ status: found.status, ...rows }));
    });
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  jwt: 'application/jwt',
  signed: 'application/token-introspection+jwt',
};

interface IntrospectFlags extends Flags {
  readonly client: string;
  readonly clientSecret?: string;
  readonly clientSecretFile?: string;
  readonly endpoint?: string;
  readonly format: string;
  readonly baseUrl?: string;
}

/** The one command that speaks to the token service, as a gateway does; the admin API only tells it where. */
function introspect(terminal: Terminal): Command {
  return inProfile(remote(new Command('introspect').description('Ask the token service about a token, as a gateway does')))
    .argument('<token>', 'the token, - for standard input')
    .addOption(new Option('--client <id>', 'client with the introspection capability').makeOptionMandatory())
    .option('--client-secret <secret>', 'its secret; visible to others on the machine, safer in TOKENWRIGHT_CLIENT_SECRET')
    .option('--client-secret-file <file>', 'file with its secret')
    .option('--endpoint <id>', 'introspection endpoint (default: the advertised one)')
    .option('--base-url <url>', 'the token service (default: what the admin API says)')
    .addOption(new Option('--format <format>', 'json, jwt or signed').choices(Object.keys(MEDIA_TYPES)).default('json'))
    .addHelpText(
      'after',
      "\nExample:\n  TOKENWRIGHT_CLIENT_SECRET='Secr3t!' tokenwright token introspect $TOKEN --client gateway_client --endpoint introspection",
    )
    .action(async (token: string, flags: IntrospectFlags) => {
      const secret = secretOf(flags, terminal);
      const presented = await textOf(token, terminal);
      const connection = connectionOf(flags, terminal.env);
      const url = await endpointUrl(adminClient(flags, terminal.env), flags);
      const body = new URLSearchParams({ token: presented, client_id: flags.client, client_secret: secret }).toString();
      const headers = {
        accept: MEDIA_TYPES[flags.format] ?? '',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      };
      const answer = await exchange(url, { method: 'POST', headers, body, ca: connection.ca }, 'the token service');
      if (answer.status === 204) {
        terminal.out(flags.json === true ? json({ active: false }) : 'The token is not active.\n');
        return;
      }
      if (answer.status !== 200) throw new CommandError(`the token service refused with status ${answer.status}: ${answer.body}`);
      const isJson = answer.type.startsWith('application/json');
      terminal.out(
        isJson ? json(JSON.parse(answer.body)) : flags.json === true ? json({ jwt: answer.body }) : `${harmless(answer.body)}\n`,
      );
    });
}

function secretOf(flags: IntrospectFlags, terminal: Terminal): string {
  const secret =
    flags.clientSecret ??
    (flags.clientSecretFile === undefined
      ? terminal.env['TOKENWRIGHT_CLIENT_SECRET']
      : readText(flags.clientSecretFile, 'the secret').replace(/\r?\n$/, ''));
  if (secret === undefined || secret === '')
    throw new UsageError('give the secret of the client with --client-secret-file or TOKENWRIGHT_CLIENT_SECRET');
  return secret;
}

async function endpointUrl(client: AdminClient, flags: IntrospectFlags): Promise<URL> {
  const profile = await profileOf(client, flags.profile);
  const endpoints = await client.list<{ id: string; kind: string; path: string; advertised: boolean; enabled: boolean }>(
    pathOf('profiles', profile, 'endpoints'),
  );
  const introspection = endpoints.filter(({ kind, enabled }) => kind === 'oauth-introspect' && enabled);
  const endpoint =
    flags.endpoint === undefined
      ? (introspection.find(({ advertised }) => advertised) ?? introspection[0])
      : introspection.find(({ id }) => id === flags.endpoint);
  if (endpoint === undefined)
    throw new CommandError(
      `profile "${profile}" has no enabled introspection endpoint${flags.endpoint === undefined ? '' : ` "${flags.endpoint}"`}`,
    );
  const base = (flags.baseUrl ?? (await client.get<{ baseUrl: string }>('status')).baseUrl).replace(/\/+$/, '');
  return new URL(`${base}${endpoint.path}`);
}

function revoke(terminal: Terminal): Command {
  return inProfile(remote(new Command('revoke').description('Revoke a token')))
    .argument('<token>', 'the token, its id as listed, or - for standard input; its text does not leave this machine')
    .addHelpText('after', '\nExamples:\n  tokenwright token revoke "$TOKEN"\n  tokenwright token revoke 0fxhVq1l...')
    .action(async (token: string, flags: Flags) => {
      const id = await tokenIdOf(await textOf(token, terminal));
      const client = adminClient(flags, terminal.env);
      await client.send('DELETE', pathOf('profiles', await profileOf(client, flags.profile), 'tokens', id));
      terminal.out(flags.json === true ? json({ revoked: id }) : `Token ${id} is revoked.\n`);
    });
}

async function textOf(token: string, terminal: Terminal): Promise<string> {
  return token === '-' ? (await terminal.read()).trim() : token;
}

/** The public id of a token: of an opaque one from its text, of a JWT from its `jti`. */
async function tokenIdOf(text: string): Promise<string> {
  const { opaqueTokenKey, parseTokenId, tokenId } = await import('#libs/oauth');
  const key = opaqueTokenKey(text);
  if (key !== null) return tokenId(key);
  if (parseTokenId(text) !== null) return text;
  const [id = ''] = jtiOf(text).split('.');
  if (parseTokenId(id) === null) throw new UsageError('that is neither a token of this service nor the id of one');
  return id;
}

function jtiOf(jwt: string): string {
  try {
    const { jti } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { jti?: unknown };
    return typeof jti === 'string' ? jti : '';
  } catch {
    return '';
  }
}
