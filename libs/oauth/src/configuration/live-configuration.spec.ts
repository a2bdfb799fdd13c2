import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ConfigurationStore, Stores } from '../stores.ts';
import { memoryStores } from '../testing/memory-stores.ts';
import { clientOf, PROFILE, profileOf } from '../testing/service-builder.ts';
import { anEvent } from '../testing/store-builders.ts';
import { Configuration, put, remove, type Change } from './configuration.ts';
import { entityKey } from './entities.ts';
import { LiveConfiguration } from './live-configuration.ts';
import { ConfigurationError } from './validation.ts';

let stores: Stores;
let live: LiveConfiguration;

beforeEach(async () => {
  stores = memoryStores();
  live = await LiveConfiguration.open(stores.configuration);
  await change(live, put('profile', profileOf()));
});

const change = (of: LiveConfiguration, ...changes: Change[]) => of.change(() => ({ changes, audit: [], result: null }));
const named = (of: LiveConfiguration) => [...of.current.all('client')].map(({ id }) => id);

describe('a change', () => {
  test('is in force when it returns, with the revision it made and the result of the work', async () => {
    const { result, revision } = await live.change((configuration) => ({
      changes: [put('client', clientOf('a'))],
      audit: [],
      result: configuration.revision,
    }));
    expect(result).toBe(1);
    expect(revision).toBe(2);
    expect(live.current.revision).toBe(2);
    expect(named(live)).toEqual(['a']);
  });

  test('and its audit events are one transaction', async () => {
    await live.change(() => ({ changes: [put('client', clientOf('a'))], audit: [anEvent({ action: 'client.create' })], result: null }));
    const [event] = await stores.audit.list({ limit: 10 });
    expect(event).toMatchObject({ action: 'client.create', revision: 2 });
  });

  test('that would not be valid is refused whole: nothing is stored and nothing changes', async () => {
    const bad = change(live, put('client', clientOf('good')), put('client', clientOf('bad', { scopes: ['nonsense'] })));
    await expect(bad).rejects.toThrow(ConfigurationError);
    await expect(bad).rejects.toMatchObject({ problems: [{ kind: 'client', key: 'main/bad', pointer: '/scopes/0' }] });
    expect(live.current.revision).toBe(1);
    expect(await stores.configuration.revision()).toBe(1);
    expect(named(live)).toEqual([]);
  });

  test('of nothing raises no revision', async () => {
    expect(await live.change(() => ({ changes: [], audit: [], result: 'seen' }))).toEqual({ result: 'seen', revision: 1 });
    expect(await stores.configuration.revision()).toBe(1);
  });

  test('whose work throws stores nothing', async () => {
    await expect(live.change(() => Promise.reject(new Error('no longer there')))).rejects.toThrow('no longer there');
    expect(await stores.configuration.revision()).toBe(1);
  });
});

