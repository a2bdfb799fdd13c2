import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit trail by what was done, and by when. */
export class AuditByTime1795318200000 implements MigrationInterface {
  readonly name = 'AuditByTime1795318200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index audit_event_action_id_index on audit_event (action, id)');
    await runner.query('create index audit_event_at_id_index on audit_event (at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index audit_event_at_id_index');
    await runner.query('drop index audit_event_action_id_index');
  }
}
