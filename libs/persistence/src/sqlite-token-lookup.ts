import type BetterSqlite3 from 'better-sqlite3';
import type { DelegationStatus, FoundToken, NewToken, TokenKey, TokenPurpose } from '#libs/oauth';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { TokenLookup } from './token-store.ts';
import { hashRange } from './token-key.ts';

// The delegation comes as one text from a scalar subquery: a join costs twice as much, a second statement a quarter more.
const COLUMNS = `profile, purpose, form, client_id, delegation_id, data, expires_at, revoked_at,
  (select d.status || char(10) || d.expires_at || char(10) || d.view from delegation d where d.seq = token.delegation_seq)`;

type TokenRow = readonly [
  profile: string,
  purpose: TokenPurpose,
  form: NewToken['form'],
  clientId: string,
  delegationId: string,
  data: string,
  expiresAt: number,
  revokedAt: number | null,
  delegation: string | null,
  /** Asked for only where it is not known. */
  hash?: Uint8Array,
];

type Lookup<P extends unknown[]> = BetterSqlite3.Statement<P, TokenRow>;

/** Looks tokens up by prepared statements, a batch in one read transaction; answers at once. */
export function sqliteTokenLookup(database: SqliteDatabase): TokenLookup {
  const { handle } = database;
  const exact = handle.prepare(`select ${COLUMNS} from token where period = ? and hash = ?`).raw() as unknown as Lookup<
    [number, Uint8Array]
  >;
  const range = handle
    .prepare(`select ${COLUMNS}, hash from token where period = ? and hash >= ? and hash <= ?`)
    .raw() as unknown as Lookup<[number, Uint8Array, Uint8Array]>;
  const begin = handle.prepare('begin');
  const commit = handle.prepare('commit');

  const findOne = (key: TokenKey): FoundToken | null => {
    const row = key.hash.length === 32 ? exact.get(key.period, key.hash) : range.get(key.period, ...hashRange(key.hash));
    return row === undefined ? null : foundToken(row[9] === undefined ? key : { period: key.period, hash: row[9] }, row);
  };
  const findAll = (keys: readonly TokenKey[]): readonly (FoundToken | null)[] => {
    begin.run();
    try {
      return keys.map(findOne);
    } finally {
      commit.run();
    }
  };
  return (keys) => database.attempt(() => (keys.length < 2 ? keys.map(findOne) : findAll(keys)));
}

function foundToken(key: TokenKey, row: TokenRow): FoundToken {
  return {
    key,
    profile: row[0],
    purpose: row[1],
    form: row[2],
    clientId: row[3],
    delegationId: row[4],
    data: row[5],
    expiresAt: row[6],
    revokedAt: row[7],
    delegation: row[8] === null ? null : delegationOf(row[8]),
  };
}

/** Status, expiry and view, joined by line feeds: only the view may hold more of them. */
function delegationOf(text: string): FoundToken['delegation'] {
  const first = text.indexOf('\n');
  const second = text.indexOf('\n', first + 1);
  return {
    status: text.slice(0, first) as DelegationStatus,
    expiresAt: Number(text.slice(first + 1, second)),
    view: text.slice(second + 1),
  };
}
