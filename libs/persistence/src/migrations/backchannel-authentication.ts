import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How clients and endpoints have people authenticated by the backchannel. Those stored before do not. */
export class BackchannelAuthentication1795294260000 implements MigrationInterface {
  readonly name = 'BackchannelAuthentication1795294260000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client add column backchannel_authentication text');
    await runner.query('alter table endpoint add column backchannel_authentication text');
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('Settings of clients and endpoints would be lost: restore the backup made before the upgrade instead.'),
    );
  }
}
