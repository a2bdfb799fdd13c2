import { Command } from 'commander';
import { pathOf } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { adminClient, inProfile, profileOf, remote, type ConnectionFlags } from '../connection.ts';
import { json } from '../flags.ts';
import { memberTable, moment, table, type Terminal } from '../terminal.ts';

interface DelegationView {
  readonly id: string;
  readonly clientId: string;
  readonly owner: string;
  readonly scope: string;
  readonly status: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

interface Flags extends ConnectionFlags {
  readonly profile?: string;
  readonly client?: string;
  readonly subject?: string;
  readonly status?: string;
}

/** `delegation`: lists, shows and revokes what tokens hang from. */
export function delegationCommand(terminal: Terminal): Command {
  const list = inProfile(remote(new Command('list').description('List delegations')))
    .option('--client <id>', 'of this client')
    .option('--subject <subject>', 'of this resource owner')
    .option('--status <status>', 'active or revoked')
    .addHelpText('after', '\nExample:\n  tokenwright delegation list --client server-client --status active')
    .action(async (flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const path = pathOf('profiles', await profileOf(client, flags.profile), 'delegations');
      const items = await client.list<DelegationView>(path, { clientId: flags.client, owner: flags.subject, status: flags.status });
      const rows = items.map(({ id, clientId, owner, scope, status, createdAt, expiresAt }) => [
        id,
        clientId,
        owner,
        scope,
        status,
        moment(createdAt),
        moment(expiresAt),
      ]);
      terminal.out(flags.json === true ? json(items) : table(['ID', 'CLIENT', 'SUBJECT', 'SCOPE', 'STATUS', 'MADE', 'ENDS'], rows));
    });

  const show = inProfile(remote(new Command('show').description('Show a delegation and what procedures see of it')))
    .argument('<id>')
    .addHelpText('after', '\nExample:\n  tokenwright delegation show 2c1b...')
    .action(async (id: string, flags: Flags) => {
      const client = adminClient(flags, terminal.env);
      const view = await client.get<DelegationView & { readonly revokedAt: number | null }>(
        pathOf('profiles', await profileOf(client, flags.profile), 'delegations', id),
      );
      const { createdAt, expiresAt, revokedAt, ...members } = view;
      const rows = { ...members, made: moment(createdAt), ends: moment(expiresAt), revoked: moment(revokedAt) };
      terminal.out(flags.json === true ? json(view) : memberTable(rows));
    });

  const revoke = inProfile(
    remote(
      new Command('revoke').description('End a delegation, or all of a subject, a client or both, with every token that hangs from it'),
    ),
  )
    .argument('[id]')
    .option('--client <id>', 'all of this client, or of the subject at this client')
    .option('--subject <subject>', 'all of this resource owner')
    .addHelpText(
      'after',
      '\nExamples:\n  tokenwright delegation revoke 2c1b...\n  tokenwright delegation revoke --subject alice\n  tokenwright delegation revoke --subject alice --client web-app',
    )
    .action(async (id: string | undefined, flags: Flags) => {
      const isOfMany = flags.client !== undefined || flags.subject !== undefined;
      if (isOfMany === (id !== undefined)) throw new UsageError('give either an id, or --subject, --client or both');
      const client = adminClient(flags, terminal.env);
      const profile = await profileOf(client, flags.profile);
      const count = async () => {
        if (id === undefined) {
          const json = { subject: flags.subject, clientId: flags.client };
          return (await client.send<{ delegations: number }>('POST', pathOf('profiles', profile, 'revocations'), { json })).delegations;
        }
        await client.send('DELETE', pathOf('profiles', profile, 'delegations', id));
        return 1;
      };
      const delegations = await count();
      terminal.out(
        flags.json === true
          ? json({ delegations })
          : id === undefined
            ? `Revoked ${delegations} delegations.\n`
            : `Delegation ${id} is revoked.\n`,
      );
    });

  return new Command('delegation')
    .description('Manage delegations, the authorizations that tokens hang from')
    .addCommand(list)
    .addCommand(show)
    .addCommand(revoke);
}
