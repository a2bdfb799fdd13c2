import { StoreError, type Commit, type CommitOutcome, type NewDelegation, type NewGrant, type NewToken } from '#libs/oauth';
import type { InsertionTarget, Script, Value } from './database.ts';
import type { Dialect } from './dialect.ts';
import { useGrant } from './grant-store.ts';
import { label } from './label.ts';
import { DELEGATION, GRANT, insertable, TOKEN } from './tables.ts';

const TOKENS: InsertionTarget = { table: TOKEN.name, columns: insertable(TOKEN) };
const DELEGATIONS: InsertionTarget = { table: DELEGATION.name, columns: insertable(DELEGATION) };
const GRANTS: InsertionTarget = { table: GRANT.name, columns: insertable(GRANT) };

/**
 * Several independent commits in one transaction. Each is checked before anything of it is written, so one that cannot
 * be leaves no trace and does not disturb the others; what passes is written table by table.
 */
export function* commitAll(dialect: Dialect, commits: readonly Commit[]): Script<CommitOutcome[]> {
  const delegations = yield* requiredDelegations(dialect, commits);
  const accepted: Commit[] = [];
  const outcomes: CommitOutcome[] = [];
  for (const commit of commits) {
    const outcome = yield* check(dialect, commit, delegations);
    outcomes.push(outcome);
    if (outcome !== 'committed') continue;
    accepted.push(commit);
    for (const effect of commit.effects) {
      if (effect.effect === 'delegation') delegations.set(name(effect.delegation), effect.delegation.expiresAt);
      if (effect.effect === 'revoke-delegation') delegations.delete(name(effect));
    }
  }
  yield* write(accepted);
  return outcomes;
}

/** Expiry of each active delegation that any of the commits needs. On PostgreSQL nobody can revoke them until we are done. */
function* requiredDelegations(dialect: Dialect, commits: readonly Commit[]): Script<Map<string, number>> {
  const needed = new Map(commits.flatMap((commit) => commit.requires).map((required) => [name(required), [required.profile, required.id]]));
  if (needed.size === 0) return new Map();
  const rows = yield {
    text: `select profile, id, expires_at from delegation
      where (profile, id) in (${dialect.pairs('$1')}) and status = 'active' order by profile, id ${dialect.share}`,
    values: [JSON.stringify([...needed.values()])],
  };
  return new Map(rows.map((row) => [name({ profile: row['profile'] as string, id: row['id'] as string }), row['expires_at'] as number]));
}

function* check(dialect: Dialect, commit: Commit, delegations: ReadonlyMap<string, number>): Script<CommitOutcome> {
  checkDelegations(commit);
  const isActive = (required: { profile: string; id: string }) => (delegations.get(name(required)) ?? 0) > commit.at;
  if (!commit.requires.every(isActive)) return 'inactive';
  if (commit.claim !== null && !(yield* useGrant(dialect, commit.claim))) return 'lost-claim';
  return 'committed';
}

/** A token or grant without a delegation could never be revoked: that is a mistake of the caller, not an outcome. */
function checkDelegations(commit: Commit): void {
  const known = new Set(commit.requires.map(name));
  for (const effect of commit.effects) {
    if (effect.effect === 'delegation') known.add(name(effect.delegation));
    const made = effect.effect === 'token' ? effect.token : effect.effect === 'grant' ? effect.grant : null;
    if (made !== null && !known.has(name({ profile: made.profile, id: made.delegationId }))) {
      throw new StoreError('dangling', `A commit has a ${effect.effect} whose delegation it neither makes nor requires: nothing was stored.`);
    }
  }
}

function* write(commits: readonly Commit[]): Script<void> {
  const delegations: Value[][] = [];
  const tokens: Value[][] = [];
  const grants: Value[][] = [];
  for (const { effects } of commits) {
    for (const effect of effects) {
      if (effect.effect === 'delegation') delegations.push(delegationRow(effect.delegation));
      else if (effect.effect === 'token') tokens.push(tokenRow(effect.token));
      else if (effect.effect === 'grant') grants.push(grantRow(effect.grant));
    }
  }
  if (delegations.length > 0) yield { into: DELEGATIONS, rows: delegations };
  if (tokens.length > 0) yield { into: TOKENS, rows: tokens };
  if (grants.length > 0) yield { into: GRANTS, rows: grants };
  for (const { at, effects } of commits) {
    for (const effect of effects) {
      if (effect.effect === 'revoke-delegation') yield revocation(effect.profile, effect.id, at);
    }
  }
}

/** Ends an active delegation; answers a row when there was one. */
export function revocation(profile: string, id: string, at: number): { readonly text: string; readonly values: readonly Value[] } {
  return {
    text: `update delegation set status = 'revoked', revoked_at = $3 where profile = $1 and id = $2 and status = 'active' returning id`,
    values: [profile, id, at],
  };
}

function name(delegation: { readonly profile: string; readonly id: string }): string {
  return `${delegation.profile}\n${delegation.id}`;
}

function delegationRow(d: NewDelegation): Value[] {
  return [d.profile, d.id, d.clientId, label(d.owner), d.scope, d.view, 'active', null, d.createdAt, d.expiresAt];
}

function tokenRow(t: NewToken): Value[] {
  const subject = t.subject === null ? null : label(t.subject);
  return [t.key.period, t.key.hash, t.profile, t.purpose, t.form, t.clientId, subject, t.delegationId, t.data, t.issuedAt, t.expiresAt, null];
}

function grantRow(g: NewGrant): Value[] {
  return [g.profile, g.hash, g.kind, g.clientId, g.delegationId, g.data, g.expiresAt, 0, null, null, null];
}
