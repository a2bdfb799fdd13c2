import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { createTwoFilesPatch } from 'diff';
import { pathOf, readText, RefusedError, type AdminClient } from '../admin-client.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import { harmless, moment, table, type Terminal } from '../terminal.ts';
import { dryRunCommand } from './procedure-dry-run.ts';

interface ProcedureView {
  readonly id: string;
  readonly flow: string;
  readonly description: string;
  readonly activeVersion: number | null;
  readonly origin: string;
}

interface VersionView {
  readonly version: number;
  readonly note: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly digest: string;
}

interface Flags extends ConnectionFlags {
  readonly takeOver?: boolean;
}

/** `procedure`: everything about token procedures. */
export function procedureCommand(terminal: Terminal): Command {
  const command = new Command('procedure').description('Manage token procedures');
  for (const make of [list, push, pull, diff, activate, rollback, bind, unbind, dryRunCommand]) command.addCommand(make(terminal));
  return command;
}

const open = (flags: ConnectionFlags, terminal: Terminal) => adminClient(flags, terminal.env);
const at = (id: string, ...rest: readonly string[]) => pathOf('procedures', id, ...rest);

function list(terminal: Terminal): Command {
  return remote(new Command('list').description('List procedures, or the versions of one'))
    .argument('[id]')
    .addHelpText('after', '\nExamples:\n  tokenwright procedure list\n  tokenwright procedure list phantom-token')
    .action(async (id: string | undefined, flags: Flags) => {
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
      const { activeVersion } = await client.get<ProcedureView>(at(id));
      const items = await client.list<VersionView>(at(id, 'versions'));
      const rows = items.map(({ version, createdAt, createdBy, note }) => [
        `${version}${version === activeVersion ? ' *' : ''}`,
        moment(createdAt),
        createdBy,
        note,
      ]);
      terminal.out(
        flags.json === true
          ? json(items)
          : `${table(['VERSION', 'UPLOADED', 'BY', 'NOTE'], rows)}${activeVersion === null ? 'No version is active.\n' : ''}`,
      );
    });
}

interface PushFlags extends Flags {
  readonly id?: string;
  readonly flow?: string;
  readonly activate?: boolean;
  readonly note?: string;
}

function push(terminal: Terminal): Command {
  return takingOver(remote(new Command('push').description('Upload a file as a new version')))
    .argument('<file>')
    .option('--id <id>', 'procedure (default: the name of the file without .js)')
    .option('--flow <flow>', 'make the procedure for this flow if there is none')
    .option('--activate', 'let it answer at once')
    .option('--note <text>', 'what is new in it')
    .addHelpText(
      'after',
      '\nExample:\n  tokenwright procedure push procedures/examples/phantom-token.js --flow oauth-introspect --activate',
    )
    .action(async (file: string, flags: PushFlags) => {
      const id = flags.id ?? basename(file).replace(/\.(c|m)?js$/, '');
      const source = readText(file, 'the procedure');
      const query = { flow: flags.flow, activate: flags.activate, note: flags.note, takeOver: flags.takeOver };
      const text = { type: 'text/javascript', body: source };
      const made = await located(file, () =>
        open(flags, terminal).send<VersionView & { active?: boolean; warnings?: readonly Finding[] }>('POST', at(id, 'versions'), {
          query,
          text,
        }),
      );
      for (const warning of made.warnings ?? []) terminal.err(harmless(`${placed(file, warning)} (warning)\n`));
      terminal.out(
        flags.json === true
          ? json(made)
          : `Uploaded ${id} version ${made.version}${made.active === true ? ', which is active' : `; activate it with: tokenwright procedure activate ${id} ${made.version}`}.\n`,
      );
    });
}

interface Finding {
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

const placed = (file: string, { line, column, message }: Finding) =>
  `${file}${line === undefined ? '' : `:${line}:${column ?? 1}`}: ${message}`;

/** Says findings of the upload check as places in the file. */
async function located<T>(file: string, upload: () => Promise<T>): Promise<T> {
  try {
    return await upload();
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem !== 'procedure-refused') throw error;
    throw new CommandError([error.message, ...error.details.map((finding) => placed(file, finding))].join('\n'), { cause: error });
  }
}

