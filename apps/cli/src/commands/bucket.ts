import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { table, type Terminal } from '../terminal.ts';
import { created } from './creation.ts';

interface BucketView {
  readonly id: string;
  readonly description: string;
  readonly origin: string;
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

  const command = new Command('bucket').description('Manage buckets, where procedures keep attributes between runs');
  for (const child of [create, list, remove]) command.addCommand(child);
  return command;
}
