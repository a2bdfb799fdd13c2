import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { StoreError } from '#libs/oauth';
import { entitySchemas } from './entity-schemas.ts';
import { migrate, MIGRATIONS, MIGRATIONS_TABLE } from './migrations/migrate.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { explainSqlite } from './sqlite-errors.ts';

/** `TKWR` in ASCII: marks the file as ours, and shows in `file(1)`. */
const APPLICATION_ID = 0x544b5752;

const MEBIBYTE = 1024 * 1024;

/** Opens, and makes when there is none, the SQLite file, and migrates it. */
export async function openSqlite(
  name: string,
  options: { readonly migrate: boolean; readonly onMigrated: (names: readonly string[]) => void },
): Promise<SqliteDatabase> {
  const file = resolve(name);
  await checkPlace(file);
  const dataSource = new DataSource({
    type: 'better-sqlite3',
    database: file,
    entities: entitySchemas('sqlite'),
    migrations: [...MIGRATIONS],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
    timeout: 5000,
    prepareDatabase: prepare,
  });
  try {
    await dataSource.initialize();
    options.onMigrated(await migrate(dataSource, { run: options.migrate }));
    return new SqliteDatabase(dataSource, file);
  } catch (error) {
    await discard(dataSource);
    throw explainSqlite(error, file);
  }
}

/** The file as it must be before SQLite sees it, which would say less or make directories. */
async function checkPlace(file: string): Promise<void> {
  const directory = dirname(file);
  const place = await stat(directory).catch(() => null);
  if (place === null)
    throw new StoreError('unusable', `There is no directory ${directory} for the database: create it, or name another place.`);
  if (!place.isDirectory()) throw new StoreError('unusable', `${directory} is not a directory: name another place for the database.`);
  if (!(await allowed(directory, constants.W_OK | constants.X_OK))) {
    throw new StoreError(
      'unusable',
      `The directory ${directory} cannot be written by this user: SQLite keeps its log beside the database.`,
    );
  }
  const present = await stat(file).catch(() => null);
  if (present === null) return;
  if (!present.isFile()) throw new StoreError('unusable', `${file} is not a file: name another one for the database.`);
  if (!(await allowed(file, constants.R_OK | constants.W_OK))) {
    throw new StoreError('unusable', `The database ${file} cannot be read and written by this user: change its owner or mode.`);
  }
}

async function allowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function prepare(handle: BetterSqlite3.Database): void {
  try {
    configure(handle);
  } catch (error) {
    handle.close();
    throw error;
  }
}

function configure(handle: BetterSqlite3.Database): void {
  const isOurs = checkOwner(handle);
  // In the write-ahead log a commit survives the end of the process at once; NORMAL leaves the sync with the disk to
  // the checkpoints, FULL (toggled for single transactions) does it at every commit.
  handle.pragma('journal_mode = wal');
  handle.pragma('synchronous = normal');
  handle.pragma(`cache_size = ${String(-64 * 1024)}`);
  handle.pragma(`mmap_size = ${String(1024 * MEBIBYTE)}`);
  handle.pragma('temp_store = memory');
  // Twice the usual log: pages written again and again between two checkpoints are copied once, a quarter less CPU per
  // token. More would save little and make each checkpoint, which the event loop waits for, longer.
  handle.pragma('wal_autocheckpoint = 2000');
  handle.pragma(`journal_size_limit = ${String(64 * MEBIBYTE)}`);
  if (!isOurs) handle.pragma(`application_id = ${String(APPLICATION_ID)}`);
}

/** Keeps us from putting tables into somebody else's database. */
function checkOwner(handle: BetterSqlite3.Database): boolean {
  const owner = handle.pragma('application_id', { simple: true });
  if (owner === APPLICATION_ID) return true;
  const tables = handle.prepare('select count(*) from sqlite_schema').pluck().get();
  if (owner !== 0 || tables !== 0)
    throw new StoreError('unusable', `${handle.name} is the database of another program: name another file.`);
  return false;
}

async function discard(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) return dataSource.destroy();
  (dataSource.driver as unknown as { databaseConnection?: BetterSqlite3.Database }).databaseConnection?.close();
}
