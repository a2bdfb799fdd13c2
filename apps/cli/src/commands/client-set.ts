import { Command, Option } from 'commander';
import { pathOf, type AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, several } from '../flags.ts';
import { membersIn, writable } from '../members-file.ts';
import type { Terminal } from '../terminal.ts';
import { saidMembers, withMembers, type MemberFlags } from './client-members.ts';
import { unchangedMeanwhile } from './conditions.ts';

type Members = Readonly<Record<string, unknown>>;

interface Flags extends ConnectionFlags, MemberFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly reset?: readonly string[];
}

/** `client set`: single members by flags, or all of them by a file. */
export function setClientCommand(terminal: Terminal): Command {
  const command = new Command('set').description('Change members of a client, or all of it but its secrets from a file');
  return withMembers(takingOver(inProfile(remote(command))))
    .argument('<id>')
    .argument('[file]', 'YAML or JSON with the members of the admin API, - for standard input; what it does not name gets its default')
    .option('--enable', 'let it authenticate again')
    .addOption(new Option('--disable', 'let it authenticate no more').conflicts('enable'))
    .addOption(
      new Option('--reset <member>', 'member that gets its default, such as accessTokenLifetime; may be repeated').argParser(several),
    )
    .addHelpText(
      'after',
      '\nWithout a file the members that no flag says stay; a flag that may be repeated says the whole list. It is refused if somebody\nelse changes the client meanwhile. "show --json" gives the present members for a file.\n\nExamples:\n  tokenwright client set reports --scope read --scope write --access-token-lifetime 300\n  tokenwright client set reports --disable\n  tokenwright client show reports --json > it.json && tokenwright client set reports it.json',
    )
    .action(async (id: string, file: string | undefined, flags: Flags) => {
      const changes = await changesOf(flags, terminal);
      const saysNothing = Object.keys(changes).length === 0 && flags.reset === undefined;
      if ((file === undefined) === saysNothing)
        throw new UsageError(saysNothing ? 'say what to change, with flags or a file' : 'give either a file or flags with members');
      const replacement = file === undefined ? null : withoutSecrets(await membersIn(file, terminal));
      const client = adminClient(flags, terminal.env);
      const path = pathOf('profiles', await profileOf(client, flags.profile), 'clients', id);
      const query = { takeOver: flags.takeOver };
      const stored =
        replacement === null
          ? await changed(client, id, path, { query, changes, reset: flags.reset ?? [] })
          : await client.send<Members>('PUT', path, { query, json: replacement });
      terminal.out(flags.json === true ? json(stored) : `Client ${id} is as ${replacement === null ? 'you' : 'the file'} said.\n`);
    });
}

async function changesOf(flags: Flags, terminal: Terminal): Promise<Members> {
  const enabled = flags.enable === true ? true : flags.disable === true ? false : undefined;
  const said = { ...(await saidMembers(flags, terminal)), enabled };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** What somebody else changes between reading and writing is not passed over. */
async function changed(
  client: AdminClient,
  id: string,
  path: string,
  {
    query,
    changes,
    reset,
  }: { readonly query: { readonly takeOver: boolean | undefined }; readonly changes: Members; readonly reset: readonly string[] },
): Promise<Members> {
  const { value, tag } = await client.tagged<Members>(path);
  const present = withoutSecrets(writable(value));
  for (const member of reset) {
    if (!Object.hasOwn(present, member)) throw new UsageError(`a client has no member "${member}": ${Object.keys(present).join(', ')}`);
    if (Object.hasOwn(changes, member)) throw new UsageError(`--reset ${member} goes without a flag that says it`);
  }
  const kept = Object.fromEntries(Object.entries(present).filter(([member]) => !reset.includes(member)));
  return unchangedMeanwhile(`client "${id}"`, () =>
    client.send<Members>('PUT', path, { query, json: { ...kept, ...changes }, ifMatch: tag }),
  );
}

/** Secrets have commands of their own. */
function withoutSecrets(members: Members): Members {
  const { secrets: _secrets, ...rest } = members;
  return rest;
}
