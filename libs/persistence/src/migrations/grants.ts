import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lifetimes of delegations, refresh tokens and id tokens, where people are sent to, what tokens are bound to and for, what is kept of used grants, and
 * which delegations end with a login session.
 * Clients stored before have nothing of their own; profiles get the values that new ones have.
 */
export class Grants1795226000000 implements MigrationInterface {
  readonly name = 'Grants1795226000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
    const profiles = (await runner.query('select id, defaults from profile')) as { id: string; defaults: string }[];
    const parameters = runner.dataSource.options.type === 'postgres' ? ['$1', '$2'] : ['?', '?'];
    for (const { id, defaults } of profiles)
      await runner.query(`update profile set defaults = ${parameters.join(' where id = ')}`, [
        JSON.stringify({ ...(JSON.parse(defaults) as object), ...DEFAULTS }),
        id,
      ]);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Replies and lifetimes would be lost: restore the backup made before the upgrade instead.'));
  }
}

const DEFAULTS = {
  refreshTokenLifetime: 1_209_600,
  delegationLifetime: 7_776_000,
  refreshTokenGrace: 30,
  idTokenLifetime: 600,
  dpopNonces: false,
};

const STATEMENTS: readonly string[] = [
  'alter table client add column refresh_tokens text',
  'alter table client add column delegation_lifetime integer',
  'alter table client add column authorization_code text',
  'alter table client add column bound_access_tokens text',
  'alter table client add column resources text',
  `alter table profile add column resources text not null default '{}'`,
  'alter table authorization_grant add column reply text',
  'alter table authorization_grant add column reply_until bigint',
  'create index authorization_grant_reply_until_index on authorization_grant (reply_until)',
  `create table session_delegation (profile text not null, session text not null, delegation_id text not null, expires_at bigint not null,
    constraint session_delegation_pkey primary key (profile, session, delegation_id))`,
  'create index session_delegation_expires_at_index on session_delegation (expires_at)',
];