function pull(terminal: Terminal): Command {
  return remote(new Command('pull').description('Download the text of a version'))
    .argument('<id>')
    .option('--version <n>', 'version (default: the active one)')
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .addHelpText('after', '\nExample:\n  tokenwright procedure pull phantom-token -o phantom-token.js')
    .action(async (id: string, flags: Flags & { readonly version?: string; readonly output?: string }) => {
      const client = open(flags, terminal);
      const version = flags.version === undefined ? await activeVersion(client, id) : wholeNumber('--version', flags.version);
      const source = await client.text('GET', at(id, 'versions', String(version), 'source'));
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

async function activeVersion(client: AdminClient, id: string): Promise<number> {
  const { activeVersion } = await client.get<ProcedureView>(at(id));
  if (activeVersion === null) throw new CommandError(`procedure "${id}" has no active version; say which with --version`);
  return activeVersion;
}

function diff(terminal: Terminal): Command {
  return remote(new Command('diff').description('Compare two versions, or the active one with a file'))
    .argument('<id>')
    .argument('[file]', 'compare the active version (or --from) with this file')
    .option('--from <n>', 'version (default: the active one)')
    .option('--to <n>', 'version (default: the latest)')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright procedure diff phantom-token\n  tokenwright procedure diff phantom-token phantom-token.js',
    )
    .action(async (id: string, file: string | undefined, flags: Flags & { readonly from?: string; readonly to?: string }) => {
      if (file !== undefined && flags.to !== undefined) throw new UsageError('give either a file or --to');
      const client = open(flags, terminal);
      const from = flags.from === undefined ? await activeVersion(client, id) : wholeNumber('--from', flags.from);
      const text = file === undefined ? await betweenVersions(client, id, from, flags.to) : await withFile(client, id, from, file);
      terminal.out(
        flags.json === true ? json({ id, diff: text }) : text === '' ? 'No difference.\n' : terminal.isInteractive ? harmless(text) : text,
      );
    });
}

async function betweenVersions(client: AdminClient, id: string, from: number, to: string | undefined): Promise<string> {
  const versions = to === undefined ? await client.list<VersionView>(at(id, 'versions')) : [];
  const latest = versions.reduce((most, { version }) => Math.max(most, version), from);
  return client.text('GET', at(id, 'diff'), { query: { from, to: to === undefined ? latest : wholeNumber('--to', to) } });
}

async function withFile(client: AdminClient, id: string, version: number, file: string): Promise<string> {
  const stored = await client.text('GET', at(id, 'versions', String(version), 'source'));
  const local = readText(file, 'the procedure');
  return stored === local ? '' : createTwoFilesPatch(`${id}@${version}`, file, stored, local);
}

function activate(terminal: Terminal): Command {
  return takingOver(remote(new Command('activate').description('Let a version answer')))
    .argument('<id>')
    .argument('<version>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure activate phantom-token 3')
    .action(async (id: string, version: string, flags: Flags) => {
      const body = { version: wholeNumber('the version', version) };
      const changed = await open(flags, terminal).send<ProcedureView>('POST', at(id, 'activate'), {
        query: { takeOver: flags.takeOver },
        json: body,
      });
      terminal.out(flags.json === true ? json(changed) : `Version ${body.version} of ${id} is active.\n`);
    });
}

function rollback(terminal: Terminal): Command {
  return takingOver(remote(new Command('rollback').description('Let the version answer that was active before')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright procedure rollback phantom-token')
    .action(async (id: string, flags: Flags) => {
      const changed = await open(flags, terminal).send<ProcedureView>('POST', at(id, 'rollback'), { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json(changed) : `Version ${String(changed.activeVersion)} of ${id} is active again.\n`);
    });
}

interface BindFlags extends Flags {
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
      const flow = flags.flow ?? (await client.get<ProcedureView>(at(id))).flow;
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
