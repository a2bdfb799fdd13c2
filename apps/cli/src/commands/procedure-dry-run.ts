import { Command, Option } from 'commander';
import { readText, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json, several, wholeNumber } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { saidContext, wholeContext, withContext, type ContextFlags } from './dry-run-context.ts';
import { reportInWords, type Report } from './dry-run-text.ts';
import { isTypeScript, located, type NamedText } from './scripts.ts';

interface Flags extends ConnectionFlags, ContextFlags {
  readonly profile?: string;
  readonly flow?: string;
  readonly library?: readonly string[];
}

/** `procedure dry-run`: runs a procedure against a sample, storing and issuing nothing. Exit code 1 when it fails. */
export function dryRunCommand(terminal: Terminal): Command {
  const command = new Command('dry-run').description('Try a procedure: nothing is stored, nothing signed with a real key');
  return withContext(inProfile(remote(command)))
    .argument('<file|id>', 'file that is not uploaded, or a procedure, such as phantom-token@3 (default: its active version)')
    .option('--flow <flow>', 'for a file: the flow it is for')
    .addOption(
      new Option(
        '--library <name@n>',
        'for a file: stored library that it uses (default: its active version); may be repeated, in the order of evaluation',
      ).argParser(several),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure dry-run phantom-token.js --flow oauth-introspect\n  tokenwright procedure dry-run phantom-token@2 --inactive\n  tokenwright procedure dry-run phantom-token --sample inactive-token --client gateway_client\n  tokenwright procedure dry-run mine.js --flow oauth-introspect --presented-token-file - < token.txt\n  tokenwright procedure dry-run enrich.ts --flow oauth-introspect --library claims --answers answers.json',
    )
    .action(async (what: string, flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const said = await saidContext(flags, terminal);
      const { program, flow, source } = await programOf(client, what, flags);
      const context = await wholeContext(client, flow, flags, said);
      const request = {
        profile: await profileOf(client, flags.profile),
        flow,
        program,
        ...(Object.keys(context).length === 0 ? {} : { context }),
      };
      const report = await located(source, () => client.send<Report>('POST', 'dry-run', { json: request }));
      terminal.out(flags.json === true ? json(report) : harmless(reportInWords(what, source, report)));
      if (report.outcome === 'fault' || report.outcome === 'refused')
        throw new CommandError(`the procedure did not deliver (${report.outcome})`);
    });
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
