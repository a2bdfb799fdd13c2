import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import {
  bundleConfiguration,
  ConfigurationFileError,
  describe,
  describeChange,
  describeProblem,
  type FileProblem,
  type PlannedChange,
} from '#libs/configuration';
import { sourceExcerpt } from '#libs/oauth';
import { readText, RefusedError } from '../admin-client.ts';
import { changesInWords, type ChangeView } from '../changes-in-words.ts';
import { CommandError, EndedWith, UsageError } from '../command-error.ts';
import { adminClient, proposing, remote, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';

interface Applied {
  readonly revision: number;
  readonly changes: readonly Pick<PlannedChange, 'action' | 'kind' | 'key'>[];
  /** Absent from services that know none. */
  readonly warnings?: readonly { readonly kind: PlannedChange['kind']; readonly key: string; readonly message: string }[];
}

interface ApplyFlags extends ConnectionFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly revision?: string;
}

interface ConfigurationDiff extends Pick<Applied, 'revision'> {
  readonly changes: readonly ChangeView[];
  readonly problems: readonly Omit<FileProblem, 'file'>[];
  readonly warnings: NonNullable<Applied['warnings']>;
}

/** `apply`: makes a running service do what a configuration file says. */
export function applyCommand(terminal: Terminal): Command {
  return proposing(remote(new Command('apply').description('Make the running service do what a configuration file says')))
    .argument('<file>', 'configuration file; procedure files and environment variables that it names are read here')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--revision <n>', 'apply it only to this revision of the configuration: the one that "config diff" compared it with')
    .option('--yes', 'do not show the difference and ask before applying, where somebody is at the terminal')
    .addHelpText(
      'after',
      '\nIt replaces what configuration files made and leaves what was made by the admin API. A bucket that the file has no more goes\nwith all that procedures keep in it: look at what --dry-run says first.\n\nExamples:\n  tokenwright apply tokenwright.yaml --dry-run\n  GATEWAY_SECRET=... tokenwright apply tokenwright.yaml\n  tokenwright apply tokenwright.yaml --revision 42',
    )
    .action(async (file: string, flags: ApplyFlags) => {
      let revision = flags.revision === undefined ? undefined : wholeNumber('--revision', flags.revision);
      if (terminal.isInteractive && flags.dryRun !== true && flags.yes !== true) {
        const seen = await wantedRevision(file, flags, terminal);
        if (seen === null) {
          terminal.out('Nothing was changed.\n');
          return;
        }
        revision ??= seen;
      }
      const applied = await apply(file, flags, revision, terminal);
      for (const { kind, key, message } of applied.warnings ?? [])
        terminal.err(harmless(`tokenwright: warning: ${describe(kind, key)}: ${message}\n`));
      terminal.out(flags.json === true ? `${JSON.stringify(applied, null, 2)}\n` : inWords(applied, flags.dryRun === true));
    });
}

async function apply(file: string, flags: ApplyFlags, revision: number | undefined, terminal: Terminal): Promise<Applied> {
  const client = adminClient(flags, terminal.env);
  const { bundle, folder } = await bundled(file, terminal);
  const isSound = bundle.problems.length === 0;
  try {
    const text = { type: 'application/yaml', body: bundle.text };
    const query = { dryRun: isSound ? flags.dryRun : true };
    const ifMatch = revision === undefined ? undefined : `"${revision}"`;
    const applied = await client.send<Applied>('PUT', 'configuration', { query, text, ifMatch });
    if (isSound) return applied;
  } catch (error) {
    if (error instanceof RefusedError && error.details.length > 0) {
      const found = error.details.map(({ pointer = '', line = 1, column = 1, message }) => ({ pointer, line, column, message }));
      throw refused(bundle.problemsWith(found), file, folder);
    }
    if (isSound || !(error instanceof CommandError)) throw error;
    terminal.err(harmless(`tokenwright: there may be more problems that only the service could find: ${error.message}\n`));
  }
  // The service was asked for its problems too, so that all there are show at once.
  throw refused(bundle.problems, file, folder);
}

/** A configuration file with what it names, read here. */
async function bundled(file: string, terminal: Terminal) {
  const folder = dirname(resolve(file));
  const bundle = await bundleConfiguration(readText(file, 'the configuration file'), {
    fileName: file,
    readFile: (path, encoding) => readFileSync(resolve(folder, path), encoding ?? 'utf8'),
    env: terminal.env,
    now: Math.floor(Date.now() / 1000),
  });
  return { bundle, folder };
}

/** What applying a file would do. @throws CommandError with everything that is wrong with the file */
async function difference(file: string, flags: ConnectionFlags, terminal: Terminal): Promise<ConfigurationDiff> {
  const { bundle, folder } = await bundled(file, terminal);
  const client = adminClient(flags, terminal.env);
  const text = { type: 'application/yaml', body: bundle.text };
  const diff = await client.send<ConfigurationDiff>('POST', 'configuration/diff', { text });
  const problems = bundle.problemsWith(diff.problems);
  if (problems.length > 0) throw refused(problems, file, folder);
  return diff;
}

