import pg, { type CustomTypesConfig } from 'pg';
import { DataSource } from 'typeorm';
import { StoreError } from '#libs/oauth';
import { entitySchemas } from './entity-schemas.ts';
import { describeFailure } from './failure.ts';
import { migrate, MIGRATIONS, MIGRATIONS_TABLE } from './migrations/migrate.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { explainPostgres } from './postgres-errors.ts';

type TypeId = Parameters<CustomTypesConfig['getTypeParser']>[0];

const INT8: TypeId = pg.types.builtins.INT8;

export interface PostgresSettings {
  readonly url: string;
  /** Most connections that this process opens; 10 unless told. */
  readonly connections?: number;
}

/** Connects to PostgreSQL and migrates the database that the URL names. */
export async function openPostgres(
  settings: PostgresSettings,
  options: {
    readonly migrate: boolean;
    readonly onMigrated: (names: readonly string[]) => void;
    readonly onLost: (message: string) => void;
  },
): Promise<PostgresDatabase> {
  const place = placeOf(settings.url);
  const dataSource = new DataSource({
    type: 'postgres',
    url: settings.url,
    entities: entitySchemas('postgres'),
    migrations: [...MIGRATIONS],
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
    installExtensions: false,
    connectTimeoutMS: 5000,
    poolSize: settings.connections ?? 10,
    applicationName: 'tokenwright',
    poolErrorHandler: (error: unknown) => {
      options.onLost(`Lost an idle connection to PostgreSQL at ${place}: ${describeFailure(error).message}`);
    },
    extra: {
      keepAlive: true,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 15_000,
      types: { getTypeParser },
    },
  });
  try {
    await dataSource.initialize();
    options.onMigrated(await migrate(dataSource, { run: options.migrate }));
    return new PostgresDatabase(dataSource, place);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw explainOpening(error, place);
  }
}

/** Host, port and database of a URL: what may be shown. */
function placeOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new StoreError('unusable', 'The database URL is not one of PostgreSQL: write it as postgres://user:password@host:5432/database.');
  }
  return `${url.host === '' ? 'the local socket' : url.host}${url.pathname}`;
}

/** Counters, revisions and times fit a number; by itself the driver gives 64-bit integers as text. */
function getTypeParser(oid: TypeId, format?: 'text' | 'binary'): unknown {
  if (oid === INT8 && format !== 'binary') return Number;
  return pg.types.getTypeParser(oid, format);
}

function explainOpening(error: unknown, place: string): unknown {
  // The server asks for a password and the URL has none: pg complains about its type.
  if (/password must be a string/i.test(describeFailure(error).message)) {
    return new StoreError('refused', `PostgreSQL at ${place} asks for a password: put user and password into the database URL.`, {
      cause: error,
    });
  }
  return explainPostgres(error, place);
}
