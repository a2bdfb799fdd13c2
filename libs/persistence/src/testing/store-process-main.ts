import type { Stores } from '#libs/oauth';
import { put } from '#libs/oauth';
import { aCommit, aDelegation, aProfile, aToken, making } from '../../../oauth/src/testing/store-builders.ts';
import { openStores, type DatabaseSettings } from '../open-stores.ts';
import type { Answer, Task } from './store-process.ts';

const answer = (message: Answer): void => {
  process.send?.(message);
};

async function work(stores: Stores, task: Task): Promise<void> {
  if (task.task === 'claim') return claim(stores, task);
  if (task.task === 'issue') return issue(stores, task);
  if (task.task === 'use') return use(stores, task);
  return change(stores, task);
}

/** Every time with the whole batch in another order. */
async function use(stores: Stores, { uses, times }: Extract<Task, { task: 'use' }>): Promise<void> {
  const batches = Array.from({ length: times }, async (_, time) => {
    const places = uses.map((_use, i) => (i + time) % uses.length);
    const batch = places.map((place) => uses[place]).filter((named) => named !== undefined);
    const first = await stores.uses.once(batch.map((named) => ({ ...named, hash: Buffer.from(named.hash, 'base64url') })));
    return places.filter((_place, i) => first[i]);
  });
  answer({ answer: 'used', first: (await Promise.all(batches)).flat() });
}

async function claim(stores: Stores, { profile, hash, times }: Extract<Task, { task: 'claim' }>): Promise<void> {
  const claims = Array.from({ length: times }, async () => stores.grants.claim(profile, Buffer.from(hash, 'base64url'), 30));
  answer({ answer: 'claims', outcomes: (await Promise.all(claims)).map(({ outcome }) => outcome) });
}

/** Issues tokens until the process is ended, and tells of each group once the store says that it is committed. */
async function issue(stores: Stores, { profile, perCommit }: Extract<Task, { task: 'issue' }>): Promise<never> {
  for (;;) {
    const delegations = Array.from({ length: perCommit }, () => aDelegation(profile));
    const made = delegations.map((delegation) => ({ delegation, token: aToken(delegation) }));
    const outcomes = await stores.tokens.commit(made.map(({ delegation, token }) => aCommit(making(delegation, token))));
    if (!outcomes.every((outcome) => outcome === 'committed')) throw new Error(`outcomes ${outcomes.join()}`);
    const keys = made.map(({ token }) => ({ period: token.key.period, hash: Buffer.from(token.key.hash).toString('base64url') }));
    answer({ answer: 'issued', keys });
    await new Promise(setImmediate);
  }
}

/** Adds profiles one by one, starting over whenever somebody else was faster. */
async function change(stores: Stores, { times }: Extract<Task, { task: 'change' }>): Promise<void> {
  let applied = 0;
  while (applied < times) {
    const base = await stores.configuration.revision();
    const { outcome } = await stores.configuration.apply(base, [put('profile', aProfile())], []);
    if (outcome === 'applied') applied++;
  }
  answer({ answer: 'changed', applied });
}

try {
  const stores = await openStores({ database: JSON.parse(process.argv[2] ?? '') as DatabaseSettings });
  process.on('message', (task: Task) => {
    work(stores, task).catch((error: unknown) => {
      answer({ answer: 'failed', message: String(error) });
    });
  });
  answer({ answer: 'ready' });
} catch (error) {
  answer({ answer: 'failed', message: String(error) });
}
