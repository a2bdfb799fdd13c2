import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { StoreError } from '#libs/oauth';
import { AdminSessions1795305900000 } from './admin-sessions.ts';
import { AuditByTime1795318200000 } from './audit-by-time.ts';
import { BackchannelAuthentication1795294260000 } from './backchannel-authentication.ts';
import { BucketEntries1795219260000 } from './bucket-entries.ts';
import { ClientAuthentication1795230600000 } from './client-authentication.ts';
import { DynamicClients1795299000000 } from './dynamic-clients.ts';
import { DeviceAuthorization1795302000000 } from './device-authorization.ts';
import { ForwardAuth1795219380000 } from './forward-auth.ts';
import { InitialSchema1767225600000 } from './initial-schema.ts';
import { LibrariesAndHttpClients1795219200000 } from './libraries-and-http-clients.ts';
import { People1795236000000 } from './people.ts';
import { Grants1795226000000 } from './grants.ts';
import { OpenId1795293000000 } from './openid.ts';
import { PolledAuthorizations1795291200000 } from './polled-authorizations.ts';
import { Proposals1795305600000 } from './proposals.ts';
import { ProcedureSamples1795306500000 } from './procedure-samples.ts';
import { RevocationEvents1795230000000 } from './revocation-events.ts';
import { TokenExchange1795281000000 } from './token-exchange.ts';
import { TokenValidation1795220380000 } from './token-validation.ts';
import { TokensInRequests1795219320000 } from './tokens-in-requests.ts';
import { UnknownTokens1795292000000 } from './unknown-tokens.ts';
import { UpstreamLogins1795303800000 } from './upstream-logins.ts';
import { ThemedPages1795306200000 } from './themed-pages.ts';

/** All migrations, oldest first. */
export const MIGRATIONS = [
  InitialSchema1767225600000,
  LibrariesAndHttpClients1795219200000,
  BucketEntries1795219260000,
  TokensInRequests1795219320000,
  ForwardAuth1795219380000,
  TokenValidation1795220380000,
  Grants1795226000000,
  RevocationEvents1795230000000,
  ClientAuthentication1795230600000,
  People1795236000000,
  TokenExchange1795281000000,
  PolledAuthorizations1795291200000,
  UnknownTokens1795292000000,
  OpenId1795293000000,
  BackchannelAuthentication1795294260000,
  DynamicClients1795299000000,
  DeviceAuthorization1795302000000,
  UpstreamLogins1795303800000,
  Proposals1795305600000,
  AdminSessions1795305900000,
  ThemedPages1795306200000,
  ProcedureSamples1795306500000,
  AuditByTime1795318200000,
] as const;
export const MIGRATIONS_TABLE = 'schema_migration';

/** Any number that no other program takes on the same database: `TKWR` in ASCII. */
const ADVISORY_LOCK = 0x544b5752;

/**
 * Brings the schema up to date, all or nothing, or says why it cannot be used. Safe when several nodes start at once:
 * each waits for the lock, and the later ones find nothing left to do.
 *
 * @returns The names of the migrations that ran.
 */
export async function migrate(dataSource: DataSource, options: { readonly run: boolean }): Promise<readonly string[]> {
  const runner = dataSource.createQueryRunner();
  const postgres = dataSource.options.type === 'postgres';
  try {
    // By hand, since TypeORM begins SQLite's transactions without taking the write lock.
    await runner.query(postgres ? 'begin' : 'begin immediate');
    try {
      if (postgres) await lockPostgres(runner);
      const missing = await missingMigrations(runner);
      const executed = missing.length === 0 ? [] : await execute(dataSource, runner, missing, options.run);
      await runner.query('commit');
      return executed;
    } catch (error) {
      await runner.query('rollback').catch(() => undefined);
      throw error;
    }
  } finally {
    await runner.release();
  }
}

async function lockPostgres(runner: QueryRunner): Promise<void> {
  await runner.query('set local statement_timeout = 0');
  await runner.query('set local idle_in_transaction_session_timeout = 0');
  await runner.query(`select pg_advisory_xact_lock(${ADVISORY_LOCK})`);
}

async function missingMigrations(runner: QueryRunner): Promise<readonly string[]> {
  const known = MIGRATIONS.map((migration) => migration.name);
  if (!(await runner.hasTable(MIGRATIONS_TABLE))) return known;
  const rows = (await runner.query(`select name from ${MIGRATIONS_TABLE}`)) as { name: string }[];
  const done = new Set(rows.map((row) => row.name));
  const newer = [...done].filter((name) => !known.includes(name));
  if (newer.length > 0) {
    throw new StoreError(
      'newer-schema',
      `The database was migrated by a newer version of Tokenwright (${newer.join(', ')}): start that version, or restore the backup made before the upgrade.`,
    );
  }
  return known.filter((name) => !done.has(name));
}

async function execute(dataSource: DataSource, runner: QueryRunner, missing: readonly string[], run: boolean): Promise<readonly string[]> {
  if (!run) {
    throw new StoreError('outdated-schema', `The database lacks the migrations ${missing.join(', ')}: start once with migrations allowed.`);
  }
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'none';
  const executed = await executor.executePendingMigrations();
  return executed.map((migration) => migration.name);
}
