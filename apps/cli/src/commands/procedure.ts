import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, several, wholeNumber } from '../flags.ts';
import { harmless, table, type Terminal } from '../terminal.ts';
import { dryRunCommand } from './procedure-dry-run.ts';
import { newCommand } from './procedure-new.ts';
import { tailCommand } from './procedure-tail.ts';
import { sampleCommand } from './procedure-sample.ts';
import { activateProcedureCommand } from './procedure-activate.ts';
import { createProcedureCommand, showProcedureCommand } from './procedure-entity.ts';
import { testCommand } from './procedure-test.ts';
import { checkProcedureCommand } from './script-check.ts';
import { diffProcedureCommand } from './script-diff.ts';
import { deleteCommand, describeCommand } from './script-entity.ts';
import { at, PROCEDURE, push, pushCommand, textOf, versionTable, type PushFlags, type ScriptFlags, type VersionView } from './scripts.ts';

interface ProcedureView {
  readonly id: string;
  readonly flow: string;
  readonly description: string;
  readonly activeVersion: number | null;
  readonly origin: string;
}

/** `procedure`: everything about token procedures. */
export function procedureCommand(terminal: Terminal): Command {
  const command = new Command('procedure').description('Manage token procedures');
  const commands = [
    list,
    showProcedureCommand,
    createProcedureCommand,
    describe,
    remove,
    checkProcedureCommand,
    upload,
    pull,
    diff,
    activate,
    rollback,
    bind,
    unbind,
    tailCommand,
    dryRunCommand,
    testCommand,
    sampleCommand,
    newCommand,
  ];
  for (const make of commands) command.addCommand(make(terminal));
  return command;
}

const open = (flags: ConnectionFlags, terminal: Terminal) => adminClient(flags, terminal.env);
const diff = diffProcedureCommand;
const describe = (terminal: Terminal) => describeCommand(PROCEDURE, terminal);
const remove = (terminal: Terminal) =>
  deleteCommand(PROCEDURE, 'Delete a procedure that nothing is bound to, with all its versions', terminal);
const activate = activateProcedureCommand;

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List procedures, or the versions of one'))
    .argument('[id]')
    .addHelpText('after', '\nExamples:\n  tokenwright procedure list\n  tokenwright procedure list phantom-token')
    .action(async (id: string | undefined, flags: ScriptFlags) => {
      const client = open(flags, terminal);
      if (id === undefined) {
        const items = await client.list<ProcedureView>('procedures');
        const rows = items.map(({ id, flow, activeVersion, description, origin }) => [
          id,
          flow,
          activeVersion === null ? '-' : String(activeVersion),
          origin,
          description,
        ]);
        terminal.out(flags.json === true ? json(items) : table(['ID', 'FLOW', 'ACTIVE', 'MADE BY', 'DESCRIPTION'], rows));
        return;
      }
      const { activeVersion } = await client.get<ProcedureView>(at(PROCEDURE, id));
      const items = await client.list<VersionView>(at(PROCEDURE, id, 'versions'));
      terminal.out(flags.json === true ? json(items) : versionTable(items, activeVersion));
    });
}

interface UploadFlags extends PushFlags {
  readonly evenIfFailing?: boolean;
  readonly flow?: string;
  readonly library?: readonly string[];
  readonly secret?: readonly string[];
}

function upload(terminal: Terminal): Command {
  return pushCommand(PROCEDURE, 'Upload a file as a new version')
    .option('--flow <flow>', 'make the procedure for this flow if there is none')
    .option('--even-if-failing', 'with --activate: also when it fails in a sample')
    .addOption(
      new Option(
        '--library <name@n>',
        'library that it uses, pinned to a version (default: its active one); may be repeated, in the order of evaluation',
      ).argParser(several),
    )
    .addOption(new Option('--secret <name>', 'secret that it may read once it is activated or bound; may be repeated').argParser(several))
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure push procedures/examples/phantom-token.js --flow oauth-introspect --activate\n  tokenwright procedure push enrich.ts --library claims@2 --secret api-key',
    )
    .action((file: string, flags: UploadFlags) =>
      push(
        PROCEDURE,
        file,
        flags,
        { flow: flags.flow, library: flags.library, secret: flags.secret, evenIfFailing: flags.evenIfFailing },
        terminal,
      ),
    );
}

