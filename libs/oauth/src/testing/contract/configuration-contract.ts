import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Configuration, put, remove, type Change } from '../../configuration/configuration.ts';
import { ENTITY_KINDS, entityKey } from '../../configuration/entities.ts';
import type { AuditEvent, NewAuditEvent, Stores } from '../../stores.ts';
import {
  aBucket,
  aClient,
  aConfiguration,
  aLibrary,
  aLibraryVersion,
  anEvent,
  anHttpClient,
  aProcedure,
  aProfile,
  aSecret,
  aVersion,
  unique,
} from '../store-builders.ts';

export function describeConfiguration(stores: () => Stores): void {
  const apply = async (changes: readonly Change[], audit: readonly NewAuditEvent[] = []): Promise<number> => {
    const outcome = await stores().configuration.apply(await stores().configuration.revision(), changes, audit);
    if (outcome.outcome !== 'applied') throw new Error('conflict');
    return outcome.revision;
  };

  describe('configuration', () => {
    test('what is applied is loaded again, member by member, at the revision that changed it', async () => {
      const { changes } = aConfiguration();
      const revision = await apply(changes);
      const loaded = await stores().configuration.load();
      expect(loaded.revision).toBe(revision);
      for (const change of changes) expect(loaded.entities).toContainEqual({ ...change, revision });
      expect(new Set(changes.map(({ kind }) => kind))).toEqual(new Set(ENTITY_KINDS));
      // Byte for byte: the order of members is part of an export.
      const profile = loaded.entities.find((entity) => entity.kind === 'profile' && changes.some((change) => change.key === entity.key));
      expect(JSON.stringify(profile?.value)).toBe(JSON.stringify(changes.find((change) => change.kind === 'profile')?.value));
    });

    test('entities are loaded in the order in which they were made, whether changed later or not', async () => {
      const profile = aProfile();
      const clients = [aClient(profile.id), aClient(profile.id), aClient(profile.id)];
      await apply([put('profile', profile), ...clients.map((client) => put('client', client))]);
      const later = aClient(profile.id);
      await apply([put('client', { ...clients[0]!, name: 'changed' }), put('client', later)]);
      const { revision, entities } = await stores().configuration.load();
      const ours = [...Configuration.empty.with(entities, revision).all('client')].filter((client) => client.profile === profile.id);
      expect(ours.map((client) => client.id)).toEqual([...clients, later].map((client) => client.id));
      expect(ours[0]?.name).toBe('changed');
    });

    test('an entity removed and made again in one change is a new one', async () => {
      const profile = aProfile();
      const [first, second] = [aClient(profile.id), aClient(profile.id)];
      await apply([put('profile', profile), put('client', first), put('client', second)]);
      await apply([remove('client', entityKey(profile.id, first.id)), put('client', first)]);
      const { entities } = await stores().configuration.load();
      const ours = entities.filter((entity) => entity.kind === 'client' && entity.value?.profile === profile.id);
      expect(ours.map((entity) => entity.key)).toEqual([entityKey(profile.id, second.id), entityKey(profile.id, first.id)]);
    });

    test('a change on an older revision is a conflict, and nothing of it is stored', async () => {
      const base = await stores().configuration.revision();
      const [winner, loser] = [aProfile(), aProfile()];
      const event = anEvent();
      await expect(stores().configuration.apply(base, [put('profile', winner)], [])).resolves.toEqual({
        outcome: 'applied',
        revision: base + 1,
      });
      await expect(stores().configuration.apply(base, [put('profile', loser)], [event])).resolves.toEqual({ outcome: 'conflict' });
      const { revision, entities } = await stores().configuration.load();
      expect(revision).toBe(base + 1);
      expect(entities.some((entity) => entity.key === loser.id)).toBe(false);
      expect(await stores().audit.list({ key: event.key, limit: 10 })).toEqual([]);
    });

    test('of many simultaneous changes on one revision one is applied', async () => {
      const base = await stores().configuration.revision();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => stores().configuration.apply(base, [put('profile', aProfile())], [])),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'applied')).toHaveLength(1);
      expect(await stores().configuration.revision()).toBe(base + 1);
    });

    test('changesSince gives the present state of each changed entity once, and null for removed ones', async () => {
      const profile = aProfile();
      const [kept, changed, removed, unmade] = [aClient(profile.id), aClient(profile.id), aClient(profile.id), aClient(profile.id)];
      const since = await apply([put('profile', profile), put('client', kept), put('client', changed), put('client', removed)]);
      const first = await apply([put('client', { ...changed, name: 'one' }), put('client', unmade)]);
      await apply([put('client', { ...changed, name: 'two' }), remove('client', entityKey(profile.id, removed.id))]);
      const last = await apply([remove('client', entityKey(profile.id, unmade.id))]);
      const { revision, changes } = await stores().configuration.changesSince(since);
      expect(revision).toBe(last);
      expect(changes).toHaveLength(3);
      expect(changes).toContainEqual({ ...put('client', { ...changed, name: 'two' }), revision: first + 1 });
      expect(changes).toContainEqual({ ...remove('client', entityKey(profile.id, removed.id)), revision: first + 1 });
      expect(changes).toContainEqual({ ...remove('client', entityKey(profile.id, unmade.id)), revision: last });
      expect((await stores().configuration.changesSince(last)).changes).toEqual([]);
    });

    test('a removed entity that is made again is there again', async () => {
      const profile = aProfile();
      const since = await apply([put('profile', profile)]);
      await apply([remove('profile', profile.id)]);
      const revision = await apply([put('profile', profile)]);
      expect((await stores().configuration.changesSince(since)).changes).toEqual([{ ...put('profile', profile), revision }]);
    });

    test('the source of a stored procedure version cannot be changed, though its note can', async () => {
      const procedure = aProcedure();
      const version = aVersion(procedure.id);
      const before = await apply([put('procedure', procedure), put('procedure-version', version)]);
      const altered = put('procedure-version', { ...version, source: 'function result() { return null; }', digest: 'other' });
      await expect(apply([altered])).rejects.toMatchObject({ name: 'StoreError', code: 'immutable' });
      await expect(apply([remove('procedure-version', altered.key), altered])).rejects.toMatchObject({ code: 'immutable' });
      expect(await stores().configuration.revision()).toBe(before);
      await apply([put('procedure-version', { ...version, note: 'a note' })]);
    });

    test('nothing that decides what runs can be changed in a stored version of a procedure or a library', async () => {
      const [procedure, library] = [aProcedure(), aLibrary()];
      const [version, used] = [aVersion(procedure.id), aLibraryVersion(library.id)];
      const before = await apply([
        put('procedure', procedure),
        put('procedure-version', version),
        put('library', library),
        put('library-version', used),
      ]);
      const altered = [
        put('procedure-version', { ...version, script: 'function result() {}' }),
        put('procedure-version', { ...version, language: 'javascript' }),
        put('procedure-version', { ...version, libraries: [{ library: library.id, version: 1 }] }),
        put('procedure-version', { ...version, secrets: [] }),
        put('library-version', { ...used, source: 'other', digest: 'other' }),
        put('library-version', { ...used, script: 'other' }),
        put('library-version', { ...used, language: 'typescript' }),
      ];
      for (const change of altered) await expect(apply([change])).rejects.toMatchObject({ name: 'StoreError', code: 'immutable' });
      expect(await stores().configuration.revision()).toBe(before);
      await apply([put('library-version', { ...used, note: 'a note' }), put('procedure-version', version)]);
    });

    test('a change that leaves a reference dangling is refused as a whole', async () => {
      const { profile, procedure, changes } = aConfiguration();
      const before = await apply(changes);
      const dangling = [
        [put('client', aClient(unique('no-such-profile')))],
        [remove('profile', profile)],
        [remove('procedure-version', entityKey(procedure, 1))],
        [put('procedure', aProcedure({ activeVersion: 3 }))],
        [put('library', aLibrary({ activeVersion: 3 }))],
        [put('library-version', aLibraryVersion(unique('no-such-library')))],
        [put('secret', aSecret(unique('no-such-profile')))],
        [put('bucket', aBucket(unique('no-such-profile')))],
        [put('http-client', anHttpClient(unique('no-such-profile')))],
      ];
      for (const change of dangling) await expect(apply(change)).rejects.toMatchObject({ name: 'StoreError', code: 'dangling' });
      expect(await stores().configuration.revision()).toBe(before);
      const last = await apply(changes.map((change) => remove(change.kind, change.key)));
      expect((await stores().configuration.load()).entities.filter((entity) => entity.revision === last)).toEqual([]);
    });

    test('an entity under a key that is not its own is refused', async () => {
      await expect(apply([{ kind: 'profile', key: 'other', value: aProfile() }])).rejects.toMatchObject({ name: 'StoreError' });
    });

    test('audit events are stored with the revision they made, and listed newest first by page and filter', async () => {
      const actor = unique('actor');
      const event = anEvent({ actor, before: { b: 'ü' }, after: null });
      const revision = await apply([put('profile', aProfile())], [event]);
      await stores().audit.append([anEvent({ actor, action: 'delegation.revoke', kind: 'delegation' }), anEvent({ actor })]);
      const all = await stores().audit.list({ actor, limit: 10 });
      expect(all.map((e) => e.revision)).toEqual([null, null, revision]);
      expect(all[2]).toEqual({ ...event, id: all[2]?.id, revision });
      expect(await stores().audit.list({ actor, limit: 2 })).toEqual(all.slice(0, 2));
      expect(await stores().audit.list({ actor, limit: 2, before: all[1]!.id })).toEqual(all.slice(2));
      expect(await stores().audit.list({ actor, kind: 'delegation', limit: 10 })).toEqual([all[1]]);
      expect(await stores().audit.list({ kind: 'client', key: event.key, limit: 10 })).toEqual([all[2]]);
      expect(await stores().audit.list({ actor, action: 'delegation.revoke', limit: 10 })).toEqual([all[1]]);
      const { at } = event;
      expect(await stores().audit.list({ actor, since: at, until: at + 1, limit: 10 })).toEqual(all);
      expect(await stores().audit.list({ actor, since: at + 1, limit: 10 })).toEqual([]);
      expect(await stores().audit.list({ actor, until: at, limit: 10 })).toEqual([]);
    });

    test('audit events of a time are listed by it, newest first and page by page, in whatever order they were appended', async () => {
      // A time of its own: the trail is that of all tests.
      const from = 40_000_000_000 + randomInt(1_000_000) * 10;
      const kind = unique('kind');
      const at = (seconds: number, members: Partial<NewAuditEvent> = {}) => anEvent({ ...members, at: from + seconds });
      await stores().audit.append([at(2), at(1, { kind }), at(9), at(3), at(1), at(0, { kind })]);
      const time = { since: from, until: from + 9 };
      const all = await stores().audit.list({ ...time, limit: 10 });
      expect(all.map((event) => event.at - from)).toEqual([3, 2, 1, 1, 0]);
      expect(all[2]!.id).toBeGreaterThan(all[3]!.id);
      const paged: AuditEvent[] = [];
      for (let page = await stores().audit.list({ ...time, limit: 2 }); page.length > 0;) {
        paged.push(...page);
        page = await stores().audit.list({ ...time, limit: 2, before: page.at(-1)!.id });
      }
      expect(paged).toEqual(all);
      expect(await stores().audit.list({ ...time, kind, limit: 10 })).toEqual([all[3], all[4]]);
      expect(await stores().audit.list({ since: from, limit: 1, before: all[0]!.id })).toEqual([all[1]]);
      expect(await stores().audit.list({ ...time, limit: 10, before: 2_000_000_000 })).toEqual([]);
    });
  });
}
