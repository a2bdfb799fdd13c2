import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The attributes that procedures keep in buckets. They refer to no bucket: data stays when configuration is replaced. */
export class BucketEntries1795219260000 implements MigrationInterface {
  readonly name = 'BucketEntries1795219260000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table bucket_entry (profile text not null, bucket text not null, subject text not null, purpose text not null,
      attributes text not null, updated_at bigint not null, constraint bucket_entry_pkey primary key (profile, bucket, subject, purpose))`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('What procedures stored would be lost: restore the backup made before the upgrade instead.'));
  }
}
