import { Command, Option } from 'commander';
import { readText } from '../admin-client.ts';
import { EndedWith } from '../command-error.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json, several } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { isTypeScript, LIBRARY, pointedOut, PROCEDURE, type Finding, type ScriptSort } from './scripts.ts';

interface Flags extends ConnectionFlags {
  readonly flow?: string;
  readonly library?: readonly string[];
  readonly secret?: readonly string[];
}

interface Checked {
  readonly passes: boolean;
  readonly findings: readonly Finding[];
}

/** `library check`. */
export function checkLibraryCommand(terminal: Terminal): Command {
  return checkCommand(LIBRARY, terminal).addHelpText('after', '\nExample:\n  tokenwright library check claims.ts');
}

/** `procedure check`. */
export function checkProcedureCommand(terminal: Terminal): Command {
  return checkCommand(PROCEDURE, terminal)
    .addOption(new Option('--flow <flow>', 'flow that it is for').makeOptionMandatory())
    .addOption(
      new Option(
        '--library <name@n>',
        'stored library that it uses (default: its active version); may be repeated, in the order of evaluation',
      ).argParser(several),
    )
    .addOption(new Option('--secret <name>', 'secret that it reads; may be repeated').argParser(several))
    .addHelpText('after', '\nExample:\n  tokenwright procedure check mine.ts --flow oauth-introspect --library claims');
}

function checkCommand(sort: ScriptSort, terminal: Terminal): Command {
  return remote(
    new Command('check').description('Check a file as an upload would: nothing is stored, nothing runs. Exit code 1 when it fails'),
  )
    .argument('<file>', 'JavaScript, or TypeScript where its name ends with .ts')
    .action(async (file: string, { flow, library: libraries, secret: secrets, ...flags }: Flags) => {
      const source = readText(file, `the ${sort.word}`);
      const language = isTypeScript(file) ? 'typescript' : undefined;
      const body = { source, language, flow: flow ?? null, libraries, secrets };
      const checked = await adminClient(flags, terminal.env).send<Checked>('POST', 'check', { json: body });
      terminal.out(flags.json === true ? json(checked) : harmless(inWords(file, source, checked)));
      if (!checked.passes) throw new EndedWith(1);
    });
}

function inWords(file: string, text: string, { passes, findings }: Checked): string {
  const mark = passes ? ' (warning)' : '';
  const lines = findings.map((finding) => pointedOut({ file, text }, { ...finding, message: `${finding.message}${mark}` }));
  return [...lines, passes ? `${file} passes.` : `${file} does not pass.`, ''].join('\n');
}
