import { describe, expect, test } from '@jest/globals';
import { Configuration, put, type Program } from '#libs/oauth';
import { aLibrary, aLibraryVersion } from '../../../oauth/src/testing/store-builders.ts';
import { auditOf } from '../plan.ts';
import { applyChanges, entity, NOW, problemsOf, SEALER } from '../testing/files.ts';
import { readAndPlan } from './read-configuration-file.ts';
import type { Compile } from './script-checks.ts';

const actions = (changes: readonly { action: string; kind: string; key: string }[]) =>
  changes.map(({ action, kind, key }) => `${action} ${kind} ${key}`);
const text = (claims: string, uses = '[claims]', more = '') =>
  `libraries:\n  claims: { source: ${claims} }\n${more}procedures:\n  x: { flow: oauth-introspect, source: x, libraries: ${uses} }\n`;

describe('libraries in a configuration file', () => {
  test('are pinned where a procedure names them: the active version, or the one it names', async () => {
    const first = await applyChanges(Configuration.empty, text('one'));
    expect(actions(first.changes)).toEqual([
      'create library claims',
      'create library-version claims/1',
      'create procedure x',
      'create procedure-version x/1',
    ]);
    expect(entity(first.configuration, 'procedure-version', 'x/1').libraries).toEqual([{ library: 'claims', version: 1 }]);
    expect((await applyChanges(first.configuration, text('one'))).changes).toEqual([]);
    const second = await applyChanges(first.configuration, text('two'));
    expect(actions(second.changes)).toEqual([
      'update library claims',
      'create library-version claims/2',
      'update procedure x',
      'create procedure-version x/2',
    ]);
    expect(entity(second.configuration, 'procedure-version', 'x/2').libraries).toEqual([{ library: 'claims', version: 2 }]);
    expect(second.changes.map((change) => auditOf(change, NOW, 'file').action)).toEqual([
      'library.activate',
      'library-version.create',
      'procedure.activate',
      'procedure-version.create',
    ]);
    const back = await applyChanges(second.configuration, text('two', '[claims@1]'));
    expect(actions(back.changes)).toEqual(['update procedure x']);
    expect(entity(back.configuration, 'procedure', 'x').activeVersion).toBe(1);
  });

  test('another language, secret or order of libraries makes a new version of the same text', async () => {
    const more = '  texts: { source: t }\n';
    let { configuration } = await applyChanges(Configuration.empty, text('one', '[claims, texts]', more));
    for (const uses of [
      '[texts, claims]',
      '[texts]',
      '[texts], secrets: [b, a]',
      '[texts], secrets: [b]',
      '[texts], secrets: [b], language: typescript',
    ]) {
      const next = await applyChanges(configuration, text('one', uses, more), {
        compile: ({ source }) => Promise.resolve({ ok: true, script: source }),
      });
      expect(actions(next.changes)).toEqual(['update procedure x', expect.stringMatching(/^create procedure-version x/)]);
      configuration = next.configuration;
    }
    expect(configuration.get('procedure-version', 'x/6')).toMatchObject({ language: 'typescript', secrets: ['b'] });
  });

  test('that stored versions still pin stay when the file has them no more, others go', async () => {
    const { configuration } = await applyChanges(Configuration.empty, text('one', '[claims]', '  texts: { source: t }\n'));
    const without = 'procedures:\n  x: { flow: oauth-introspect, source: x }\n';
    const next = await applyChanges(configuration, without);
    expect(actions(next.changes)).toEqual([
      'delete library-version texts/1',
      'delete library texts',
      'update procedure x',
      'create procedure-version x/2',
    ]);
    expect((await applyChanges(next.configuration, without)).changes).toEqual([]);
    expect(actions((await applyChanges(next.configuration, 'profiles: {}\n')).changes)).toEqual([
      ...['delete procedure-version x/1', 'delete procedure-version x/2', 'delete procedure x'],
      ...['delete library-version claims/1', 'delete library claims'],
    ]);
  });

  test('that were made in the service may be pinned; those that only an older file had may not', async () => {
    const made = Configuration.empty.with([
      put('library', aLibrary({ id: 'own', activeVersion: 1 })),
      put('library-version', aLibraryVersion('own')),
    ]);
    const uses = (libraries: string) => `procedures:\n  x: { flow: oauth-introspect, source: x, libraries: ${libraries} }\n`;
    expect(await problemsOf(uses('[own]'), made)).toEqual([]);
    const { configuration } = await applyChanges(made, text('one'));
    expect(await problemsOf(uses('[claims]'), configuration)).toEqual(['2:55 /procedures/x/libraries/0: there is no library "claims"']);
  });

  test('every problem has its place', async () => {
    const problems = await problemsOf(
      [
        'libraries:',
        '  claims: { source: one, flow: oauth-introspect, libraries: [nothing] }',
        '  texts: { versions: [{ source: t }], activeVersion: null, language: typescript }',
        '  broken: { sourc: x }',
        'procedures:',
        '  a: { flow: oauth-introspect, source: x, libraries: [claim, "bad name", texts, texts@2, broken, claims, claims@1] }',
        '  b: { flow: oauth-introspect, versions: [{ source: x, libraries: [text@1] }], secrets: [s, s] }',
        '  c: { flow: oauth-introspect, source: x, librarys: [] }',
        '',
      ].join('\n'),
    );
    expect(problems).toEqual([
      '2:26 /libraries/claims/flow: unknown key "flow"',
      '2:50 /libraries/claims/libraries: unknown key "libraries"',
      '3:70 /libraries/texts/language: goes with "file" or "source" only: each of "versions" has its own',
      '4:11 /libraries/broken: must have exactly one of "file", "source" and "versions"',
      '4:13 /libraries/broken/sourc: unknown key "sourc"; did you mean "source"?',
      '6:55 /procedures/a/libraries/0: there is no library "claim"; did you mean "claims"?',
      '6:62 /procedures/a/libraries/1: must be the id of a library, such as claims, or of one of its versions, such as claims@2',
      '6:81 /procedures/a/libraries/3: library "texts" is named twice',
      '6:106 /procedures/a/libraries/6: library "claims" is named twice',
      '7:68 /procedures/b/versions/0/libraries/0: there is no library "text"; did you mean "texts"?',
      '7:89 /procedures/b/secrets: goes with "file" or "source" only: each of "versions" has its own',
      '7:93 /procedures/b/secrets/1: "s" is listed twice',
      '8:43 /procedures/c/librarys: unknown key "librarys"; did you mean "libraries"?',
    ]);
  });

  test('a library, a version or an active version that is not there is told where it is named', async () => {
    const named = text('one', '[claim, texts, claims@7]', '  texts: { versions: [{ source: t }], activeVersion: null }\n');
    expect(await problemsOf(named)).toEqual([
      '5:55 /procedures/x/libraries/0: there is no library "claim"; did you mean "claims"?',
      '5:62 /procedures/x/libraries/1: library "texts" has no active version: activate one or name one, such as texts@1',
      '5:69 /procedures/x/libraries/2: library "claims" has no version 7',
    ]);
  });

  test('a stored version that is listed with other libraries is a problem: versions never change', async () => {
    const listed = (uses: string) =>
      `libraries:\n  claims: { source: one }\nprocedures:\n  x: { flow: oauth-introspect, versions: [{ source: x${uses} }] }\n`;
    const { configuration } = await applyChanges(Configuration.empty, listed(', libraries: [claims]'));
    expect(await problemsOf(listed(', libraries: [claims]'), configuration)).toEqual([]);
    expect(await problemsOf(listed(''), configuration)).toEqual([
      '4:53 /procedures/x/versions/0/source: version 1 of "x" is stored with another language, libraries or secrets; versions never change: add one',
    ]);
  });
});

