import type {
  ClientSecret,
  DynamicClient,
  DynamicClientFilter,
  DynamicClientStore,
  InitialAccessToken,
  MaybePromise,
  NewAuditEvent,
  NewDynamicClient,
  NewInitialAccessToken,
  Page,
  RegistrationOutcome,
  RegistrationState,
  RegistrationTerms,
} from '#libs/oauth';
import { auditInsertion } from './audit-store.ts';
import { then, type Database, type InsertionTarget, type Query, type Row, type Script } from './database.ts';
import type { Dialect } from './dialect.ts';
import { isStorable, label } from './label.ts';
import { listPage, Where } from './listing.ts';
import type { SqlRevocationEventStore } from './revocation-event-store.ts';
import { DYNAMIC_CLIENT, INITIAL_ACCESS_TOKEN, insertable } from './tables.ts';
import { revokeDelegations } from './token-store.ts';

const CLIENTS: InsertionTarget = { table: DYNAMIC_CLIENT.name, columns: insertable(DYNAMIC_CLIENT) };
const TOKENS: InsertionTarget = { table: INITIAL_ACCESS_TOKEN.name, columns: insertable(INITIAL_ACCESS_TOKEN) };

interface Paging {
  readonly after?: string;
  readonly limit: number;
}

/** Clients that have registered themselves, and the tokens by which they may. */
export class SqlDynamicClientStore implements DynamicClientStore {
  constructor(
    private readonly database: Database,
    private readonly events: SqlRevocationEventStore,
  ) {}

  find(profile: string, id: string, known: number | null): MaybePromise<DynamicClient | 'unchanged' | null> {
    const rows = this.database.query({ text: 'select * from dynamic_client where id = $1 and profile = $2', values: [id, profile] });
    return then(rows, ([row]) => (row === undefined ? null : row['version'] === known ? 'unchanged' : clientOf(row)));
  }

  register(client: NewDynamicClient, terms: RegistrationTerms): MaybePromise<RegistrationOutcome> {
    return this.database.write(() => register(this.database.dialect, client, terms), 'durable');
  }

  update(
    profile: string,
    id: string,
    from: number,
    state: RegistrationState,
    at: number,
    audit: readonly NewAuditEvent[],
  ): MaybePromise<boolean> {
    return this.database.write(() => update(profile, id, from, state, at, audit), 'durable');
  }

  remove(profile: string, id: string, at: number, audit: readonly NewAuditEvent[], tokenHash?: string): MaybePromise<boolean> {
    if (!isStorable(id)) return false;
    const removed = this.database.write(() => remove(this.database.dialect, profile, id, at, audit, tokenHash), 'durable');
    return then(removed, (isRemoved) => {
      this.events.written();
      return isRemoved;
    });
  }

  list({ profile, template }: DynamicClientFilter, page: Paging): MaybePromise<Page<DynamicClient>> {
    const where = new Where();
    where.equal('t.profile', profile);
    where.equal('t.template', template);
    return listPage(this.database, DYNAMIC_CLIENT.name, where, page, clientOf);
  }

  listExpired(before: number, limit: number): MaybePromise<readonly { readonly profile: string; readonly id: string }[]> {
    const rows = this.database.query({
      text: 'select profile, id from dynamic_client where expires_at < $1 order by expires_at limit $2',
      values: [before, limit],
    });
    return then(rows, (found) => found.map((row) => ({ profile: row['profile'] as string, id: row['id'] as string })));
  }

  createToken(token: NewInitialAccessToken, audit: readonly NewAuditEvent[]): MaybePromise<void> {
    return this.database.write(() => createToken(token, audit), 'durable');
  }

  findToken(profile: string, hash: Uint8Array): MaybePromise<InitialAccessToken | null> {
    const rows = this.database.query({
      text: 'select * from initial_access_token where profile = $1 and hash = $2',
      values: [profile, hash],
    });
    return then(rows, ([row]) => (row === undefined ? null : tokenOf(row)));
  }

  listTokens(profile: string, page: Paging): MaybePromise<Page<InitialAccessToken>> {
    const where = new Where();
    where.equal('t.profile', profile);
    return listPage(this.database, INITIAL_ACCESS_TOKEN.name, where, page, tokenOf);
  }

  removeToken(profile: string, id: string, audit: readonly NewAuditEvent[]): MaybePromise<boolean> {
    return isStorable(id) && this.database.write(() => removeToken(profile, id, audit), 'durable');
  }

  deleteExpiredTokens(before: number, limit: number): MaybePromise<number> {
    const { skipLocked } = this.database.dialect;
    const deletion: Query = {
      text: `delete from initial_access_token where (id, profile) in (
        select id, profile from initial_access_token where expires_at < $1 order by expires_at limit $2 ${skipLocked}) returning id`,
      values: [before, limit],
    };
    return this.database.write(() => counted(deletion), 'fast');
  }
}

