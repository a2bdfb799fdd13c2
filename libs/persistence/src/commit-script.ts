import { isDynamicClientId, StoreError, type Commit, type CommitOutcome, type NewDelegation, type NewToken } from '#libs/oauth';
import { writeBuckets } from './bucket-store.ts';
import type { InsertionTarget, Row, Script, Value } from './database.ts';
import type { Dialect } from './dialect.ts';
import { GRANTS, grantRow, useGrant } from './grant-store.ts';
import { label } from './label.ts';
import { makePolled } from './polled-authorization-store.ts';
import { delegationRevoked, revocationEvents, type NewRevocationEvent } from './revocation-event-store.ts';
import { DELEGATION, insertable, SESSION_DELEGATION, TOKEN } from './tables.ts';

const TOKENS: InsertionTarget = { table: TOKEN.name, columns: insertable(TOKEN) };
const DELEGATIONS: InsertionTarget = {
  table: DELEGATION.name,
  columns: insertable(DELEGATION),
  counted: { counter: 'seq', by: ['profile', 'id'] },
};
const OF_SESSIONS: InsertionTarget = {
  table: SESSION_DELEGATION.name,
  columns: insertable(SESSION_DELEGATION),
  conflict: `on conflict (profile, session, delegation_id) do update set expires_at = excluded.expires_at
    where excluded.expires_at > session_delegation.expires_at`,
};

/**
 * Several independent commits in one transaction. Each is checked before anything of it is written, so one that cannot
 * be leaves no trace and does not disturb the others; what passes is written table by table.
 */
export function* commitAll(dialect: Dialect, commits: readonly Commit[]): Script<CommitOutcome[]> {
  // Before the delegations, as who ends a session does.
  const signedIn = yield* lockPeople(dialect, commits);
  const standing = yield* lockDynamicClients(dialect, signedIn);
  const locked = yield* lockDelegations(dialect, commits);
  const active = new Map(locked.map((row) => [nameOf(row), row['expires_at'] as number]));
  const accepted: Commit[] = [];
  const outcomes: CommitOutcome[] = [];
  for (const commit of commits) {
    const outcome = standing.has(commit) ? yield* check(dialect, commit, active) : 'inactive';
    outcomes.push(outcome);
    if (outcome !== 'committed') continue;
    accepted.push(commit);
    for (const effect of commit.effects) {
      if (effect.effect === 'delegation' || effect.effect === 'renewed-delegation') {
        const named = name(effect.delegation);
        active.set(named, Math.max(active.get(named) ?? 0, effect.delegation.expiresAt));
      }
      if (effect.effect === 'revoke-delegation') active.delete(name(effect));
    }
  }
  yield* write(accepted, locked);
  return outcomes;
}

/** The commits whose people are still signed in, or may sign in, and still allow it. On PostgreSQL nobody can change that until we are done. */
function* lockPeople({ lock }: Dialect, commits: readonly Commit[]): Script<ReadonlySet<Commit>> {
  const standing = new Set<Commit>();
  for (const commit of commits) {
    const { person, at } = commit;
    if (person !== undefined) {
      const { profile, subject, session, consentTo } = person;
      const there =
        session === null
          ? yield {
              text: `select id from account where profile = $1 and id = $2 and enabled ${lock.shared}`,
              values: [profile, subject],
            }
          : yield {
              text: `select id from login_session where profile = $1 and subject = $2 and id = $3 and ends_at > $4 ${lock.shared}`,
              values: [profile, subject, session, at],
            };
      if (there.length === 0) continue;
      if (consentTo !== null) {
        const allowed = yield {
          text: `select scope from consent where profile = $1 and subject = $2 and client_id = $3 ${lock.shared}`,
          values: [profile, subject, consentTo],
        };
        if (allowed.length === 0) continue;
      }
    }
    standing.add(commit);
  }
  return standing;
}

/**
 * Those of the commits whose clients are still there, of clients that have registered themselves. On PostgreSQL nobody can remove one
 * until we are done, so that nothing of a client comes after its end.
 */
function* lockDynamicClients(dialect: Dialect, commits: ReadonlySet<Commit>): Script<ReadonlySet<Commit>> {
  const clientsOf = new Map([...commits].map((commit) => [commit, dynamicClientsOf(commit)]));
  const named = new Map([...clientsOf.values()].flat().map((client) => [name(client), [client.profile, client.id]]));
  if (named.size === 0) return commits;
  const found = yield {
    text: `select profile, id from dynamic_client where (profile, id) in (${dialect.pairs('$1')}) order by profile, id ${dialect.lock.shared}`,
    values: [JSON.stringify([...named.values()])],
  };
  const there = new Set(found.map(nameOf));
  return new Set([...commits].filter((commit) => clientsOf.get(commit)?.every((client) => there.has(name(client))) === true));
}

/** For whom a commit makes something to present. */
function dynamicClientsOf({ effects }: Commit): readonly { readonly profile: string; readonly id: string }[] {
  return effects.flatMap((effect) => {
    const made = effect.effect === 'delegation' ? effect.delegation : effect.effect === 'token' ? effect.token : null;
    return made !== null && isDynamicClientId(made.clientId) ? [{ profile: made.profile, id: made.clientId }] : [];
  });
}

/**
 * Each active delegation that any of the commits needs or ends. On PostgreSQL nobody else can end them until we are done,
 * and all are locked here, in one order, so that no two groups wait for each other.
 */
