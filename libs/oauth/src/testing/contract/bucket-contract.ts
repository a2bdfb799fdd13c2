import { describe, expect, test } from '@jest/globals';
import type { BucketKey, Effect, Stores } from '../../stores.ts';
import { put, remove, type Change } from '../../configuration/configuration.ts';
import { entityKey } from '../../configuration/entities.ts';
import { aBucket, aCommit, aDelegation, aProfile, AT, making, unique } from '../store-builders.ts';

export function describeBuckets(stores: () => Stores): void {
  const aKey = (members: Partial<BucketKey> = {}): BucketKey => ({
    ...{ profile: unique('profile'), bucket: 'visits', subject: unique('subject ü\n'), purpose: 'login' },
    ...members,
  });
  const storing = (key: BucketKey, attributes: string): Effect => ({ effect: 'bucket-store', ...key, attributes });
  const clearing = (key: BucketKey): Effect => ({ effect: 'bucket-clear', ...key });
  const committed = async (...effects: Effect[]) => {
    expect(await stores().tokens.commit([aCommit(effects)])).toEqual(['committed']);
  };
  const read = async ({ profile, bucket, subject, purpose }: BucketKey) => stores().buckets.get(profile, bucket, subject, purpose);

  describe('attributes in buckets', () => {
    test('are what was stored last, text for text, by profile, bucket, subject and purpose', async () => {
      const key = aKey();
      expect(await read(key)).toBeNull();
      await committed(storing(key, '{"count":1}'));
      await committed(storing(key, '{"text":"\\u0000 ü \u2028","count":2.50}'));
      expect(await read(key)).toBe('{"text":"\\u0000 ü \u2028","count":2.50}');
      for (const other of [{ profile: 'p' }, { bucket: 'b' }, { subject: 's' }, { purpose: 'u' }])
        expect(await read({ ...key, ...other })).toBeNull();
    });

    test('are gone once they are cleared, and only those', async () => {
      const [key, other] = [aKey(), aKey()];
      await committed(storing(key, '{}'), storing(other, '{"kept":true}'));
      await committed(clearing(key), clearing(aKey()));
      expect(await read(key)).toBeNull();
      expect(await read(other)).toBe('{"kept":true}');
    });

    test('take the effects of a commit in their order, and commits in theirs', async () => {
      const [first, second, third] = [aKey(), aKey(), aKey()];
      await committed(
        storing(first, '{"n":1}'),
        storing(first, '{"n":2}'),
        clearing(first),
        storing(first, '{"n":3}'),
        storing(second, '{}'),
        clearing(second),
      );
      expect([await read(first), await read(second)]).toEqual(['{"n":3}', null]);
      const commits = [
        aCommit([storing(third, '{"n":1}')]),
        aCommit([clearing(third)]),
        aCommit([storing(third, '{"n":2}')], { at: AT + 1 }),
      ];
      expect(await stores().tokens.commit(commits)).toEqual(['committed', 'committed', 'committed']);
      expect(await read(third)).toBe('{"n":2}');
      expect(await stores().buckets.list(third.profile, third.bucket, third.subject)).toEqual([
        { ...third, attributes: '{"n":2}', updatedAt: AT + 1 },
      ]);
    });

    test('are stored with the tokens of their commit or not at all', async () => {
      const [kept, lost] = [aKey(), aKey()];
      const outcomes = await stores().tokens.commit([
        aCommit([...making(aDelegation(unique('p'))), storing(kept, '{}')]),
        aCommit([storing(lost, '{}')], { requires: [{ profile: 'nowhere', id: 'none' }] }),
      ]);
      expect(outcomes).toEqual(['committed', 'inactive']);
      expect([await read(kept), await read(lost)]).toEqual(['{}', null]);
    });

    test('are listed for a subject by purpose', async () => {
      const key = aKey();
      await committed(
        ...['b', 'a', 'c'].map((purpose) => storing({ ...key, purpose }, '{}')),
        storing(aKey({ profile: key.profile }), '{}'),
      );
      const listed = await stores().buckets.list(key.profile, key.bucket, key.subject);
      expect(listed.map(({ purpose }) => purpose)).toEqual(['a', 'b', 'c']);
      expect(listed[0]).toEqual({ ...key, purpose: 'a', attributes: '{}', updatedAt: AT });
    });

    test('can be cleared for a subject, or for all of a bucket', async () => {
      const key = aKey();
      const others = [aKey({ profile: key.profile }), aKey({ profile: key.profile }), aKey({ profile: key.profile, bucket: 'other' })];
      await committed(storing(key, '{}'), storing({ ...key, purpose: 'second' }, '{}'), ...others.map((other) => storing(other, '{}')));
      expect(await stores().buckets.clear(key.profile, key.bucket, key.subject)).toBe(2);
      expect(await stores().buckets.clear(key.profile, key.bucket)).toBe(2);
      expect(await stores().buckets.clear(key.profile, key.bucket)).toBe(0);
      expect(await read(others[2] as BucketKey)).toBe('{}');
    });

    test('go with their bucket in the change that removes it, and are never found by another one of its id', async () => {
      const change = async (...changes: Change[]) => {
        const { configuration } = stores();
        expect(await configuration.apply(await configuration.revision(), changes, [])).toMatchObject({ outcome: 'applied' });
      };
      const profile = aProfile({ id: unique('p/ü') });
      const [bucket, other] = [aBucket(profile.id), aBucket(profile.id)];
      const [key, kept] = [bucket, other].map(({ id }) => aKey({ profile: profile.id, bucket: id })) as [BucketKey, BucketKey];
      await change(put('profile', profile), put('bucket', bucket), put('bucket', other));
      await committed(storing(key, '{}'), storing(kept, '{}'));
      await change(put('bucket', { ...bucket, description: 'described anew' }));
      expect(await read(key)).toBe('{}');

      await change(remove('bucket', entityKey(profile.id, bucket.id)));
      expect([await read(key), await read(kept)]).toEqual([null, '{}']);
      // A run that began before the bucket was removed may end after it.
      await committed(storing(key, '{"late":true}'));
      await change(put('bucket', bucket));
      expect([await read(key), await read(kept)]).toEqual([null, '{}']);

      await committed(storing(key, '{}'));
      await change(remove('bucket', entityKey(profile.id, bucket.id)), put('bucket', bucket));
      expect([await read(key), await read(kept)]).toEqual([null, '{}']);
    });

    test('a bucket whose removal does not come about keeps its entries', async () => {
      const key = aKey();
      await committed(storing(key, '{}'));
      const stale = (await stores().configuration.revision()) - 1;
      const removal = remove('bucket', entityKey(key.profile, key.bucket));
      expect(await stores().configuration.apply(stale, [removal], [])).toEqual({ outcome: 'conflict' });
      expect(await read(key)).toBe('{}');
    });

    test('hold the longest names there can be', async () => {
      const key = aKey({ subject: '\uffee'.repeat(512), purpose: '\uffee'.repeat(128), bucket: 'b'.repeat(128) });
      await committed(storing(key, '{}'));
      expect(await read(key)).toBe('{}');
    });

    test('of many simultaneous commits over the same entries all are stored', async () => {
      const keys = [aKey(), aKey(), aKey()];
      const write = async (i: number) => {
        const order = i % 2 === 0 ? keys : keys.toReversed();
        return stores().tokens.commit([aCommit(order.map((key) => (i % 5 === 4 ? clearing(key) : storing(key, `{"n":${i}}`))))]);
      };
      const outcomes = await Promise.all(Array.from({ length: 40 }, (_, i) => write(i)));
      expect(outcomes.flat().filter((outcome) => outcome !== 'committed')).toEqual([]);
    });
  });
}