/** Shows the difference to whoever is at the terminal, and asks; answers the revision that it is to, null when it is not wanted. */
async function wantedRevision(file: string, flags: ConnectionFlags, terminal: Terminal): Promise<number | null> {
  const { revision, changes } = await difference(file, flags, terminal);
  if (changes.length === 0) return revision;
  terminal.out(`${changesInWords(changes)}\n`);
  const answers = await terminal.ask(['Apply this? Type yes: ']);
  // Nobody is there to answer: what reads the output has asked for it.
  return answers === null || /^y(es)?$/i.test(answers[0]?.trim() ?? '') ? revision : null;
}

/** `config diff`: what applying a file would do. */
function diffCommand(terminal: Terminal): Command {
  return remote(new Command('diff').description('Show what applying a configuration file would change, member by member'))
    .argument('<file>', 'configuration file; procedure files and environment variables that it names are read here')
    .addHelpText(
      'after',
      '\nSecrets are not shown, only that they change. Exit codes: 0 no difference, 1 differences, 2 the file is refused or cannot be compared.\n\nExample:\n  tokenwright config diff tokenwright.yaml',
    )
    .action(async (file: string, flags: ConnectionFlags) => {
      const diff = await difference(file, flags, terminal).catch((error: unknown) => {
        throw error instanceof CommandError ? new UsageError(error.message) : error;
      });
      for (const { kind, key, message } of diff.warnings)
        terminal.err(harmless(`tokenwright: warning: ${describe(kind, key)}: ${message}\n`));
      const words = () =>
        `${changesInWords(diff.changes)}\nTo apply this and nothing else: tokenwright apply ${file} --revision ${diff.revision}\n`;
      terminal.out(flags.json === true ? json(diff) : diff.changes.length === 0 ? 'No difference.\n' : words());
      if (diff.changes.length > 0) throw new EndedWith(1);
    });
}

/** `config`: the configuration as a file. `apply` and `export` are commands of their own, too. */
export function configCommand(terminal: Terminal): Command {
  const command = new Command('config').description('Compare, apply and export the configuration as a file');
  for (const make of [diffCommand, applyCommand, exportCommand]) command.addCommand(make(terminal));
  return command;
}

/** Every problem, those in texts of procedures and libraries with the line that is meant. */
function refused(problems: readonly FileProblem[], file: string, folder: string): CommandError {
  const error = new ConfigurationFileError(problems);
  const texts = new Map<string, string>();
  const lines = error.problems.flatMap((problem) => {
    // Lines of the configuration itself are not repeated, for there may be secrets in them.
    const path = problem.file === file ? null : resolve(folder, problem.file);
    if (path === null) return [describeProblem(problem)];
    const text = texts.get(path) ?? readText(path, 'the source');
    texts.set(path, text);
    return [describeProblem(problem), ...sourceExcerpt(text, problem.line, problem.column)];
  });
  return new CommandError(lines.join('\n'), { cause: error });
}

function inWords({ revision, changes }: Applied, dryRun: boolean): string {
  const lines = changes.map(describeChange);
  if (lines.length === 0) return `Nothing ${dryRun ? 'would change' : 'to change'}: revision ${revision} has all that the file says.\n`;
  return harmless(`${lines.join('\n')}\n${dryRun ? 'Nothing was changed.' : `Applied as revision ${revision}.`}\n`);
}

/** By this a file is known that an export wrote. */
const EXPORT = '# The configuration of a Tokenwright service';

/** `export`: writes down what a running service is configured to do. */
export function exportCommand(terminal: Terminal): Command {
  return remote(new Command('export').description('Write down the configuration of the running service'))
    .argument('[file]', 'where to write it (default: standard output)')
    .option('--force', 'write over a file that is no export')
    .addHelpText(
      'after',
      '\nClient secrets come out as hashes. Applying the file again changes nothing.\n\nExamples:\n  tokenwright export\n  tokenwright export backup.yaml',
    )
    .action(async (file: string | undefined, flags: ConnectionFlags & { readonly force?: boolean }) => {
      const text = await adminClient(flags, terminal.env).text('GET', 'configuration');
      if (file === undefined) {
        terminal.out(flags.json === true ? `${JSON.stringify({ configuration: text })}\n` : terminal.isInteractive ? harmless(text) : text);
        return;
      }
      if (flags.force !== true && existsSync(file) && !readText(file, 'the file').startsWith(EXPORT))
        throw new CommandError(`${file} exists and is no export; write over it with --force`);
      writeFileSync(file, text, { mode: 0o600 });
      terminal.out(flags.json === true ? `${JSON.stringify({ file })}\n` : `Wrote ${file}.\n`);
    });
}
