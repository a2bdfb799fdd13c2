import { entityKey, PUSHED_REQUEST, type MaybePromise, type Stores } from '#libs/oauth';

const EVERY_MILLISECONDS = 60_000;
/** Rows of one portion: what embedded SQLite does in a few milliseconds, during which it does nothing else. */
const PORTION = 1000;
/** Of one kind at a time: more than can come to their end in a minute. */
const MOST_PORTIONS = 500;
/** Seconds for which things are kept after their end, for people who look for what happened. */
const KEPT = 86_400;
/** The same for proposals: who looks at one years later finds it in the audit trail. */
const PROPOSALS_KEPT = 90 * KEPT;
/** Clients that are removed in a minute, each with all that hangs from it. */
const MOST_CLIENTS = 500;
/** The same for what nobody looks for: as long as clocks may differ, and well more. */
const KEPT_SHORTLY = 300;

/** Deletes what has ended, off the request path, in small portions. Answers how to end it. */
export function startCleanUp(stores: Stores, clock: () => number, onError: (error: unknown) => void): () => Promise<void> {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    void cleanUp(stores, clock())
      .catch(onError)
      .finally(() => (isRunning = false));
  }, EVERY_MILLISECONDS).unref();
  return async () => {
    clearInterval(timer);
  };
}

async function cleanUp(
  { adminSessions, dynamicClients, tokens, grants, polled, proposals, sessions, consents, uses, revocationEvents }: Stores,
  now: number,
): Promise<void> {
  await inPortions((limit) => tokens.deleteExpired(now - KEPT, limit));
  await inPortions((limit) => sessions.deleteExpired(now - KEPT, limit));
  await inPortions((limit) => adminSessions.deleteExpired(now - KEPT, limit));
  await inPortions((limit) => consents.deleteExpired(now - KEPT, limit));
  await inPortions((limit) => proposals.deleteExpired(now - PROPOSALS_KEPT, limit));
  await inPortions((limit) => revocationEvents.deleteBefore(now - KEPT, limit));
  await inPortions((limit) => removeExpiredClients(dynamicClients, now, limit));
  await inPortions((limit) => dynamicClients.deleteExpiredTokens(now - KEPT, limit));
  await inPortions((limit) => grants.deleteReplies(now, limit));
  await inPortions((limit) => grants.deleteExpired(PUSHED_REQUEST, now - KEPT_SHORTLY, limit));
  await inPortions((limit) => polled.deleteExpired(now - KEPT_SHORTLY, limit));
  await inPortions((limit) => uses.deleteExpired(now - KEPT_SHORTLY, limit));
}

/** Each with its tokens, in a transaction of its own. */
async function removeExpiredClients(clients: Stores['dynamicClients'], now: number, limit: number): Promise<number> {
  const expired = await clients.listExpired(now, Math.min(limit, MOST_CLIENTS));
  for (const { profile, id } of expired) {
    const key = entityKey(profile, id);
    const event = { at: now, actor: 'system', action: 'dynamic-client.expire', kind: 'dynamic-client', key, before: null, after: null };
    await clients.remove(profile, id, now, [event]);
  }
  return expired.length;
}

/** As many portions as there are, and no more than a bound; requests come between. */
async function inPortions(deleteSome: (limit: number) => MaybePromise<number>): Promise<void> {
  for (let portion = 0; portion < MOST_PORTIONS; portion++) {
    if ((await deleteSome(PORTION)) < PORTION) return;
    await new Promise(setImmediate);
  }
}