describe('concurrent changes', () => {
  test('in one process are all applied, one after the other, each to what the others made', async () => {
    const add = (id: string) =>
      live.change((configuration) => ({
        changes: [put('client', clientOf(id, { name: String(configuration.count('client')) }))],
        audit: [],
        result: null,
      }));
    const revisions = await Promise.all(Array.from({ length: 8 }, (_, i) => add(`client-${i}`)));
    expect(new Set(revisions.map(({ revision }) => revision))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9]));
    expect([...live.current.all('client')].map(({ name }) => Number(name)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('by another node: the work runs again on what that node made', async () => {
    const other = await LiveConfiguration.open(stores.configuration);
    await change(other, put('client', clientOf('theirs')));
    const seen: number[] = [];
    await live.change((configuration) => {
      seen.push(configuration.count('client'));
      return { changes: [put('client', clientOf('ours'))], audit: [], result: null };
    });
    expect(seen).toEqual([0, 1]);
    expect(named(live)).toEqual(['theirs', 'ours']);
    await other.refresh();
    expect(named(other)).toEqual(['theirs', 'ours']);
  });

  test('by another node that no longer fit end in the error of the work, which sees the newer configuration', async () => {
    await change(live, put('client', clientOf('a')));
    const other = await LiveConfiguration.open(stores.configuration);
    await change(other, remove('client', entityKey(PROFILE, 'a')));
    const rename = live.change((configuration) => {
      const client = configuration.get('client', entityKey(PROFILE, 'a'));
      if (client === undefined) throw new Error('the client is gone');
      return { changes: [put('client', { ...client, name: 'new' })], audit: [], result: null };
    });
    await expect(rename).rejects.toThrow('the client is gone');
    expect(named(live)).toEqual([]);
  });
});

describe('listeners', () => {
  test('hear of each new configuration with the one before, and are awaited before the change returns', async () => {
    const heard: string[] = [];
    live.onChange(async (now, before) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      heard.push(`first ${before.revision} to ${now.revision}`);
    });
    live.onChange((now) => void heard.push(`second ${now.revision}`));
    await change(live, put('client', clientOf('a')));
    expect(heard).toEqual(['first 1 to 2', 'second 2']);
    await live.refresh();
    expect(heard).toHaveLength(2);
  });

  test('are called in the order of the revisions, however the refreshes come', async () => {
    const other = await LiveConfiguration.open(stores.configuration);
    const revisions: number[] = [];
    other.onChange(async ({ revision }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      revisions.push(revision);
    });
    for (let i = 0; i < 3; i++) {
      await change(live, put('client', clientOf(`c${i}`)));
      void other.refresh();
    }
    await other.refresh();
    expect(revisions).toEqual([...revisions].sort());
    expect(other.current.revision).toBe(4);
  });

  test('that are taken away hear nothing more', async () => {
    const heard = jest.fn<() => void>();
    const stop = live.onChange(heard);
    stop();
    await change(live, put('client', clientOf('a')));
    expect(heard).not.toHaveBeenCalled();
  });

  test('that fail keep the configuration before in force, and the next refresh tries again', async () => {
    const other = await LiveConfiguration.open(stores.configuration);
    let broken = true;
    other.onChange(() => {
      if (broken) throw new Error('cannot serve this');
    });
    await change(live, put('client', clientOf('a')));
    await expect(other.refresh()).rejects.toThrow('cannot serve this');
    expect(other.current.revision).toBe(1);
    broken = false;
    await other.refresh();
    expect(other.current.revision).toBe(2);
  });
});

describe('polling', () => {
  test('takes over what another process changed, removals too, and stops when told', async () => {
    const other = await LiveConfiguration.open(stores.configuration);
    await change(live, put('client', clientOf('a')));
    await other.refresh();
    other.poll(5, (error) => {
      throw error;
    });
    await change(live, put('client', clientOf('b')), remove('client', entityKey(PROFILE, 'a')));
    while (other.current.revision < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(named(other)).toEqual(['b']);
    other.stop();
    await change(live, put('client', clientOf('c')));
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(named(other)).toEqual(['b']);
  });

  test('reports a store that fails, and looks again', async () => {
    let failing = true;
    const flaky: ConfigurationStore = {
      load: () => stores.configuration.load(),
      apply: (...args) => stores.configuration.apply(...args),
      changesSince: (revision) => stores.configuration.changesSince(revision),
      revision: () => {
        if (failing) throw new Error('the database is away');
        return stores.configuration.revision();
      },
    };
    const other = await LiveConfiguration.open(flaky);
    const errors: string[] = [];
    other.poll(2, (error) => {
      errors.push((error as Error).message);
      failing = errors.length < 2;
    });
    await change(live, put('client', clientOf('a')));
    while (other.current.revision < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    other.stop();
    expect(errors).toEqual(['the database is away', 'the database is away']);
  });
});

test('opening reads everything that is stored', async () => {
  await change(live, put('client', clientOf('a')));
  const other = await LiveConfiguration.open(stores.configuration);
  expect(other.current).toBeInstanceOf(Configuration);
  expect(other.current.revision).toBe(live.current.revision);
  expect(named(other)).toEqual(['a']);
});
