import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '#libs/oauth';
import { openStores } from './open-stores.ts';
import { MIGRATIONS } from './migrations/migrate.ts';
import { explainSqlite } from './sqlite-errors.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

describe('opening SQLite', () => {
  let place: ReturnType<typeof temporaryFile>;
  beforeEach(() => {
    place = temporaryFile();
  });
  afterEach(() => {
    place.remove();
  });

  const refusal = async (file: string, migrate = true): Promise<StoreError> => {
    const error: unknown = await openStores({ database: { kind: 'sqlite', file }, migrate }).then(
      (stores) => stores.close(),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof StoreError)) throw new Error(`expected a StoreError, not ${String(error)}`);
    expect(error.message).not.toContain('\n');
    return error;
  };
  const inspect = (statement: string): unknown => {
    const handle = new BetterSqlite3(place.file);
    try {
      return handle.prepare(statement).pluck().get();
    } finally {
      handle.close();
    }
  };

  test('a new file is made and migrated, and a second opening finds nothing to do', async () => {
    const lines: string[] = [];
    const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
    for (let opening = 0; opening < 2; opening++) {
      const stores = await openStores({ database: { kind: 'sqlite', file: place.file }, log });
      await stores.ping();
      await stores.close();
    }
    expect(lines).toEqual([`Migrated the database: ${MIGRATIONS.map(({ name }) => name).join(', ')}`]);
    expect(inspect('pragma application_id')).toBe(0x544b5752);
    expect(inspect('pragma journal_mode')).toBe('wal');
  });

  test('a missing directory is named, and not made', async () => {
    const error = await refusal(join(place.directory, 'missing', 'test.db'));
    expect(error).toMatchObject({ code: 'unusable', message: expect.stringMatching(/There is no directory .*missing/) });
  });

  test('a directory, a place below a file, and a file that cannot be accessed are named', async () => {
    mkdirSync(place.file);
    expect(await refusal(place.file)).toMatchObject({ code: 'unusable', message: expect.stringMatching(/is not a file/) });
    writeFileSync(join(place.directory, 'file'), '');
    expect(await refusal(join(place.directory, 'file', 'test.db'))).toMatchObject({ code: 'unusable' });
    // Nothing is closed to the superuser.
    if (process.getuid?.() === 0) return;
    const closed = join(place.directory, 'closed.db');
    writeFileSync(closed, '');
    chmodSync(closed, 0o000);
    expect(await refusal(closed)).toMatchObject({ code: 'unusable', message: expect.stringMatching(/cannot be read/) });
    chmodSync(place.directory, 0o500);
    expect(await refusal(join(place.directory, 'new.db'))).toMatchObject({
      code: 'unusable',
      message: expect.stringMatching(/cannot be written/),
    });
    chmodSync(place.directory, 0o700);
  });

  test('a file that is no database is left as it is', async () => {
    const text = 'this is a letter, not a database, and it is long enough to have a header. '.repeat(20);
    writeFileSync(place.file, text);
    expect(await refusal(place.file)).toMatchObject({ code: 'unusable', message: expect.stringMatching(/is not an SQLite database/) });
    expect(readFileSync(place.file, 'utf8')).toBe(text);
  });

  test('the database of another program is left as it is', async () => {
    const handle = new BetterSqlite3(place.file);
    handle.exec('create table letters (text)');
    handle.close();
    expect(await refusal(place.file)).toMatchObject({ code: 'unusable', message: expect.stringMatching(/another program/) });
    expect(inspect('select count(*) from sqlite_schema')).toBe(1);
  });

  test('a damaged database is told from another file', async () => {
    const stores = await openStores({ database: { kind: 'sqlite', file: place.file } });
    await stores.close();
    const bytes = readFileSync(place.file);
    bytes.fill(0x5a, 100, 4096);
    writeFileSync(place.file, bytes);
    expect(await refusal(place.file)).toMatchObject({ code: 'unusable', message: expect.stringMatching(/damaged/) });
  });

  test('a database that a newer version migrated is refused', async () => {
    await (await openStores({ database: { kind: 'sqlite', file: place.file } })).close();
    const handle = new BetterSqlite3(place.file);
    handle.exec(`insert into schema_migration (timestamp, name) values (1, 'FromTheFuture1')`);
    handle.close();
    expect(await refusal(place.file)).toMatchObject({
      code: 'newer-schema',
      message: expect.stringMatching(/newer version .*FromTheFuture1/),
    });
  });

  test('without leave to migrate, a database that needs it is refused and left as it is', async () => {
    expect(await refusal(place.file, false)).toMatchObject({ code: 'outdated-schema' });
    expect(inspect('select count(*) from sqlite_schema')).toBe(0);
    await (await openStores({ database: { kind: 'sqlite', file: place.file } })).close();
    await (await openStores({ database: { kind: 'sqlite', file: place.file }, migrate: false })).close();
  });

  test('each failure of SQLite is one line that names the file', () => {
    for (const [code, expected] of [
      ['SQLITE_BUSY', { code: 'unavailable', message: /Another process holds .*x\.db/ }],
      ['SQLITE_FULL', { code: 'unavailable', message: /disk that holds .*x\.db is full/ }],
      ['SQLITE_IOERR_WRITE', { code: 'unavailable', message: /x\.db failed/ }],
      ['SQLITE_READONLY_DBMOVED', { code: 'unusable', message: /x\.db cannot be written/ }],
      ['SQLITE_SOMETHING', { code: 'failed', message: /x\.db: text \(SQLITE_SOMETHING\)/ }],
    ] as const) {
      const error = explainSqlite(Object.assign(new Error('text'), { code }), '/x.db');
      expect(error).toMatchObject({ name: 'StoreError', code: expected.code, message: expect.stringMatching(expected.message) });
    }
    const other = new TypeError('a mistake of ours');
    expect(explainSqlite(other, '/x.db')).toBe(other);
  });
});
