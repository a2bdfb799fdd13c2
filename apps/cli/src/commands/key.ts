import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { moment, table, type Terminal } from '../terminal.ts';

interface KeyView {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: string;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly retiredAt: number | null;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
}

/** `key`: lists and rotates signing keys. */
export function keyCommand(terminal: Terminal): Command {
  const list = inProfile(remote(new Command('list').description('List signing keys, public parts only')))
    .addHelpText('after', '\nExample:\n  tokenwright key list')
    .action(async (flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const items = await client.list<KeyView>(pathOf('profiles', await profileOf(client, flags.profile), 'keys'));
      const rows = items.map(({ kid, algorithm, state, createdAt, activatedAt, retiredAt }) => [
        kid,
        algorithm,
        state,
        moment(createdAt),
        moment(activatedAt),
        moment(retiredAt),
      ]);
      terminal.out(flags.json === true ? json(items) : table(['KID', 'ALGORITHM', 'STATE', 'MADE', 'ACTIVE SINCE', 'RETIRED'], rows));
    });

  const rotate = inProfile(
    remote(new Command('rotate').description('Sign with the next key from now on; the present one stays published for as long as needed')),
  )
    .option('--algorithm <name>', 'ES256, RS256 or EdDSA', 'ES256')
    .option('--emergency', 'the present key is compromised: stop publishing it at once, even if verifiers do not know the next one yet')
    .addHelpText('after', '\nExample:\n  tokenwright key rotate --algorithm ES256')
    .action(async (flags: Flags & { readonly algorithm: string; readonly emergency?: boolean }) => {
      const client = adminClient(flags, terminal.env);
      const path = pathOf('profiles', await profileOf(client, flags.profile), 'keys', 'rotate');
      const rotated = await client.send<{ activated: KeyView; retired: KeyView | null; next: KeyView }>('POST', path, {
        json: { algorithm: flags.algorithm, emergency: flags.emergency === true },
      });
      const { activated, retired, next } = rotated;
      terminal.out(
        flags.json === true
          ? json(rotated)
          : table(
              ['STATE', 'KID'],
              [['active', activated.kid], ...(retired === null ? [] : [['retired', retired.kid]]), ['next', next.kid]],
            ),
      );
    });

  return new Command('key').description('Manage signing keys').addCommand(list).addCommand(rotate);
}
