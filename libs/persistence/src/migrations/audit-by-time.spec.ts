import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import BetterSqlite3 from 'better-sqlite3';
import type { AuditStore } from '#libs/oauth';
import { SqlAuditStore } from '../audit-store.ts';
import type { Database, Query, Script } from '../database.ts';
import { openStores } from '../open-stores.ts';
import { testUpgrade } from '../testing/earlier-database.ts';
import { createTestDatabase, postgresAnswers, type TestDatabase } from '../testing/postgres-test-database.ts';
import { temporaryFile } from '../testing/sqlite-file.ts';
import { ProcedureSamples1795306500000 } from './procedure-samples.ts';

const COLUMNS = 'at, actor, action, kind, key';
const EVENTS = 20_000;

await testUpgrade('the migration to an audit trail by time keeps what is in it', {
  after: ProcedureSamples1795306500000,
  async fill(manager) {
    await manager.query(
      `insert into audit_event (${COLUMNS}) values (20, 'a', 'client.update', 'client', 'p/c'), (10, 'b', 'client.create', 'client', 'p/c')`,
    );
  },
  async expectKept({ audit }) {
    expect(await audit.list({ limit: 10 })).toMatchObject([{ at: 10 }, { at: 20 }]);
    expect(await audit.list({ since: 10, limit: 10 })).toMatchObject([{ at: 20 }, { at: 10 }]);
    expect(await audit.list({ action: 'client.update', limit: 10 })).toMatchObject([{ actor: 'a' }]);
  },
});

/** The last statement that a list is made by, where the last event of the page before has the time 150. */
async function statementOf(filter: Parameters<AuditStore['list']>[0]): Promise<string> {
  let last: Query | undefined;
  const query = (statement: Query) => {
    last = statement;
    return statement.text.startsWith('select at') ? [{ at: 150 }] : [];
  };
  const read = <T>(script: () => Script<T>): T => {
    const running = script();
    let step = running.next();
    while (step.done !== true) step = running.next(query(step.value as Query));
    return step.value;
  };
  await new SqlAuditStore({ query, read } as Partial<Database> as Database).list(filter);
  if (last === undefined) throw new Error('nothing was asked');
  return literal(last);
}

const PLANS = [
  ['a time', { since: 100, until: 200, limit: 50 }, 'audit_event_at_id_index'],
  ['long ago', { until: 100, limit: 50 }, 'audit_event_at_id_index'],
  ['a time, page by page', { since: 100, until: 200, limit: 50, before: 150 }, 'audit_event_at_id_index'],
  ['an action', { action: 'rare', limit: 50 }, 'audit_event_action_id_index'],
  ['an action, page by page', { action: 'rare', limit: 50, before: 150 }, 'audit_event_action_id_index'],
] as const;

/** With the values in it: a plan may depend on them. */
function literal({ text, values }: Query): string {
  return text.replace(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    return typeof value === 'string' ? `'${value}'` : String(value);
  });
}

describe('the audit trail is listed by an index, without sorting, on SQLite', () => {
  const place = temporaryFile();
  let database: BetterSqlite3.Database;
  beforeAll(async () => {
    await (await openStores({ database: { kind: 'sqlite', file: place.file } })).close();
    database = new BetterSqlite3(place.file);
  });
  afterAll(() => {
    database.close();
    place.remove();
  });

  test.each(PLANS)('of %s', async (_what, filter, index) => {
    const last = await statementOf(filter);
    const plan = (database.prepare(`explain query plan ${last}`).all() as { detail: string }[]).map(({ detail }) => detail).join('\n');
    expect(plan).toContain(`USING INDEX ${index}`);
    expect(plan).not.toContain('TEMP B-TREE');
  });
});

((await postgresAnswers()) ? describe : describe.skip)('the audit trail is listed by an index, without sorting, on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await (await openStores({ database: { kind: 'postgres', url: database.url } })).close();
    await database.query(
      `insert into audit_event (${COLUMNS}) select n, 'a' || n % 5, case when n % 5000 = 0 then 'rare' else 'usual' end, 'client', 'p/c' from generate_series(1, ${EVENTS}) n`,
    );
    await database.query('analyze audit_event');
  }, 60_000);
  afterAll(() => database.drop());

  test.each(PLANS)('of %s', async (_what, filter, index) => {
    const last = await statementOf(filter);
    const plan = (await database.query(`explain ${last}`)).map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(plan).toContain(`using ${index}`);
    expect(plan).not.toContain('Sort');
  });
});
