import { Command } from 'commander';
import { pathOf, readText, type AdminClient } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, takingOver, type ConnectionFlags } from '../connection.ts';
import { json, wholeNumber } from '../flags.ts';
import type { Terminal } from '../terminal.ts';

/** Ways to choose the secret of a client. */
export interface ChosenSecretFlags {
  readonly secret?: string;
  readonly secretFile?: string;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly takeOver?: boolean;
}

/** Adds the flags of `ChosenSecretFlags`. */
export function withChosenSecret(command: Command): Command {
  return command
    .option('--secret <secret>', 'secret of your choice; visible to others on the machine, --secret-file is safer')
    .option('--secret-file <file>', 'file with a secret of your choice, - for standard input');
}

/** The secret that somebody chose; undefined for one that is to be generated. @throws UsageError */
export async function chosenSecret({ secret, secretFile }: ChosenSecretFlags, terminal: Terminal): Promise<string | undefined> {
  if (secret !== undefined && secretFile !== undefined) throw new UsageError('give either --secret or --secret-file');
  if (secretFile === undefined) return secret;
  const text = secretFile === '-' ? await terminal.read() : readText(secretFile, 'the secret');
  return text.replace(/\r?\n$/, '');
}

async function open(id: string, flags: Flags, terminal: Terminal): Promise<{ readonly client: AdminClient; readonly secrets: string }> {
  const client = adminClient(flags, terminal.env);
  return { client, secrets: pathOf('profiles', await profileOf(client, flags.profile), 'clients', id, 'secrets') };
}

/** `client rotate-secret`. */
export function rotateSecretCommand(terminal: Terminal): Command {
  const command = new Command('rotate-secret').description('Give a client a further secret; at most two are valid at a time');
  return withChosenSecret(takingOver(inProfile(remote(command))))
    .argument('<id>')
    .option('--expire-others-in <seconds>', 'end the present secrets after so long; 0 for at once (default: they stay)')
    .addHelpText('after', '\nExample:\n  tokenwright client rotate-secret gateway_client --expire-others-in 86400')
    .action(async (id: string, flags: Flags & ChosenSecretFlags & { readonly expireOthersIn?: string }) => {
      const secret = await chosenSecret(flags, terminal);
      const expireOthersIn = flags.expireOthersIn === undefined ? undefined : wholeNumber('--expire-others-in', flags.expireOthersIn);
      const { client, secrets } = await open(id, flags, terminal);
      const made = await client.send<{ secret?: string }>('POST', secrets, {
        query: { takeOver: flags.takeOver },
        json: { secret, expireOthersIn },
      });
      const shown = secret === undefined ? `Its secret, shown this once: ${made.secret ?? ''}\n` : '';
      terminal.out(flags.json === true ? json(made) : `Client ${id} has a new secret.\n${shown}`);
    });
}

/** `client delete-secret`. */
export function deleteSecretCommand(terminal: Terminal): Command {
  return takingOver(inProfile(remote(new Command('delete-secret').description('Take a secret from a client, which ends at once'))))
    .argument('<id>')
    .argument('<secret-id>', 'id of the secret, as "client show" lists it')
    .addHelpText('after', '\nExample:\n  tokenwright client delete-secret gateway_client 4vXyQ1...')
    .action(async (id: string, secret: string, flags: Flags) => {
      const { client, secrets } = await open(id, flags, terminal);
      await client.send('DELETE', `${secrets}/${pathOf(secret)}`, { query: { takeOver: flags.takeOver } });
      terminal.out(flags.json === true ? json({ deleted: secret }) : `Client ${id} has the secret ${secret} no more.\n`);
    });
}
