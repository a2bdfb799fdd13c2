import { describe, expect, test } from '@jest/globals';
import { aLibraryVersion, aVersion } from '../testing/store-builders.ts';
import { Configuration, put } from './configuration.ts';
import { programOfVersion } from './programs.ts';

const FLOW = 'oauth-introspect';
const version = aVersion('x', {
  source: 'const n: number = 1;',
  script: 'const n         = 1;',
  libraries: [
    { library: 'second', version: 1 },
    { library: 'first', version: 2 },
  ],
  secrets: ['api-key'],
});
const first = aLibraryVersion('first', { version: 2, source: 'let a: string;', script: 'let a        ;' });
const second = aLibraryVersion('second');
const configuration = Configuration.empty.with([put('library-version', first), put('library-version', second)]);

describe('the program of a stored version', () => {
  test('runs the scripts, not the sources, of the version and of what it pins, in the order of the pins', () => {
    expect(programOfVersion(configuration, version, FLOW)).toEqual({
      key: expect.stringMatching(/^x@1#[\w-]{12}$/),
      procedure: 'x',
      version: 1,
      flow: FLOW,
      source: 'const n         = 1;',
      libraries: [
        { name: 'second', version: 1, source: second.script },
        { name: 'first', version: 2, source: 'let a        ;' },
      ],
      secrets: ['api-key'],
    });
  });

  test('has another key as soon as anything of it is another', () => {
    const keyOf = (changed: typeof configuration, of = version) => programOfVersion(changed, of, FLOW).key;
    const keys = [
      keyOf(configuration),
      keyOf(configuration, { ...version, script: 'const n = 1;' }),
      keyOf(configuration, { ...version, secrets: [] }),
      keyOf(configuration, { ...version, libraries: version.libraries.toReversed() }),
      keyOf(configuration, { ...version, libraries: version.libraries.slice(1) }),
      keyOf(configuration.with([put('library-version', { ...first, script: 'let a;' })])),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(configuration.with([put('library-version', { ...first, note: 'only the note' })]))).toBe(keys[0]);
  });

  test('is not made of a version whose library is missing', () => {
    expect(() => programOfVersion(Configuration.empty, version, FLOW)).toThrow('version 1 of library "second" is pinned and not there');
  });
});
