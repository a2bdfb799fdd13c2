import { Command, CommanderError } from 'commander';
import { ProposedError, RefusedError } from './admin-client.ts';
import { CommandError, EndedWith, UsageError } from './command-error.ts';
import { accountCommand } from './commands/account.ts';
import { adminCommand } from './commands/admin.ts';
import { applyCommand, configCommand, exportCommand } from './commands/configuration.ts';
import { auditCommand } from './commands/audit.ts';
import { bindingCommand } from './commands/binding.ts';
import { completionCommand } from './completion/completion-command.ts';
import { endpointCommand, issuerCommand, profileCommand } from './commands/entity-commands.ts';
import { proposalCommand, proposedInWords } from './commands/proposal.ts';
import { json } from './flags.ts';
import { bucketCommand } from './commands/bucket.ts';
import { clientCommand } from './commands/client.ts';
import { delegationCommand } from './commands/delegation.ts';
import { flowCommand } from './commands/flow.ts';
import { httpClientCommand } from './commands/http-client.ts';
import { keyCommand } from './commands/key.ts';
import { libraryCommand } from './commands/library.ts';
import { pagesCommand } from './commands/pages.ts';
import { procedureCommand } from './commands/procedure.ts';
import { registrationCommand } from './commands/registration.ts';
import { secretCommand } from './commands/secret.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { harmless, type Terminal } from './terminal.ts';

/** Done, failed (or there is a difference), asked wrongly, proposed to another administrator. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The whole command line. */
export function createProgram(terminal: Terminal, version: string): Command {
  const program = new Command('tokenwright')
    .description('An OAuth token service whose flows operators program.')
    .version(version, '-V, --version', 'print the version')
    // Else `procedure bind x --version 1` would print the version of the program.
    .enablePositionalOptions()
    .helpCommand('help [command]', 'explain a command')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 asked wrongly, 3 proposed: another administrator has to approve it.\n"tokenwright COMMAND --help" shows examples.',
    );
  for (const make of [
    startCommand,
    statusCommand,
    applyCommand,
    exportCommand,
    configCommand,
    profileCommand,
    endpointCommand,
    bindingCommand,
    issuerCommand,
    clientCommand,
    flowCommand,
    procedureCommand,
    libraryCommand,
    httpClientCommand,
    secretCommand,
    bucketCommand,
    keyCommand,
    tokenCommand,
    accountCommand,
    pagesCommand,
    delegationCommand,
    registrationCommand,
    adminCommand,
    proposalCommand,
    auditCommand,
  ])
    program.addCommand(make(terminal));
  program.addCommand(completionCommand(program, terminal));
  return behaving(program, terminal);
}

/** Runs a command line; the answer is the exit code of the process. */
export async function run(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  try {
    await createProgram(terminal, version).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof EndedWith) return error.code;
    if (error instanceof ProposedError) {
      terminal.out(args.includes('--json') ? json(error.proposal) : proposedInWords(error.proposal));
      return 3;
    }
    if (!(error instanceof CommandError) && !isForPeople(error)) throw error;
    terminal.err(`${harmless(linesOf(error as Error)).trimEnd()}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function linesOf(error: Error): string {
  const lines = error.message.split('\n').map((line, i) => (i === 0 ? `tokenwright: ${line}` : line));
  const details = error instanceof RefusedError ? error.details : [];
  for (const { pointer, line, column, message } of details) {
    const place = [line === undefined ? '' : `${line}:${column ?? 1}`, pointer ?? ''].filter((part) => part !== '').join(' ');
    lines.push(`  ${place === '' ? '' : `${place}: `}${message}`);
  }
  return lines.join('\n');
}

/** Errors of the service's own parts that are one clear line for operators. */
function isForPeople(error: unknown): boolean {
  return (
    error instanceof Error &&
    ['StartError', 'StoreError', 'ConfigurationFileError', 'ConfigurationError', 'KeySealError'].includes(error.name)
  );
}

/** Sets on all commands what commander has on single ones. */
function behaving(command: Command, terminal: Terminal): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text),
    writeErr: (text) => terminal.err(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'tokenwright: ')),
  });
  command.showHelpAfterError(`(see: ${pathTo(command)} --help)`);
  for (const child of command.commands) behaving(child, terminal);
  return command;
}

function pathTo(command: Command): string {
  return command.parent === null ? command.name() : `${pathTo(command.parent)} ${command.name()}`;
}