function* lockDelegations(dialect: Dialect, commits: readonly Commit[]): Script<readonly Row[]> {
  const ended = commits.flatMap((commit) => commit.effects.filter((effect) => effect.effect === 'revoke-delegation'));
  const isRenewing = commits.some(({ effects }) => effects.some(({ effect }) => effect === 'renewed-delegation'));
  const needed = [...commits.flatMap((commit) => commit.requires), ...ended];
  if (needed.length === 0) return [];
  const pairs = new Map(needed.map((named) => [name(named), [named.profile, named.id]]));
  return yield {
    text: `select profile, id, seq, expires_at from delegation where (profile, id) in (${dialect.pairs('$1')}) and status = 'active'
      order by profile, id ${ended.length > 0 || isRenewing ? dialect.lock.exclusive : dialect.lock.shared}`,
    values: [JSON.stringify([...pairs.values()])],
  };
}

function* check(dialect: Dialect, commit: Commit, active: ReadonlyMap<string, number>): Script<CommitOutcome> {
  checkDelegations(commit);
  if (commit.polled !== undefined && commit.claim !== null)
    throw new StoreError('failed', 'A commit cannot claim a grant and make an authorization that is polled for: nothing was stored.');
  const isActive = (required: { profile: string; id: string }) => (active.get(name(required)) ?? 0) > commit.at;
  if (!commit.requires.every(isActive)) return 'inactive';
  if (commit.claim !== null && !(yield* useGrant(dialect, commit.claim, commit.remains))) return 'lost-claim';
  if (commit.polled !== undefined && !(yield* makePolled(commit.polled))) return 'taken';
  return 'committed';
}

/** A token or grant without a delegation could never be revoked: that is a mistake of the caller, not an outcome. */
function checkDelegations(commit: Commit): void {
  const known = new Set(commit.requires.map(name));
  for (const effect of commit.effects) {
    if (effect.effect === 'delegation') known.add(name(effect.delegation));
    if (effect.effect === 'renewed-delegation' && !known.has(name(effect.delegation)))
      throw new StoreError('dangling', 'A commit renews a delegation that it does not require: nothing was stored.');
    const made = effect.effect === 'token' ? effect.token : effect.effect === 'grant' ? effect.grant : null;
    if (
      made !== null &&
      (made.delegationId !== '' || effect.effect === 'token') &&
      !known.has(name({ profile: made.profile, id: made.delegationId }))
    ) {
      throw new StoreError(
        'dangling',
        `A commit has a ${effect.effect} whose delegation it neither makes nor requires: nothing was stored.`,
      );
    }
  }
}

function* write(commits: readonly Commit[], locked: readonly Row[]): Script<void> {
  const delegations: Value[][] = [];
  const tokens: NewToken[] = [];
  const grants: Value[][] = [];
  const ofSessions: Value[][] = [];
  for (const { effects } of commits) {
    for (const effect of effects) {
      if (effect.effect === 'delegation') delegations.push(delegationRow(effect.delegation));
      else if (effect.effect === 'token') tokens.push(effect.token);
      else if (effect.effect === 'grant') grants.push(grantRow(effect.grant));
      else if (effect.effect === 'session-delegation')
        ofSessions.push([effect.profile, label(effect.session), effect.delegationId, effect.expiresAt]);
    }
  }
  const made = delegations.length > 0 ? yield { into: DELEGATIONS, rows: delegations } : [];
  const seqs = new Map([...locked, ...made].map((row) => [nameOf(row), row['seq'] as number]));
  if (tokens.length > 0) yield { into: TOKENS, rows: tokens.map((token) => tokenRow(token, seqs)) };
  if (grants.length > 0) yield { into: GRANTS, rows: grants };
  if (ofSessions.length > 0) yield { into: OF_SESSIONS, rows: ofSessions };
  const revoked: NewRevocationEvent[] = [];
  for (const { at, effects } of commits) {
    for (const effect of effects) {
      if (effect.effect === 'revoke-delegation' && (yield revocation(effect.profile, effect.id, at)).length > 0)
        revoked.push(delegationRevoked(effect.profile, effect.id, at));
      if (effect.effect === 'renewed-delegation') yield renewal(effect.delegation);
      if (effect.effect === 'rotated-token')
        yield {
          text: 'update token set revoked_at = $3 where period = $1 and hash = $2',
          values: [effect.key.period, effect.key.hash, at],
        };
    }
  }
  if (revoked.length > 0) yield revocationEvents(revoked);
  yield* writeBuckets(commits);
}

/** Locked and active since the commit was checked. */
function renewal({ profile, id, scope, view, expiresAt }: NewDelegation): { readonly text: string; readonly values: readonly Value[] } {
  return {
    text: `update delegation set scope = $3, view = $4, expires_at = case when expires_at < $5 then $5 else expires_at end
      where profile = $1 and id = $2 and status = 'active'`,
    values: [profile, id, scope, view, expiresAt],
  };
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

function nameOf(row: Row): string {
  return name({ profile: row['profile'] as string, id: row['id'] as string });
}

function delegationRow(d: NewDelegation): Value[] {
  return [d.profile, d.id, d.clientId, label(d.owner), d.scope, d.view, 'active', null, d.createdAt, d.expiresAt];
}

function tokenRow(t: NewToken, seqs: ReadonlyMap<string, number>): Value[] {
  const subject = t.subject === null ? null : label(t.subject);
  const seq = seqs.get(name({ profile: t.profile, id: t.delegationId })) ?? null;
  return [
    t.key.period,
    t.key.hash,
    t.profile,
    t.purpose,
    t.form,
    t.clientId,
    subject,
    t.delegationId,
    seq,
    t.data,
    t.issuedAt,
    t.expiresAt,
    null,
  ];
}
