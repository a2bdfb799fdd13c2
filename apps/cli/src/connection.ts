import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { AdminClient, readText, type Connection } from './admin-client.ts';
import { CommandError, UsageError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

/** How a command finds the service, from flags. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly proposalNote?: string;
}

/** Adds the flags that every command on a running service has. */
export function remote(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'the admin API (TOKENWRIGHT_ADMIN_URL; default: https://localhost:6749)'))
    .addOption(new Option('--token <token>', 'administrator token; visible to others on the machine; safer in TOKENWRIGHT_ADMIN_TOKEN'))
    .addOption(new Option('--token-file <file>', 'file with the administrator token (default: admin-token in the data directory)'))
    .addOption(new Option('--ca <file>', 'certificate to trust (TOKENWRIGHT_CA; default: tls/cert.pem in the data directory, if there)'))
    .addOption(new Option('--data-dir <dir>', 'data directory of the service (TOKENWRIGHT_DATA_DIR; default: data)'))
    .addOption(new Option('--json', 'print JSON'));
}

/** Adds `--profile`. */
export function inProfile(command: Command): Command {
  return command.addOption(new Option('--profile <id>', 'profile (default: the only one)'));
}

/** Adds `--proposal-note`, to what may wait for another administrator. */
export function proposing(command: Command): Command {
  return command.addOption(new Option('--proposal-note <text>', 'why, where another administrator has to approve it'));
}

/** Adds `--take-over`. */
export function takingOver(command: Command): Command {
  return proposing(command).addOption(
    new Option('--take-over', 'change it even if a configuration file owns it; from then on the file does not'),
  );
}

/**
 * Where the service is and who asks.
 *
 * @throws UsageError for a bad URL, CommandError when there is no token
 */
export function connectionOf(flags: ConnectionFlags, env: Terminal['env']): Connection {
  const dataDir = flags.dataDir ?? present(env['TOKENWRIGHT_DATA_DIR']) ?? 'data';
  const url = (flags.url ?? present(env['TOKENWRIGHT_ADMIN_URL']) ?? 'https://localhost:6749').replace(/\/+$/, '');
  requireSafe(url);
  const caFile = flags.ca ?? present(env['TOKENWRIGHT_CA']);
  const ownCertificate = join(dataDir, 'tls', 'cert.pem');
  const ca =
    caFile !== undefined
      ? readText(caFile, 'the certificate')
      : existsSync(ownCertificate)
        ? readText(ownCertificate, 'the certificate')
        : null;
  return { url, token: tokenOf(flags, env, dataDir), ca, proposalNote: flags.proposalNote };
}

/** A client of the admin API. */
export function adminClient(flags: ConnectionFlags, env: Terminal['env']): AdminClient {
  return new AdminClient(connectionOf(flags, env));
}

function tokenOf(flags: ConnectionFlags, env: Terminal['env'], dataDir: string): string {
  const file = join(dataDir, 'admin-token');
  const token = (): string => {
    if (flags.token !== undefined) return flags.token;
    if (flags.tokenFile !== undefined) return readText(flags.tokenFile, 'the administrator token');
    const given = present(env['TOKENWRIGHT_ADMIN_TOKEN']);
    if (given !== undefined) return given;
    if (existsSync(file)) return readText(file, 'the administrator token');
    throw new CommandError(
      `there is no administrator token in ${file}: name the data directory of the service with --data-dir, or give --token-file FILE or TOKENWRIGHT_ADMIN_TOKEN ("tokenwright admin reset-token" makes a new one)`,
    );
  };
  const text = token().trim();
  if (!/^[\x21-\x7e]{1,512}$/.test(text)) throw new UsageError('the administrator token has characters that no token has');
  return text;
}

/** A token goes over the network only where nobody else can read it. */
function requireSafe(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') || parsed.search !== '' || parsed.hash !== '')
    throw new UsageError(`the URL of the admin API must be one such as https://localhost:6749, not "${url}"`);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname);
  if (parsed.protocol === 'http:' && !loopback)
    throw new UsageError(`the administrator token would be readable on the way to ${parsed.origin}: use https`);
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

/** The profile a command is about: the one named, else the only one. */
export async function profileOf(client: AdminClient, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const profiles = await client.list<{ id: string }>('profiles');
  const [only, ...more] = profiles.map((profile) => profile.id);
  if (only === undefined) throw new CommandError('the service has no profile yet');
  if (more.length > 0) throw new UsageError(`say which profile with --profile: ${[only, ...more].join(', ')}`);
  return only;
}
