import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clientOf, profileOf } from '../testing/service-builder.ts';
import { Configuration, put, remove } from './configuration.ts';
import { entityKey, keyOf } from './entities.ts';

describe('keys of entities', () => {
  test('are the ids that name it, parent first, so that no two entities share one', () => {
    expect(keyOf('client', clientOf('https://client/a b', { profile: 'p/q' }))).toBe('p%2Fq/https%3A%2F%2Fclient%2Fa%20b');
    expect(entityKey('a', 'b/c')).not.toBe(entityKey('a/b', 'c'));
  });

  test('any ids can be told apart by their key', () => {
    const ids = fc.array(fc.string({ unit: 'grapheme', maxLength: 5 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(ids, ids, (one, other) =>
        expect(entityKey(...one) === entityKey(...other)).toBe(JSON.stringify(one) === JSON.stringify(other)),
      ),
    );
  });
});

describe('a configuration', () => {
  const first = Configuration.empty.with([put('profile', profileOf()), put('client', clientOf('a'))]);

  test('is immutable: a change makes another one and leaves the old as it was', () => {
    const second = first.with([put('client', clientOf('a', { name: 'new' })), put('client', clientOf('b'))]);
    expect(second.revision).toBe(2);
    expect([...first.all('client')].map(({ id, name }) => `${id} ${name}`)).toEqual(['a a']);
    expect([...second.all('client')].map(({ id, name }) => `${id} ${name}`)).toEqual(['a new', 'b b']);
  });

  test('shares what a change does not touch, which tells what need not be rebuilt', () => {
    const second = first.with([remove('client', entityKey('main', 'a'))]);
    expect(second.sharesWith(first, 'profile')).toBe(true);
    expect(second.sharesWith(first, 'client')).toBe(false);
    expect(second.count('client')).toBe(0);
    expect(first.count('client')).toBe(1);
  });

  test('knows the revision that last changed an entity: its ETag', () => {
    const second = first.with([put('client', clientOf('b'))]);
    expect(second.stored('client', entityKey('main', 'a'))?.revision).toBe(1);
    expect(second.stored('client', entityKey('main', 'b'))?.revision).toBe(2);
    expect(second.stored('client', entityKey('main', 'c'))).toBeUndefined();
  });

  test('takes over stored changes with the revisions they have', () => {
    const caughtUp = first.with([{ ...put('client', clientOf('b')), revision: 5 }], 7);
    expect(caughtUp.revision).toBe(7);
    expect(caughtUp.stored('client', entityKey('main', 'b'))?.revision).toBe(5);
  });
});
