import { describe, expect, test } from '@jest/globals';
import { bound, endpointOf, PROFILE, profileOf } from '../testing/service-builder.ts';
import { aBucket, aLibrary, aLibraryVersion, anHttpClient, aSecret, aVersion } from '../testing/store-builders.ts';
import { Configuration, put, remove, type Change } from './configuration.ts';
import { validate } from './validation.ts';

const FLOW = 'oauth-introspect';
const uses = (members: Parameters<typeof aVersion>[1]) =>
  put('procedure-version', aVersion(`own-${FLOW}`, { secrets: [], libraries: [], ...members }));

/** A bound procedure with two libraries, of which the first has an active version. */
const BASE: readonly Change[] = [
  put('profile', profileOf()),
  put('endpoint', endpointOf(FLOW, '/introspect')),
  ...bound(FLOW, 'function result() { return {}; }'),
  put('library', aLibrary({ id: 'claims', activeVersion: 1 })),
  put('library-version', aLibraryVersion('claims')),
  put('library', aLibrary({ id: 'texts' })),
  put('library-version', aLibraryVersion('texts')),
];

/** Problems of the base with changes, as `kind key pointer: message`. */
function problems(...changes: readonly Change[]): string[] {
  return validate(Configuration.empty.with([...BASE, ...changes]), changes).map(
    ({ kind, key, pointer, message }) => `${kind} ${key} ${pointer}: ${message}`,
  );
}

describe('libraries', () => {
  test('may be pinned in any version, and stay for as long as one pins them', () => {
    const pins = uses({
      libraries: [
        { library: 'texts', version: 1 },
        { library: 'claims', version: 1 },
      ],
    });
    expect(problems(pins)).toEqual([]);
    expect(problems(pins, remove('library', 'texts'), remove('library-version', 'texts/1'))).toEqual([
      'procedure-version own-oauth-introspect/1 /libraries/0: there is no version 1 of library "texts"; a library stays for as long as a version of a procedure uses it',
    ]);
    expect(problems(remove('library', 'texts'), remove('library-version', 'texts/1'))).toEqual([]);
  });

  test('are pinned once each, and only versions that are there', () => {
    const libraries = [
      { library: 'claims', version: 1 },
      { library: 'claims', version: 2 },
    ];
    expect(problems(uses({ libraries }))).toEqual([
      'procedure-version own-oauth-introspect/1 /libraries/1: library "claims" is named twice',
      'procedure-version own-oauth-introspect/1 /libraries/1: there is no version 2 of library "claims"; a library stays for as long as a version of a procedure uses it',
    ]);
  });

  test('have the active version they say, and versions have their library', () => {
    expect(problems(put('library', aLibrary({ id: 'claims', activeVersion: 7 })), remove('library', 'texts'))).toEqual([
      'library claims /activeVersion: library "claims" has no version 7',
      'library-version texts/1 /library: there is no library "texts"',
    ]);
  });
});

describe('secrets', () => {
  const reads = uses({ secrets: ['api-key', 'pepper'] });

  test('that a bound version reads are there in the profile it is bound in', () => {
    const message = (name: string) =>
      `binding main/${FLOW}/${FLOW} /procedure: version 1 of procedure "own-${FLOW}" reads the secret "${name}", which profile "main" does not have`;
    expect(problems(reads)).toEqual([message('api-key'), message('pepper')]);
    const other = put('profile', profileOf({ id: 'other', issuer: '/other' }));
    const elsewhere = put('secret', aSecret('other', { id: 'api-key' }));
    expect(problems(reads, other, elsewhere, put('secret', aSecret(PROFILE, { id: 'pepper' })))).toEqual([message('api-key')]);
    expect(problems(reads, put('secret', aSecret(PROFILE, { id: 'api-key' })), put('secret', aSecret(PROFILE, { id: 'pepper' })))).toEqual(
      [],
    );
  });

  test('are looked for in the version that is pinned, not in the active one', () => {
    const pinned = bound(FLOW, '', { version: 1 });
    expect(problems(...pinned, put('procedure-version', aVersion(`own-${FLOW}`, { version: 2, secrets: ['x'], libraries: [] })))).toEqual(
      [],
    );
    const unbound = remove('binding', `${PROFILE}/${FLOW}/${FLOW}`);
    expect(problems(reads, unbound)).toEqual([]);
  });
});

describe('what procedures may use', () => {
  test('hangs from a profile', () => {
    const lost = [
      put('secret', aSecret('nowhere', { id: 's' })),
      put('bucket', aBucket('nowhere', { id: 'b' })),
      put('http-client', anHttpClient('nowhere', { id: 'h' })),
    ];
    expect(problems(...lost)).toEqual([
      'secret nowhere/s /profile: there is no profile "nowhere"',
      'bucket nowhere/b /profile: there is no profile "nowhere"',
      'http-client nowhere/h /profile: there is no profile "nowhere"',
    ]);
  });

  test('HTTP clients keep the rules for them; those that no change touches are left out', () => {
    const broken = put('http-client', anHttpClient(PROFILE, { id: 'h', allowedHosts: ['https://x'] }));
    expect(problems(broken)).toEqual([expect.stringMatching(/^http-client main\/h \/allowedHosts\/0: must be a host such as /)]);
    expect(validate(Configuration.empty.with([...BASE, broken]), [put('profile', profileOf())])).toEqual([]);
  });
});
