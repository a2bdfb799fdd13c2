import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { SampleFile } from '#libs/procedure-testing';
import { pathOf, readText } from '../admin-client.ts';
import { CommandError } from '../command-error.ts';
import { adminClient, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { harmless, type Terminal } from '../terminal.ts';

/** A sample as the service keeps it. */
export interface Sample {
  readonly name: string;
  readonly description: string;
  readonly sample: Record<string, unknown>;
  readonly expect: Record<string, unknown>;
}

/** `procedure sample pull`: the samples of a procedure as the file that `procedure test` runs. */
export function pullSamples(terminal: Terminal): Command {
  return remote(new Command('pull').description('Write the samples of a procedure to a file that "procedure test" runs'))
    .argument('<procedure>')
    .argument('[file]', 'default: <procedure>.samples.json. What one that is there says of libraries and secrets stays')
    .addHelpText('after', '\nExample:\n  tokenwright procedure sample pull phantom-token oauth-introspect/phantom-token.samples.json')
    .action(async (procedure: string, named: string | undefined, flags: ConnectionFlags) => {
      const file = named ?? `${procedure}.samples.json`;
      const before: Partial<SampleFile> = existsSync(file) ? await fileAt(file) : {};
      const { items } = await adminClient(flags, terminal.env).get<{ items: readonly Sample[] }>(
        pathOf('procedures', procedure, 'samples'),
      );
      const samples = Object.fromEntries(
        items.map(({ name, description, sample, expect }) => [name, { ...(description === '' ? {} : { description }), sample, expect }]),
      );
      try {
        writeFileSync(file, `${JSON.stringify({ ...before, samples }, null, 2)}\n`);
      } catch (error) {
        throw new CommandError(`cannot write the samples: ${(error as Error).message}`, { cause: error });
      }
      terminal.out(flags.json === true ? json({ file, samples: items.length }) : harmless(`Wrote ${counted(items.length)} to ${file}.\n`));
    });
}

interface PushFlags extends ConnectionFlags {
  readonly prune?: boolean;
}

/** `procedure sample push`: the samples of such a file are the procedure's. */
export function pushSamples(terminal: Terminal): Command {
  return remote(new Command('push').description('Save the samples of a file that "procedure test" runs'))
    .argument('<procedure>')
    .argument('<file>', 'as "pull" writes it; of libraries and secrets that it names for tests nothing is sent')
    .option('--prune', 'delete the samples that the file does not have')
    .addHelpText(
      'after',
      '\nExample:\n  tokenwright procedure sample push phantom-token oauth-introspect/phantom-token.samples.json --prune',
    )
    .action(async (procedure: string, file: string, flags: PushFlags) => {
      const { samples } = await fileAt(file);
      const client = adminClient(flags, terminal.env);
      const place = (name: string) => pathOf('procedures', procedure, 'samples', name);
      const { items } = await client.get<{ items: readonly Sample[] }>(pathOf('procedures', procedure, 'samples'));
      const saved: string[] = [];
      for (const [name, { description = '', sample, expect = {} }] of Object.entries(samples)) {
        await client.send('PUT', place(name), { json: { description, sample, expect } }).catch((error: unknown) => {
          const done = saved.length === 0 ? 'none is saved' : `saved before it: ${saved.join(', ')}`;
          throw new CommandError(`sample "${name}" (${done}): ${(error as Error).message}`, { cause: error });
        });
        saved.push(name);
      }
      const pruned = flags.prune === true ? items.map(({ name }) => name).filter((name) => !Object.hasOwn(samples, name)) : [];
      for (const name of pruned) await client.send('DELETE', place(name));
      const words = `Saved ${counted(saved.length)} of ${procedure}.${pruned.length === 0 ? '' : ` Deleted: ${pruned.join(', ')}.`}\n`;
      terminal.out(flags.json === true ? json({ saved, deleted: pruned }) : harmless(words));
    });
}

async function fileAt(file: string): Promise<SampleFile> {
  // Loaded only now: other commands need neither sandbox nor compiler.
  const { readSampleFile, SampleError } = await import('#libs/procedure-testing');
  try {
    return readSampleFile(readText(file, 'the samples'));
  } catch (error) {
    if (error instanceof SampleError) throw new CommandError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function counted(count: number): string {
  return count === 1 ? '1 sample' : `${count} samples`;
}
