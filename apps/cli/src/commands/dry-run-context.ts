import { Option, type Command } from 'commander';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { pairs, several } from '../flags.ts';
import type { Terminal } from '../terminal.ts';

/** What a procedure is tried in, from flags. */
export interface ContextFlags {
  readonly context?: string;
  readonly sample?: string;
  readonly endpoint?: string;
  readonly client?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly presentedTokenFile?: string;
  readonly scope?: readonly string[];
  readonly form?: readonly string[];
  readonly header?: readonly string[];
  readonly query?: readonly string[];
  readonly clientIp?: string;
  readonly tokenData?: string;
  readonly metadata?: string;
  readonly inactive?: boolean;
  readonly answers?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Adds the flags of `ContextFlags`. */
export function withContext(command: Command): Command {
  return command
    .option('--context <file>', 'JSON file with what it is tried in, in the members of the admin API; flags win over it')
    .addOption(
      new Option('--sample <name>', 'begin with this sample of the flow: "flow show" lists them; flags win over it').conflicts('context'),
    )
    .option('--endpoint <id>', "endpoint it would answer at (default: the first of the flow's kind)")
    .option('--client <id>', 'calling client (default: a sample)')
    .option('--account <name>', 'username or id of an account, who the flow is about')
    .addOption(new Option('--subject <subject>', 'who the flow is about, where there is no account').conflicts('account'))
    .option('--presented-token-file <file>', 'file with a token of the profile that is looked up and presented, - for standard input')
    .addOption(new Option('--scope <scope>', 'scope asked for or granted; may be repeated').argParser(several))
    .addOption(new Option('--form <name=text>', 'form parameter of the request; may be repeated').argParser(several))
    .addOption(new Option('--header <name=text>', 'header of the request; may be repeated').argParser(several))
    .addOption(new Option('--query <name=text>', 'query parameter of the request; may be repeated').argParser(several))
    .option('--client-ip <address>', 'address that the request comes from')
    .addOption(new Option('--token-data <json>', 'introspection: data of the presented token').conflicts('presentedTokenFile'))
    .option('--metadata <json>', 'client registration: metadata of the request')
    .option(
      '--answers <file>',
      'JSON file with what services answer, as in [{ "call": "http", "answer": { "statusCode": 200, "body": {} } }]',
    )
    .addOption(new Option('--inactive', 'introspection: present an inactive token').conflicts(['tokenData', 'presentedTokenFile']));
}

/** What single flags say, before anybody is asked. @throws UsageError, CommandError */
export async function saidContext(flags: ContextFlags, terminal: Terminal): Promise<Members> {
  const { endpoint, client, account, subject, scope, form, header, query, clientIp, tokenData, metadata, answers } = flags;
  const request = present({
    headers: header && pairs('--header', header),
    query: query && pairs('--query', query),
    clientIpAddress: clientIp,
  });
  return present({
    ...{ endpoint, client, account, subject, scopes: scope, form: form && pairs('--form', form) },
    token: flags.presentedTokenFile === undefined ? undefined : await tokenIn(flags.presentedTokenFile, terminal),
    tokenData: flags.inactive === true ? null : tokenData === undefined ? undefined : objectOf(tokenData, '--token-data'),
    metadata: metadata === undefined ? undefined : objectOf(metadata, '--metadata'),
    request: Object.keys(request).length === 0 ? undefined : request,
    answers: answers === undefined ? undefined : jsonIn(answers, 'the answers'),
  });
}

/** Members of which only one may be: what a flag says puts the other one out. */
const INSTEAD: Readonly<Record<string, string>> = { token: 'tokenData', tokenData: 'token', account: 'subject', subject: 'account' };

/** What single flags say, over the file or the sample to begin with. @throws UsageError for a sample that there is not */
export async function wholeContext(client: AdminClient, flow: string, flags: ContextFlags, said: Members): Promise<Members> {
  const base = flags.context !== undefined ? fileMembers(flags.context) : await sampleMembers(client, flow, flags.sample);
  const out = Object.keys(said).map((member) => INSTEAD[member]);
  return { ...Object.fromEntries(Object.entries(base).filter(([member]) => !out.includes(member))), ...said };
}

async function sampleMembers(client: AdminClient, flow: string, name: string | undefined): Promise<Members> {
  if (name === undefined) return {};
  const { samples } = await client.get<{ samples: readonly { name: string; context: Members }[] }>(pathOf('flows', flow));
  const sample = samples.find((one) => one.name === name);
  if (sample === undefined) throw new UsageError(`flow ${flow} has no sample "${name}": ${samples.map((one) => one.name).join(', ')}`);
  return sample.context;
}

function fileMembers(file: string): Members {
  const members = jsonIn(file, 'the context');
  if (!isObject(members)) throw new UsageError(`${file} must hold a JSON object, such as { "client": "web-app", "scopes": ["read"] }`);
  return members;
}

/** Never an argument: those everybody on the machine can see, and the shell keeps them. */
async function tokenIn(file: string, terminal: Terminal): Promise<string> {
  const token = (file === '-' ? await terminal.read() : readText(file, 'the token')).trim();
  if (token === '') throw new UsageError(`there is no token in ${file === '-' ? 'the standard input' : file}`);
  return token;
}

function jsonIn(file: string, what: string): unknown {
  try {
    return JSON.parse(readText(file, what));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(`${file} is not JSON`, { cause: error });
    throw error;
  }
}

function objectOf(text: string, flag: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below, as for any other text that is no object.
  }
  throw new UsageError(`${flag} must be a JSON object`);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
