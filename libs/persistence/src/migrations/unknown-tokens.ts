import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many tokens that nobody knows a client may present in a minute: for clients stored before, as many as by default. */
export class UnknownTokens1795292000000 implements MigrationInterface {
  readonly name = 'UnknownTokens1795292000000';

  async up(runner: QueryRunner): Promise<void> {
    const clients = (await runner.query('select profile, id, introspection from client')) as {
      profile: string;
      id: string;
      introspection: string;
    }[];
    const [first, second, third] = runner.dataSource.options.type === 'postgres' ? ['$1', '$2', '$3'] : ['?', '?', '?'];
    for (const { profile, id, introspection } of clients)
      await runner.query(`update client set introspection = ${first} where profile = ${second} and id = ${third}`, [
        JSON.stringify({ ...(JSON.parse(introspection) as object), unknownTokensPerMinute: null }),
        profile,
        id,
      ]);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('Settings of clients would be lost: restore the backup made before the upgrade instead.'));
  }
}