/** The token first: of many who bring it, all but one wait here, and find it used. Nothing counts before all is found to hold. */
function* register(dialect: Dialect, client: NewDynamicClient, terms: RegistrationTerms): Script<RegistrationOutcome> {
  const { profile, template } = client;
  if (terms.token !== null) {
    const [token] = yield {
      text: `select id from initial_access_token where profile = $1 and hash = $2 and uses < maximum_uses and expires_at > $3
        ${dialect.lock.exclusive}`,
      values: [profile, terms.token.hash, client.createdAt],
    };
    if (token === undefined) return 'token-used';
  }
  yield {
    text: 'insert into dynamic_client_count (profile, template, clients) values ($1, $2, 0) on conflict do nothing',
    values: [profile, template],
  };
  const room = yield {
    text: 'update dynamic_client_count set clients = clients + 1 where profile = $1 and template = $2 and clients < $3 returning clients',
    values: [profile, template, terms.maximumClients],
  };
  if (room.length === 0) return 'full';
  if (terms.token !== null)
    yield {
      text: 'update initial_access_token set uses = uses + 1 where profile = $1 and hash = $2',
      values: [profile, terms.token.hash],
    };
  yield {
    into: CLIENTS,
    rows: [
      [
        ...[profile, client.id, client.endpoint, template, label(client.registeredBy)],
        ...[JSON.stringify(client.metadata), JSON.stringify(client.properties), JSON.stringify(client.secrets), client.tokenHash],
        ...[1, client.createdAt, client.createdAt, client.expiresAt],
      ],
    ],
  };
  yield auditInsertion(terms.audit, null);
  return 'registered';
}

function* update(
  profile: string,
  id: string,
  from: number,
  { metadata, properties, secrets, tokenHash }: RegistrationState,
  at: number,
  audit: readonly NewAuditEvent[],
): Script<boolean> {
  const updated = yield {
    text: `update dynamic_client set metadata = $4, properties = $5, secrets = $6, token_hash = $7, updated_at = $8, version = version + 1
      where id = $1 and profile = $2 and version = $3 returning id`,
    values: [id, profile, from, JSON.stringify(metadata), JSON.stringify(properties), JSON.stringify(secrets), tokenHash, at],
  };
  if (updated.length === 0) return false;
  yield auditInsertion(audit, null);
  return true;
}

/** Who commits a token of the client holds its row, or finds it gone: nothing that hangs from it is left over. */
function* remove(
  dialect: Dialect,
  profile: string,
  id: string,
  at: number,
  audit: readonly NewAuditEvent[],
  tokenHash: string | undefined,
): Script<boolean> {
  const [removed] = yield tokenHash === undefined
    ? { text: 'delete from dynamic_client where id = $1 and profile = $2 returning template', values: [id, profile] }
    : {
        text: 'delete from dynamic_client where id = $1 and profile = $2 and token_hash = $3 returning template',
        values: [id, profile, tokenHash],
      };
  if (removed === undefined) return false;
  yield {
    text: 'update dynamic_client_count set clients = clients - 1 where profile = $1 and template = $2',
    values: [profile, removed['template'] as string],
  };
  yield* revokeDelegations(dialect, profile, { clientId: id }, at, Number.MAX_SAFE_INTEGER);
  yield auditInsertion(audit, null);
  return true;
}

function* createToken(token: NewInitialAccessToken, audit: readonly NewAuditEvent[]): Script<void> {
  const { profile, id, hash, endpoint, template, note, maximumUses, createdAt, createdBy, expiresAt } = token;
  yield { into: TOKENS, rows: [[profile, id, hash, endpoint, template, note, maximumUses, 0, createdAt, label(createdBy), expiresAt]] };
  yield auditInsertion(audit, null);
}

function* removeToken(profile: string, id: string, audit: readonly NewAuditEvent[]): Script<boolean> {
  const removed = yield { text: 'delete from initial_access_token where id = $1 and profile = $2 returning id', values: [id, profile] };
  if (removed.length === 0) return false;
  yield auditInsertion(audit, null);
  return true;
}

function* counted(query: Query): Script<number> {
  return (yield query).length;
}

function clientOf(row: Row): DynamicClient {
  return {
    profile: row['profile'] as string,
    id: row['id'] as string,
    endpoint: row['endpoint'] as string,
    template: row['template'] as string,
    registeredBy: row['registered_by'] as string,
    metadata: JSON.parse(row['metadata'] as string) as Record<string, unknown>,
    properties: JSON.parse(row['properties'] as string) as Record<string, unknown>,
    secrets: JSON.parse(row['secrets'] as string) as readonly ClientSecret[],
    tokenHash: row['token_hash'] as string,
    version: row['version'] as number,
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
    expiresAt: row['expires_at'] as number | null,
  };
}

function tokenOf(row: Row): InitialAccessToken {
  return {
    profile: row['profile'] as string,
    id: row['id'] as string,
    hash: row['hash'] as Uint8Array,
    endpoint: row['endpoint'] as string,
    template: row['template'] as string | null,
    note: row['note'] as string,
    maximumUses: row['maximum_uses'] as number,
    uses: row['uses'] as number,
    createdAt: row['created_at'] as number,
    createdBy: row['created_by'] as string,
    expiresAt: row['expires_at'] as number,
  };
}