describe('TypeScript in a configuration file', () => {
  const files: Readonly<Record<string, string>> = { 'lib.ts': 'const n: number = 1;\n', 'x.ts': 'x as any;\n', 'y.js': 'y\n' };
  const file = [
    'libraries: { claims: { file: lib.ts } }',
    'procedures:',
    '  x: { flow: oauth-introspect, file: x.ts, libraries: [claims], secrets: [s] }',
    '  y: { flow: oauth-revoke, file: y.js }',
    '',
  ].join('\n');
  const options = { fileName: 'f.yaml', now: NOW, sealer: SEALER, readFile: (path: string) => files[path] ?? '' };
  const alone = { ...options, current: Configuration.empty };
  const compile: Compile = ({ source }) =>
    Promise.resolve({ ok: true, script: source.replace(/: number|as any/, (types) => ' '.repeat(types.length)) });

  test('is told by the name of the file, compiled, and checked as it will run, libraries first', async () => {
    const checked: Program[] = [];
    const seen: unknown[] = [];
    const { configuration } = await applyChanges(Configuration.empty, file, {
      ...options,
      compile: (compiled) => {
        seen.push([compiled.flow, compiled.libraries.map(({ name, script }) => [name, script])]);
        return compile(compiled);
      },
      check: (program) => {
        checked.push(program);
        return Promise.resolve({ ok: true, warnings: [] });
      },
    });
    const script = 'const n         = 1;\n';
    expect(entity(configuration, 'library-version', 'claims/1')).toMatchObject({ language: 'typescript', source: files['lib.ts'], script });
    expect(entity(configuration, 'procedure-version', 'x/1')).toMatchObject({
      language: 'typescript',
      source: 'x as any;\n',
      script: 'x       ;\n',
    });
    expect(entity(configuration, 'procedure-version', 'y/1')).toMatchObject({ language: 'javascript', script: 'y\n' });
    expect(seen).toEqual([
      [null, []],
      ['oauth-introspect', [['claims', script]]],
    ]);
    expect(checked.map(({ key, source, libraries, secrets }) => [key, source, libraries?.length, secrets])).toEqual([
      ['library claims@1', 'function result() { return {}; }', 1, undefined],
      ['x@1', 'x       ;\n', 1, ['s']],
      ['y@1', 'y\n', 0, []],
    ]);
    expect((await applyChanges(configuration, file, options)).changes).toEqual([]);
  });

  test('what is wrong with its types is told at the line of its file; what uses a refused library is not at fault', async () => {
    const refuse: Compile = () => Promise.resolve({ ok: false, errors: [{ code: 'types', message: 'Type mismatch', line: 1, column: 7 }] });
    await expect(readAndPlan(file, { ...alone, compile: refuse })).rejects.toThrow(
      /^lib\.ts:1:7: \/libraries\/claims\/file: Type mismatch$/,
    );
  });

  test('a fault in a library that only shows in a procedure names the library', async () => {
    const check = ({ procedure }: Program) =>
      Promise.resolve(
        procedure === 'x'
          ? { ok: false as const, errors: [{ code: 'runtime', message: 'n is not defined', line: 3, column: 2, library: 'claims' }] }
          : { ok: true as const, warnings: [] },
      );
    await expect(readAndPlan(file, { ...alone, compile, check })).rejects.toThrow(
      'f.yaml:3:38: /procedures/x/file: in library "claims", line 3, column 2: n is not defined',
    );
  });

  test('is refused where nothing can compile it', async () => {
    await expect(readAndPlan(file, alone)).rejects.toThrow(
      ['lib.ts:1:1: /libraries/claims/file: is TypeScript, which cannot be compiled here; give JavaScript'].join('\n'),
    );
  });
});
