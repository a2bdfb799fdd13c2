import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { sourceExcerpt } from '#libs/oauth';
import { pathOf, readText, RefusedError, type AdminClient, type Query } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import { adminClient, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, moment, table, type Terminal } from '../terminal.ts';
import { testsInWords, type Tests } from './procedure-sample.ts';

/** What has a text in versions of which one is active: procedures, and the libraries they use. */
export interface ScriptSort {
  /** Such as `procedure`, as commands name it. */
  readonly word: string;
  /** Its path in the admin API, such as `procedures`. */
  readonly path: string;
  /** An id for examples. */
  readonly example: string;
  /** What happens to an active version: `answer`. */
  readonly purpose: string;
}

export const PROCEDURE: ScriptSort = { word: 'procedure', path: 'procedures', example: 'phantom-token', purpose: 'answer' };
export const LIBRARY: ScriptSort = {
  word: 'library',
  path: 'libraries',
  example: 'claims',
  purpose: 'be pinned by procedures that are uploaded without naming one',
};

export interface VersionView {
  readonly version: number;
  readonly language?: string;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly libraries?: readonly { readonly library: string; readonly version: number }[];
  readonly secrets?: readonly string[];
}

export interface ScriptFlags extends ConnectionFlags {
  readonly takeOver?: boolean;
}

export interface PushFlags extends ScriptFlags {
  readonly id?: string;
  readonly activate?: boolean;
  readonly note?: string;
}

/** A path of the admin API: `at(LIBRARY, 'claims', 'versions')`. */
export function at(sort: ScriptSort, id: string, ...rest: readonly string[]): string {
  return pathOf(sort.path, id, ...rest);
}

/** The versions of a script as a table, the active one starred. */
export function versionTable(versions: readonly VersionView[], active: number | null): string {
  const rows = versions.map(({ version, language = 'javascript', createdAt, createdBy, note, libraries = [], secrets = [] }) => [
    `${version}${version === active ? ' *' : ''}`,
    language,
    moment(createdAt),
    createdBy,
    [...libraries.map((pin) => `${pin.library}@${pin.version}`), ...secrets.map((secret) => `secret:${secret}`)].join(' '),
    note,
  ]);
  const headings = ['VERSION', 'LANGUAGE', 'UPLOADED', 'BY', 'USES', 'NOTE'];
  return `${table(headings, rows)}${active === null ? 'No version is active.\n' : ''}`;
}

/** The command that uploads a file, without what only procedures have. */
export function pushCommand(sort: ScriptSort, description: string): Command {
  return takingOver(remote(new Command('push').description(description)))
    .argument('<file>', 'JavaScript, or TypeScript where its name ends with .ts')
    .option('--id <id>', `${sort.word} (default: the name of the file without .js or .ts)`)
    .option('--activate', `let it ${sort.purpose} at once`)
    .addOption(new Option('--note <text>', 'what is new in it'));
}

/** Uploads a file as a version; says what the check found as places in it. */
export async function push(sort: ScriptSort, file: string, flags: PushFlags, query: Query, terminal: Terminal): Promise<void> {
  const id = flags.id ?? basename(file).replace(/\.[cm]?[jt]s$/, '');
  const body = readText(file, `the ${sort.word}`);
  const type = isTypeScript(file) ? 'text/typescript' : 'text/javascript';
  const made = await located({ file, text: body }, () =>
    adminClient(flags, terminal.env).send<VersionView & { active?: boolean; tests?: Tests | null; warnings?: readonly Finding[] }>(
      'POST',
      at(sort, id, 'versions'),
      {
        query: { ...query, activate: flags.activate, note: flags.note, takeOver: flags.takeOver },
        text: { type, body },
      },
    ),
  );
  for (const warning of made.warnings ?? [])
    terminal.err(harmless(`${pointedOut({ file, text: body }, { ...warning, message: `${warning.message} (warning)` })}\n`));
  const state = made.active === true ? ', which is active.' : `; activate it with: tokenwright ${sort.word} activate ${id} ${made.version}`;
  const failing = made.tests?.state === 'failed' && made.active !== true;
  terminal.out(flags.json === true ? json(made) : `Uploaded ${id} version ${made.version}${state}\n`);
  if (!failing) return;
  terminal.err(harmless(testsInWords(made.tests as Tests)));
  if (flags.activate === true)
    throw new CommandError(
      `version ${made.version} fails in samples, so it is stored and not active; activate it all the same with --even-if-failing`,
    );
}

/** Whether a file is TypeScript by its name. */
export function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

/** A text with the name of its file. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

export interface Finding {
  readonly line?: number;
  readonly column?: number;
  /** The library whose text is meant, if it is not the file's. */
  readonly library?: string;
  readonly message: string;
}

/** A finding or fault with its place in a file. */
export function placed(file: string, finding: Finding): string {
  return `${whereabouts(file, finding)}: ${finding.message}`;
}

/** A place in a file or in a library. */
export function whereabouts(file: string, { line, column, library }: Omit<Finding, 'message'>): string {
  return `${library === undefined ? file : `library ${library}`}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
}

/** A finding or fault with its place, and the line that is meant where that is in the text. */
export function pointedOut(source: NamedText, finding: Finding): string {
  const { line, column, library } = finding;
  const excerpt = line === undefined || library !== undefined ? [] : sourceExcerpt(source.text, line, column);
  return [placed(source.file, finding), ...excerpt].join('\n');
}

/** Says findings of the check as places in the file. */
export async function located<T>(source: NamedText | null, upload: () => Promise<T>): Promise<T> {
  try {
    return await upload();
  } catch (error) {
    if (source === null || !(error instanceof RefusedError) || error.problem !== 'procedure-refused') throw error;
    throw new CommandError([error.message, ...error.details.map((finding) => pointedOut(source, finding))].join('\n'), { cause: error });
  }
}

/** The text of a version, and its number: the one that a flag of this name says, else the active one. */
export async function textOf(
  client: AdminClient,
  sort: ScriptSort,
  id: string,
  flag: string | undefined,
  name = '--version',
): Promise<{ readonly version: number; readonly source: string }> {
  const version = flag === undefined ? await activeVersion(client, sort, id, name) : wholeNumber(name, flag);
  return { version, source: await client.text('GET', at(sort, id, 'versions', String(version), 'source')) };
}

/** The version that is active. @throws CommandError when none is: the flag says which one then */
export async function activeVersion(client: AdminClient, sort: ScriptSort, id: string, flag: string): Promise<number> {
  const { activeVersion } = await client.get<{ activeVersion: number | null }>(at(sort, id));
  if (activeVersion === null) throw new CommandError(`${sort.word} "${id}" has no active version; say which with ${flag}`);
  return activeVersion;
}

/** `procedure activate`, `library activate`. */
export function activateCommand(sort: ScriptSort, terminal: Terminal): Command {
  return takingOver(remote(new Command('activate').description(`Let a version ${sort.purpose}`)))
    .argument('<id>')
    .argument('<version>')
    .addHelpText('after', `\nExample:\n  tokenwright ${sort.word} activate ${sort.example} 3`)
    .action(async (id: string, version: string, flags: ScriptFlags) => {
      const body = { version: wholeNumber('the version', version) };
      const changed = await adminClient(flags, terminal.env).send<unknown>('POST', at(sort, id, 'activate'), {
        query: { takeOver: flags.takeOver },
        json: body,
      });
      terminal.out(flags.json === true ? json(changed) : `Version ${body.version} of ${id} is active.\n`);
    });
}
