import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { secretFrom, withSecret, type SecretFlags } from '../secret-text.ts';
import { memberTable, moment, table, type Terminal } from '../terminal.ts';

interface SecretView {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly origin: string;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

/** `secret`: values that procedures read by name. They go in and never come out. */
export function secretCommand(terminal: Terminal): Command {
  const open = async (flags: Flags) => {
    const client = adminClient(flags, terminal.env);
    return { client, secrets: pathOf('profiles', await profileOf(client, flags.profile), 'secrets') };
  };

  const set = withSecret(
    takingOver(inProfile(remote(new Command('set').description('Set the value of a secret, which is never shown again')))),
    'the value',
  )
    .argument('<name>')
    .addHelpText(
      'after',
      '\nWithout one of these flags the value is read from the standard input. A line end at its end is not part of it.\n\nExamples:\n  tokenwright secret set api-key < api-key.txt\n  API_KEY=... tokenwright secret set api-key --value-env API_KEY',
    )
    .action(async (name: string, flags: Flags & SecretFlags) => {
      const value = (await secretFrom(flags, terminal)) ?? (await secretFrom({ valueFile: '-' }, terminal));
      const { client, secrets } = await open(flags);
      const stored = await client.send<SecretView>('PUT', `${secrets}/${pathOf(name)}`, {
        query: { takeOver: flags.takeOver },
        json: { value },
      });
      terminal.out(flags.json === true ? json(stored) : `Secret ${name} is set.\n`);
    });

  const list = inProfile(remote(new Command('list').description('List secrets by name, never their values')))
    .addHelpText('after', '\nExample:\n  tokenwright secret list')
    .action(async (flags: Flags) => {
      const { client, secrets } = await open(flags);
      const items = await client.list<SecretView>(secrets);
      const rows = items.map(({ id, createdAt, updatedAt, origin }) => [id, moment(updatedAt), moment(createdAt), origin]);
      terminal.out(flags.json === true ? json(items) : table(['NAME', 'SET', 'MADE', 'MADE BY'], rows));
    });

  const show = inProfile(remote(new Command('show').description('Show when a secret was set and who owns it, never its value')))
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  tokenwright secret show api-key')
    .action(async (name: string, flags: Flags) => {
      const { client, secrets } = await open(flags);
      const view = await client.get<SecretView>(`${secrets}/${pathOf(name)}`);
      const { createdAt, updatedAt, ...members } = view;
      const rows = { ...members, set: moment(updatedAt), made: moment(createdAt) };
      terminal.out(flags.json === true ? json(view) : memberTable(rows));
    });

  const remove = takingOver(inProfile(remote(new Command('delete').description('Delete a secret that no bound procedure reads'))))
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  tokenwright secret delete api-key')
    .action(async (name: string, flags: Flags) => {
      const { client, secrets } = await open(flags);
      await client.send('DELETE', `${secrets}/${pathOf(name)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: name }) : `Deleted secret ${name}.\n`);
    });

  const command = new Command('secret').description('Manage secrets, the values that procedures read by name');
  for (const child of [set, list, show, remove]) command.addCommand(child);
  return command;
}
