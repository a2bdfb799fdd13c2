import type { Command, Option } from 'commander';
import { AdminClient, pathOf } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import { connectionOf } from '../connection.ts';
import { harmless, type Terminal } from '../terminal.ts';

/** How long somebody who pressed Tab waits for names. Milliseconds. */
const PATIENCE = 1500;
/** More than this nobody chooses from. */
const MOST = 200;

/** Where the names of things are; `profile` stands for those below a profile. */
const NAMES: Readonly<Record<string, string>> = {
  procedure: 'procedures',
  library: 'libraries',
  profile: 'profiles',
  proposal: 'proposals',
  admin: 'administrators',
  client: 'profile/clients',
  endpoint: 'profile/endpoints',
  'token-issuer': 'profile/token-issuers',
  'http-client': 'profile/http-clients',
  secret: 'profile/secrets',
  bucket: 'profile/buckets',
  flow: 'flows',
};

/** Options whose values are names. */
const NAMING_OPTIONS: Readonly<Record<string, string>> = {
  '--profile': 'profile',
  '--endpoint': 'endpoint',
  '--client': 'client',
  '--author': 'admin',
  '--actor': 'admin',
  '--flow': 'flow',
};

/**
 * What the last of some typed words may become: commands, options, their choices, names of what there is.
 * Empty where nothing is known, such as for files; names are left out when the service does not answer soon.
 */
export async function completionsOf(program: Command, typed: readonly string[], env: Terminal['env']): Promise<readonly string[]> {
  const begun = typed.at(-1) ?? '';
  const { command, given, awaited } = walked(program, typed.slice(0, -1));
  const flags = flagsIn(typed.slice(0, -1));
  const fitting = (words: readonly string[]) => words.filter((word) => word.startsWith(begun)).slice(0, MOST);
  if (awaited !== null) {
    if (awaited.argChoices !== undefined) return fitting(awaited.argChoices);
    return fitting(await names(NAMING_OPTIONS[awaited.long ?? ''], flags, env));
  }
  if (begun.startsWith('-')) return fitting(optionsOf(command));
  if (command.commands.length > 0)
    return fitting([...command.commands.map((child) => child.name()), ...(command === program ? ['help'] : [])]);
  return fitting(await names(nameOfArgument(command, given), flags, env));
}

interface Walked {
  readonly command: Command;
  /** How many arguments the command has before the word in question. */
  readonly given: number;
  /** The option whose value the word is. */
  readonly awaited: Option | null;
}

function walked(program: Command, words: readonly string[]): Walked {
  let [command, given, awaited]: [Command, number, Option | null] = [program, 0, null];
  for (const word of words) {
    if (awaited !== null) awaited = null;
    else if (word.startsWith('-'))
      awaited = command.options.find((option) => [option.long, option.short].includes(word) && option.required) ?? null;
    else {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) given++;
      else [command, given] = [child, 0];
    }
  }
  return { command, given, awaited };
}

function optionsOf(command: Command): readonly string[] {
  return [...command.options.filter(({ hidden }) => !hidden).map(({ long, short }) => long ?? short ?? ''), '--help'];
}

/** The sort of thing that an argument names: `<id>` what its command is about, others what they are called. */
function nameOfArgument(command: Command, given: number): string | undefined {
  const argument = command.registeredArguments[given]?.name();
  const about = command.parent?.name();
  if (argument === 'id' || argument === 'name') return isNew(command) ? undefined : about;
  return argument;
}

/** Nobody knows the name of what is yet to be made. */
function isNew(command: Command): boolean {
  return command.name() === 'create';
}

function flagsIn(words: readonly string[]): Readonly<Record<string, string>> {
  const known = { '--profile': 'profile', '--url': 'url', '--ca': 'ca', '--data-dir': 'dataDir', '--token-file': 'tokenFile' } as const;
  const flags: Record<string, string> = {};
  for (const [at, word] of words.entries()) {
    const [name = '', value = words[at + 1]] = word.split('=', 2);
    if (Object.hasOwn(known, name) && value !== undefined) flags[known[name as keyof typeof known]] = value;
  }
  return flags;
}

async function names(sort: string | undefined, flags: Readonly<Record<string, string>>, env: Terminal['env']): Promise<readonly string[]> {
  const path = sort === undefined || !Object.hasOwn(NAMES, sort) ? undefined : NAMES[sort];
  if (path === undefined) return [];
  try {
    const client = new AdminClient({ ...connectionOf(flags, env), timeout: PATIENCE });
    const query = path === 'flows' ? {} : { limit: MOST };
    const ids = async (from: string) => (await client.get<{ items: readonly { id: string }[] }>(from, query)).items.map(({ id }) => id);
    if (!path.startsWith('profile/')) return (await ids(path)).map(harmless);
    const profile = flags['profile'] ?? (await onlyOne(ids('profiles')));
    return profile === undefined ? [] : (await ids(pathOf('profiles', profile, path.slice('profile/'.length)))).map(harmless);
  } catch (error) {
    // Without a service or a token there are no names to offer; the command itself will say so.
    if (error instanceof CommandError) return [];
    throw error;
  }
}

async function onlyOne(ids: Promise<readonly string[]>): Promise<string | undefined> {
  const [first, ...more] = await ids;
  return more.length === 0 ? first : undefined;
}
