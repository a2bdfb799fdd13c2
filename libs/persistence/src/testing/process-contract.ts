import { describe, expect, test } from '@jest/globals';
import type { Stores } from '#libs/oauth';
import { aCommit, aDelegation, aGrant, making, unique, aUse } from '../../../oauth/src/testing/store-builders.ts';
import { openStores, type DatabaseSettings } from '../open-stores.ts';
import { StoreProcess } from './store-process.ts';

/** What holds when several processes have stores on one database, each in a test with a database that may be new. */
export function describeProcesses(name: string, makeDatabase: () => Promise<DatabaseSettings>): void {
  const withProcesses = async (count: number, use: (processes: StoreProcess[], stores: Stores) => Promise<void>): Promise<void> => {
    const database = await makeDatabase();
    const processes = Array.from({ length: count }, () => new StoreProcess(database));
    try {
      await Promise.all(processes.map((process) => process.answer('ready')));
      const stores = await openStores({ database });
      try {
        await use(processes, stores);
      } finally {
        await stores.close();
      }
    } finally {
      await Promise.all(processes.map((process) => process.end('SIGKILL')));
    }
  };

  describe(name, () => {
    test('of a hundred simultaneous claims by several processes, which all started on an empty database, one wins', async () => {
      await withProcesses(4, async (processes, stores) => {
        const delegation = aDelegation(unique('p'));
        const grants = Array.from({ length: 5 }, () => aGrant(delegation));
        await stores.tokens.commit([aCommit(making(delegation, ...grants))]);
        for (const grant of grants) {
          for (const process of processes) {
            process.answers.length = 0;
            process.send({ task: 'claim', profile: grant.profile, hash: Buffer.from(grant.hash).toString('base64url'), times: 25 });
          }
          const outcomes = (await Promise.all(processes.map((process) => process.answer('claims')))).flatMap((answer) => answer.outcomes);
          expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
          expect(outcomes.filter((outcome) => outcome === 'claimed-elsewhere')).toHaveLength(99);
        }
      });
    }, 60_000);

    test('of forty simultaneous uses of each of many things by several processes one is the first', async () => {
      await withProcesses(4, async (processes) => {
        const uses = [1, 2, 3, 4, 5].flatMap(() => [aUse(), aUse({ kind: 'dpop-proof' })]);
        const named = uses.map(({ hash, ...rest }) => ({ ...rest, hash: Buffer.from(hash).toString('base64url') }));
        for (const process of processes) process.send({ task: 'use', uses: named, times: 10 });
        const answers = await Promise.all(processes.map((process) => process.answer('used')));
        const firsts = answers.flatMap((answer) => answer.first);
        expect(firsts).toHaveLength(uses.length);
        expect(new Set(firsts).size).toBe(uses.length);
      });
    }, 60_000);

    test('what a process ended by SIGKILL has used is used', async () => {
      await withProcesses(1, async ([process], stores) => {
        const use = aUse({ kind: 'dpop-proof' });
        process?.send({ task: 'use', uses: [{ ...use, hash: Buffer.from(use.hash).toString('base64url') }], times: 1 });
        expect((await process?.answer('used'))?.first).toEqual([0]);
        await process?.end('SIGKILL');
        expect(await stores.uses.once([use])).toEqual([false]);
      });
    }, 60_000);

    test('changes by several processes follow one another, and none is lost', async () => {
      await withProcesses(3, async (processes, stores) => {
        for (const process of processes) process.send({ task: 'change', times: 20 });
        await Promise.all(processes.map((process) => process.answer('changed')));
        const { revision, entities } = await stores.configuration.load();
        expect(revision).toBe(60);
        expect(entities.map((entity) => entity.revision)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
      });
    }, 60_000);

    test('a writer ended by SIGKILL in the middle of its load has lost no token it was told is committed', async () => {
      await withProcesses(2, async (processes, stores) => {
        const profile = unique('p');
        for (const process of processes) process.send({ task: 'issue', profile, perCommit: 8 });
        await Promise.all(processes.map((process) => process.answer('issued')));
        await new Promise((resolve) => setTimeout(resolve, 700));
        await Promise.all(processes.map((process) => process.end('SIGKILL')));
        const issued = processes.flatMap((process) => process.answers).filter((answer) => answer.answer === 'issued');
        const keys = issued.flatMap((answer) => answer.keys.map(({ period, hash }) => ({ period, hash: Buffer.from(hash, 'base64url') })));
        const found = await stores.tokens.find(keys);
        expect(keys.length).toBeGreaterThan(50);
        expect(found.filter((token) => token?.delegation?.status === 'active')).toHaveLength(keys.length);
        // Nor is any commit half there.
        const { items } = await stores.tokens.listDelegations({ profile }, { limit: 1000 });
        for (const { id } of items.slice(0, 50)) {
          expect((await stores.tokens.listTokens({ delegationId: id }, { limit: 2 })).items).toHaveLength(1);
        }
      });
    }, 60_000);
  });
}