function pull(terminal: Terminal): Command {
  return remote(new Command('pull').description('Download the text of a version'))
    .argument('<id>')
    .option('--version <n>', 'version (default: the active one)')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .addHelpText('after', '\nExample:\n  tokenwright procedure pull phantom-token -o phantom-token.js')
    .action(async (id: string, flags: ScriptFlags & { readonly version?: string; readonly output?: string }) => {
      const { version, source } = await textOf(open(flags, terminal), PROCEDURE, id, flags.version);
      if (flags.output !== undefined) writeFileSync(flags.output, source);
      if (flags.json === true) terminal.out(json({ id, version, ...(flags.output === undefined ? { source } : { file: flags.output }) }));
      else
        terminal.out(
          flags.output === undefined
            ? terminal.isInteractive
              ? harmless(source)
              : source
            : `Wrote ${id} version ${version} to ${flags.output}.\n`,
        );
    });
}

function rollback(terminal: Terminal): Command {
  return takingOver(remote(new Command('rollback').description('Let the version answer that was active before')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure rollback phantom-token')
    .action(async (id: string, flags: ScriptFlags) => {
      const changed = await open(flags, terminal).send<ProcedureView>('POST', at(PROCEDURE, id, 'rollback'), {
        query: { takeOver: flags.takeOver },
      });
      terminal.out(flags.json === true ? json(changed) : `Version ${String(changed.activeVersion)} of ${id} is active again.\n`);
    });
}

interface BindFlags extends ScriptFlags {
  readonly profile?: string;
  readonly endpoint: string;
  readonly flow?: string;
  readonly version?: string;
}

const endpointOption = () => new Option('--endpoint <id>', 'endpoint at which it answers').makeOptionMandatory();

function bind(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('bind').description('Let a procedure answer at an endpoint'))))
    .argument('<id>')
    .addOption(endpointOption())
    .option('--flow <flow>', "flow of the endpoint (default: the procedure's)")
    .option('--version <n>', 'pin a version (default: always the active one)')
    .addHelpText('after', '\nExample:\n  tokenwright procedure bind phantom-token --endpoint introspection')
    .action(async (id: string, flags: BindFlags) => {
      const client = open(flags, terminal);
      const version = flags.version === undefined ? null : wholeNumber('--version', flags.version);
      const profile = await profileOf(client, flags.profile);
      const flow = flags.flow ?? (await client.get<ProcedureView>(at(PROCEDURE, id))).flow;
      const path = pathOf('profiles', profile, 'endpoints', flags.endpoint, 'bindings', flow);
      const bound = await client.send('PUT', path, { query: { takeOver: flags.takeOver }, json: { procedure: id, version } });
      terminal.out(
        flags.json === true
          ? json(bound)
          : `${id}${version === null ? '' : ` version ${version}`} answers ${flow} at ${flags.endpoint} of ${profile}.\n`,
      );
    });
}

function unbind(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('unbind').description('Give a flow of an endpoint back to the shipped default'))))
    .argument('<flow>')
    .addOption(endpointOption())
    .addHelpText('after', '\nExample:\n  tokenwright procedure unbind oauth-introspect --endpoint introspection')
    .action(async (flow: string, flags: BindFlags) => {
      const client = open(flags, terminal);
      const profile = await profileOf(client, flags.profile);
      await client.send('DELETE', pathOf('profiles', profile, 'endpoints', flags.endpoint, 'bindings', flow), {
        query: { takeOver: flags.takeOver },
      });
      terminal.out(flags.json === true ? json({ unbound: flow }) : `The default answers ${flow} at ${flags.endpoint} of ${profile}.\n`);
    });
}
