import type { Stores } from '#libs/oauth';
import { SqlAdminSessionStore } from './admin-session-store.ts';
import { SqlAccountStore } from './account-store.ts';
import { SqlAuditStore } from './audit-store.ts';
import { SqlConfigurationStore } from './configuration-store.ts';
import { SqlBucketStore } from './bucket-store.ts';
import { SqlConsentStore } from './consent-store.ts';
import { then, type Database } from './database.ts';
import { SqlDynamicClientStore } from './dynamic-client-store.ts';
import { SqlGrantStore } from './grant-store.ts';
import { SqlAccountLinkStore } from './link-store.ts';
import { openPostgres, type PostgresSettings } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';
import { postgresTokenLookup } from './postgres-token-lookup.ts';
import { SqlPolledAuthorizationStore } from './polled-authorization-store.ts';
import { SqlProposalStore } from './proposal-store.ts';
import { SqlRevocationEventStore } from './revocation-event-store.ts';
import { SqlSessionStore } from './session-store.ts';
import { sqliteTokenLookup } from './sqlite-token-lookup.ts';
import { SqlTokenStore, type TokenLookup } from './token-store.ts';
import { SqlUseStore } from './use-store.ts';

/** Where the data is: one SQLite file for one process, or a PostgreSQL database for any number of them. */
export type DatabaseSettings = { readonly kind: 'sqlite'; readonly file: string } | ({ readonly kind: 'postgres' } & PostgresSettings);

/** Lines for the operator, without secrets. */
export interface StoreLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface StoreOptions {
  readonly database: DatabaseSettings;
  readonly log?: StoreLog;
  /** Whether missing migrations are run, which is the default, or refused. */
  readonly migrate?: boolean;
}

/**
 * Opens the database, makes it when it is an SQLite file that is not there yet, and brings its schema up to date.
 *
 * @throws StoreError in one line, when the database cannot be used, with what to do about it.
 */
export async function openStores({ database, log, migrate = true }: StoreOptions): Promise<Stores> {
  const onMigrated = (names: readonly string[]) => {
    if (names.length > 0) log?.info(`Migrated the database: ${names.join(', ')}`);
  };
  if (database.kind === 'sqlite') {
    const opened = await openSqlite(database.file, { migrate, onMigrated });
    return storesOver(opened, sqliteTokenLookup(opened));
  }
  const opened = await openPostgres(database, { migrate, onMigrated, onLost: (message) => log?.warn(message) });
  return storesOver(opened, postgresTokenLookup(opened));
}

function storesOver(database: Database, find: TokenLookup): Stores {
  const revocationEvents = new SqlRevocationEventStore(database);
  const configuration = new SqlConfigurationStore(database, revocationEvents);
  return {
    dialect: database.dialect.name,
    configuration,
    audit: new SqlAuditStore(database),
    tokens: new SqlTokenStore(database, find, revocationEvents),
    grants: new SqlGrantStore(database),
    polled: new SqlPolledAuthorizationStore(database),
    buckets: new SqlBucketStore(database),
    uses: new SqlUseStore(database),
    revocationEvents,
    accounts: new SqlAccountStore(database),
    links: new SqlAccountLinkStore(database),
    sessions: new SqlSessionStore(database),
    consents: new SqlConsentStore(database),
    dynamicClients: new SqlDynamicClientStore(database, revocationEvents),
    proposals: new SqlProposalStore(database),
    adminSessions: new SqlAdminSessionStore(database),
    ping: () => then(configuration.revision(), () => undefined),
    close: () => database.close(),
  };
}
