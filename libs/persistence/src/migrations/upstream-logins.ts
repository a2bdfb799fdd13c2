import type { MigrationInterface, QueryRunner } from 'typeorm';

interface StoredPages {
  readonly profile: string;
  readonly id: string;
  readonly user_pages: string;
}

/**
 * Other OpenID providers by which people sign in, and who they are there. Profiles stored before know none, and people go on signing in by
 * passwords.
 */
export class UpstreamLogins1795303800000 implements MigrationInterface {
  readonly name = 'UpstreamLogins1795303800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table profile add column upstream_providers text not null default '{}'`);
    await runner.query(`create table account_link (profile text not null, issuer text not null, subject text not null, account text not null,
      made_account boolean not null, created_at bigint not null, last_used_at bigint,
      constraint account_link_pkey primary key (profile, issuer, subject))`);
    await runner.query('create index account_link_profile_account_index on account_link (profile, account)');
    const [settings, profile, id] = runner.dataSource.options.type === 'postgres' ? ['$1', '$2', '$3'] : ['?', '?', '?'];
    const pages = (await runner.query('select profile, id, user_pages from endpoint where user_pages is not null')) as StoredPages[];
    for (const endpoint of pages)
      await runner.query(`update endpoint set user_pages = ${settings} where profile = ${profile} and id = ${id}`, [
        JSON.stringify({ ...(JSON.parse(endpoint.user_pages) as object), passwords: true }),
        ...[endpoint.profile, endpoint.id],
      ]);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('Who people are at other providers would be lost: restore the backup made before the upgrade instead.'),
    );
  }
}
