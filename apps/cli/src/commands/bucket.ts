import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';
import { created, unchangedMeanwhile } from './conditions.ts';

interface BucketView {
  readonly id: string;
  readonly description: string;
  readonly origin: string;
}

interface EntryView {
  readonly purpose: string;
  readonly attributes: object;
  readonly updatedAt: number;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

/** `bucket`: stores of attributes that procedures keep between runs. */
export function bucketCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, buckets: pathOf('profiles', await profileOf(client, flags.profile), 'buckets') };
  };

  const create = inProfile(remote(new Command('create').description('Create a bucket')))
    .argument('<id>')
    .option('--description <text>', 'for people')
    .addHelpText('after', '\nExample:\n  tokenwright bucket create consents --description "Who agreed to what"')
    .action(async (id: string, flags: Flags & { readonly description?: string }) => {
      const { client, buckets } = await open(flags);
      const { description } = flags;
      const made = await created(`bucket "${id}"`, () =>
        client.send<BucketView>('PUT', `${buckets}/${pathOf(id)}`, { json: { description }, onlyCreate: true }),
      );
      terminal.out(flags.json === true ? json(made) : `Created bucket ${id}.\n`);
    });

  const list = inProfile(remote(new Command('list').description('List buckets')))
    .addHelpText('after', '\nExample:\n  tokenwright bucket list')
    .action(async (flags: Flags) => {
      const { client, buckets } = await open(flags);
      const items = await client.list<BucketView>(buckets);
      const rows = items.map(({ id, description, origin }) => [id, origin, description]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'MADE BY', 'DESCRIPTION'], rows));
    });

  const remove = takingOver(inProfile(remote(new Command('delete').description('Delete a bucket with all that it holds'))))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright bucket delete consents')
    .action(async (id: string, flags: Flags) => {
      const { client, buckets } = await open(flags);
      await client.send('DELETE', `${buckets}/${pathOf(id)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: id }) : `Deleted bucket ${id}.\n`);
    });

  const describe = takingOver(inProfile(remote(new Command('describe').description('Say anew what a bucket is for'))))
    .argument('<id>')
    .argument('<text>', 'for people; an empty text for none')
    .addHelpText('after', '\nExample:\n  tokenwright bucket describe consents "Who agreed to what, and when"')
    .action(async (id: string, description: string, flags: Flags) => {
      const { client, buckets } = await open(flags);
      const path = `${buckets}/${pathOf(id)}`;
      // What is not there is not made by describing it.
      const { tag } = await client.tagged<BucketView>(path);
      const changed = await unchangedMeanwhile(`bucket "${id}"`, () =>
        client.send<BucketView>('PUT', path, { query: { takeOver: flags.takeOver }, json: { description }, ifMatch: tag }),
      );
      terminal.out(flags.json === true ? json(changed) : `Bucket ${id} is described anew.\n`);
    });

  const entries = inProfile(remote(new Command('entries').description('List what a bucket holds for a subject')))
    .argument('<id>')
    .argument('<subject>')
    .addHelpText('after', '\nExample:\n  tokenwright bucket entries consents alice')
    .action(async (id: string, subject: string, flags: Flags) => {
      const { client, buckets } = await open(flags);
      const { items } = await client.get<{ items: readonly EntryView[] }>(`${buckets}/${pathOf(id, 'entries')}`, { subject });
      const rows = items.map(({ purpose, attributes, updatedAt }) => [purpose, moment(updatedAt), JSON.stringify(attributes)]);
      terminal.out(flags.json === true ? json(items) : table(['PURPOSE', 'CHANGED', 'ATTRIBUTES'], rows));
    });

  const clear = inProfile(remote(new Command('clear').description('Delete what a bucket holds for a subject')))
    .argument('<id>')
    .argument('<subject>')
    .addHelpText('after', '\nExample:\n  tokenwright bucket clear consents alice')
    .action(async (id: string, subject: string, flags: Flags) => {
      const { client, buckets } = await open(flags);
      const cleared = await client.send<{ entries: number }>('DELETE', `${buckets}/${pathOf(id, 'entries')}`, { query: { subject } });
      const { entries: count } = cleared;
      terminal.out(
        flags.json === true ? json(cleared) : `Deleted ${count} ${count === 1 ? 'entry' : 'entries'} of ${subject} in bucket ${id}.\n`,
      );
    });

  const command = new Command('bucket').description('Manage buckets, where procedures keep attributes between runs');
  for (const child of [create, list, describe, entries, clear, remove]) command.addCommand(child);
  return command;
}
