import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Row, Script } from './database.ts';
import { openSqlite } from './open-sqlite.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { temporaryFile } from './testing/sqlite-file.ts';

const SYNCHRONOUS = { text: 'pragma synchronous', values: [] };

describe('SQLite database', () => {
  let place: ReturnType<typeof temporaryFile>;
  let database: SqliteDatabase;
  beforeEach(async () => {
    place = temporaryFile();
    database = await openSqlite(place.file, { migrate: true, onMigrated: () => undefined });
  });
  afterEach(async () => {
    await database.close();
    place.remove();
  });

  test('a durable write waits for the disk, and only that write', () => {
    const synchronous = function* (): Script<readonly Row[]> {
      return yield SYNCHRONOUS;
    };
    expect(database.write(synchronous, 'durable')).toEqual([{ synchronous: 2 }]);
    expect(database.write(synchronous, 'fast')).toEqual([{ synchronous: 1 }]);
    const failing = function* (): Script<void> {
      yield SYNCHRONOUS;
      throw new Error('a mistake of ours');
    };
    expect(() => {
      database.write(failing, 'durable');
    }).toThrow('a mistake of ours');
    expect(database.query(SYNCHRONOUS)).toEqual([{ synchronous: 1 }]);
  });

  test('a script that throws leaves nothing behind, and no transaction open', () => {
    const failing = function* (): Script<void> {
      yield { text: 'update configuration set revision = $1', values: [7] };
      throw new Error('a mistake of ours');
    };
    expect(() => {
      database.write(failing, 'fast');
    }).toThrow('a mistake of ours');
    expect(database.handle.inTransaction).toBe(false);
    expect(database.query({ text: 'select revision from configuration', values: [] })).toEqual([{ revision: 0 }]);
  });

  test('values go where their numbers stand, however often and in whatever order', () => {
    const rows = database.query({ text: 'select $2 as b, $1 as a, $2 as c', values: ['one', 'two'] });
    expect(rows).toEqual([{ b: 'two', a: 'one', c: 'two' }]);
  });
});
