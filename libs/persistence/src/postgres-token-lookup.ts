import type { DelegationStatus, FoundToken, NewToken, TokenPurpose } from '#libs/oauth';
import type { PostgresDatabase } from './postgres-database.ts';
import type { TokenLookup } from './token-store.ts';
import { hashRange } from './token-key.ts';

// One statement for a batch of any size. The limits within make it a lookup by key for each, whatever the planner thinks
// of the number of keys.
const TEXT = `select k.position, t.hash, t.profile, t.purpose, t.form, t.client_id, t.delegation_id, t.data, t.expires_at, t.revoked_at,
    d.status, d.expires_at, d.view
  from unnest($1::integer[], $2::bytea[], $3::bytea[]) with ordinality as k (period, low, high, position)
  cross join lateral (select * from token where period = k.period and hash >= k.low and hash <= k.high limit 1) t
  left join lateral (select * from delegation where profile = t.profile and id = t.delegation_id limit 1) d on true`;

type FoundRow = readonly [
  position: number,
  hash: Uint8Array,
  profile: string,
  purpose: TokenPurpose,
  form: NewToken['form'],
  clientId: string,
  delegationId: string,
  data: string,
  expiresAt: number,
  revokedAt: number | null,
  status: DelegationStatus | null,
  delegationExpiresAt: number,
  view: string,
];

/** Looks a batch of tokens up by one named statement. */
export function postgresTokenLookup(database: PostgresDatabase): TokenLookup {
  return async (keys) => {
    const found: (FoundToken | null)[] = keys.map(() => null);
    if (keys.length === 0) return found;
    const ranges = keys.map((key) => hashRange(key.hash));
    // The driver turns arrays of any of these into PostgreSQL's, though its types speak of plain values.
    const values = [keys.map((key) => key.period), ranges.map(([low]) => low), ranges.map(([, high]) => high)] as never[];
    for (const row of (await database.queryArrays({ text: TEXT, values })) as unknown as readonly FoundRow[]) {
      const index = row[0] - 1;
      const key = keys[index];
      if (key !== undefined) found[index] = foundToken(key.period, row);
    }
    return found;
  };
}

function foundToken(period: number, row: FoundRow): FoundToken {
  return {
    key: { period, hash: row[1] },
    profile: row[2],
    purpose: row[3],
    form: row[4],
    clientId: row[5],
    delegationId: row[6],
    data: row[7],
    expiresAt: row[8],
    revokedAt: row[9],
    delegation: row[10] === null ? null : { status: row[10], expiresAt: row[11], view: row[12] },
  };
}
