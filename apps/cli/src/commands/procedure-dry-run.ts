import { Command, Option } from 'commander';
import { readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json, several, wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { isTypeScript, located, placed, pointedOut, whereabouts, type Finding, type NamedText } from './scripts.ts';

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly flow?: string;
  readonly library?: readonly string[];
  readonly endpoint?: string;
  readonly client?: string;
  readonly scope?: readonly string[];
  readonly form?: readonly string[];
  readonly tokenData?: string;
  readonly metadata?: string;
  readonly inactive?: boolean;
  readonly answers?: string;
}

type Place = Omit<Finding, 'message'>;

interface Report {
  readonly outcome: 'answered' | 'rejected' | 'fault' | 'refused';
  readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
  readonly fault: (Finding & { readonly kind: string; readonly stack?: readonly Place[] }) | null;
  readonly findings: readonly Finding[];
  readonly issued: readonly { readonly claims: unknown }[];
  readonly effects: readonly { readonly kind: string; readonly detail: unknown }[];
  readonly log: readonly { readonly level: string; readonly message: string }[];
  readonly calls?: readonly { readonly kind: string; readonly target: string; readonly outcome: string }[];
  readonly usage: { readonly wallMilliseconds: number; readonly heapBytes: number; readonly runs: number } | null;
}

/** `procedure dry-run`: runs a procedure against a sample, storing and issuing nothing. Exit code 1 when it fails. */
export function dryRunCommand(terminal: Terminal): Command {
  return inProfile(remote(new Command('dry-run').description('Try a procedure: nothing is stored, nothing signed with a real key')))
    .argument('<file|id>', 'file that is not uploaded, or a procedure, such as phantom-token@3 (default: its active version)')
    .option('--flow <flow>', 'for a file: the flow it is for')
    .addOption(
      new Option(
        '--library <name@n>',
        'for a file: stored library that it uses (default: its active version); may be repeated, in the order of evaluation',
      ).argParser(several),
    )
    .option('--endpoint <id>', "endpoint it would answer at (default: the first of the flow's kind)")
    .option('--client <id>', 'calling client (default: a sample)')
    .addOption(new Option('--scope <scope>', 'scope asked for or granted; may be repeated').argParser(several))
    .addOption(new Option('--form <name=text>', 'form parameter of the request; may be repeated').argParser(several))
    .option('--token-data <json>', 'introspection: data of the presented token')
    .option('--metadata <json>', 'client registration: metadata of the request')
    .option(
      '--answers <file>',
      'JSON file with what services answer, as in [{ "call": "http", "answer": { "statusCode": 200, "body": {} } }]',
    )
    .option('--inactive', 'introspection: present an inactive token')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure dry-run phantom-token.js --flow oauth-introspect\n  tokenwright procedure dry-run phantom-token@2 --inactive\n  tokenwright procedure dry-run enrich.ts --flow oauth-introspect --library claims --answers answers.json',
    )
    .action(async (what: string, flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const { program, flow, source } = await programOf(client, what, flags);
      const request = { profile: await profileOf(client, flags.profile), flow, program, ...sampleOf(flags) };
      const report = await located(source, () => client.send<Report>('POST', 'dry-run', { json: request }));
      terminal.out(flags.json === true ? json(report) : harmless(inWords(what, source, report)));
      if (report.outcome === 'fault' || report.outcome === 'refused')
        throw new CommandError(`the procedure did not deliver (${report.outcome})`);
    });
}

function sampleOf(flags: Flags): object {
  const { endpoint, client: caller, scope, form } = flags;
  if (flags.inactive === true && flags.tokenData !== undefined) throw new UsageError('give either --inactive or --token-data');
  const tokenData = flags.inactive === true ? null : flags.tokenData === undefined ? undefined : objectOf(flags.tokenData, '--token-data');
  const fields = form === undefined ? undefined : Object.fromEntries(form.map(fieldOf));
  return {
    endpoint,
    client: caller,
    scopes: scope,
    form: fields,
    tokenData,
    metadata: flags.metadata === undefined ? undefined : objectOf(flags.metadata, '--metadata'),
    answers: flags.answers === undefined ? undefined : answersIn(flags.answers),
  };
}

async function programOf(
  client: AdminClient,
  what: string,
  { flow, library: libraries }: Flags,
): Promise<{ readonly program: object; readonly flow: string; readonly source: NamedText | null }> {
  if (/\.[cm]?[jt]s$|\//.test(what)) {
    if (flow === undefined) throw new UsageError('say with --flow which flow the file is for');
    const language = isTypeScript(what) ? 'typescript' : undefined;
    const text = readText(what, 'the procedure');
    return { program: { source: text, language, libraries }, flow, source: { file: what, text } };
  }
  if (libraries !== undefined) throw new UsageError('--library is for a file: a stored version has the libraries it was uploaded with');
  const [id = '', number] = what.split('@');
  const procedure = await client.get<{ flow: string; activeVersion: number | null }>(`procedures/${encodeURIComponent(id)}`);
  const version = number === undefined ? procedure.activeVersion : wholeNumber('the version', number);
  if (version === null) throw new CommandError(`procedure "${id}" has no active version; say which: ${id}@1`);
  return { program: { procedure: id, version }, flow: flow ?? procedure.flow, source: null };
}

function answersIn(file: string): unknown {
  try {
    return JSON.parse(readText(file, 'the answers'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(`${file} is not JSON`, { cause: error });
    throw error;
  }
}

function objectOf(text: string, flag: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, as for any other text that is no object.
  }
  throw new UsageError(`${flag} must be a JSON object`);
}

function fieldOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--form must be name=text, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function inWords(
  what: string,
  source: NamedText | null,
  { outcome, answer, fault, findings, issued, effects, log, calls = [], usage }: Report,
): string {
  const lines = [`${outcome}, status ${answer.status}`];
  const said = (finding: Finding) => (source === null ? placed(what, finding) : pointedOut(source, finding));
  // Those of a procedure that ran are advice.
  const mark = outcome === 'refused' ? '' : ' (warning)';
  for (const finding of findings) lines.push(said({ ...finding, message: `${finding.message}${mark}` }));
  if (fault !== null) {
    lines.push(said({ ...fault, message: `${fault.kind}: ${fault.message}` }));
    // The first is the place of the fault itself.
    for (const place of (fault.stack ?? []).slice(1)) lines.push(`    at ${whereabouts(what, place)}`);
  }
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`);
  if (answer.body !== '') lines.push('', answer.body, '');
  for (const { claims } of issued) lines.push(`issued ${JSON.stringify(claims)}`);
  for (const { kind, target, outcome } of calls) lines.push(`called ${[kind, target].filter((part) => part !== '').join(' ')}: ${outcome}`);
  for (const { kind, detail } of effects) lines.push(`effect ${kind} ${JSON.stringify(detail)}`);
  for (const { level, message } of log) lines.push(`log ${level} ${message}`);
  if (usage !== null)
    lines.push(
      `took ${usage.wallMilliseconds} ms, ${Math.round(usage.heapBytes / 1024)} KiB of heap, ${usage.runs} run${usage.runs === 1 ? '' : 's'}`,
    );
  return `${lines.join('\n')}\n`;
}
