import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckFinding } from '#libs/oauth';
import ts from 'typescript';
import { TypeFinder } from './editor.ts';
import { libraryPath, MODULE_MARK, ProcedureCompiler, procedurePath, readDeclarations, type CompiledText } from './index.ts';

/** As it comes over the wire. */
const served = JSON.parse(JSON.stringify(readDeclarations())) as ReturnType<typeof readDeclarations>;
const flow = 'oauth-introspect';
const libraries = [
  { name: 'one', language: 'typescript', source: 'interface Pair { a: number }\nfunction two(n: number): number { return 2 * n; }' },
  { name: 'two', language: 'javascript', source: 'function three(a) { return two(a); }' },
] as const;

const typescript = (body: string): CompiledText => ({
  source: `function result(context: IntrospectionTokenProcedureContext): object {\n${body}\n}`,
  language: 'typescript',
  flow,
  libraries,
});
const javascript = (source: string): CompiledText => ({ source, language: 'javascript', flow, libraries });

const CORPUS: readonly (readonly [string, CompiledText])[] = [
  ['right TypeScript', typescript('return { active: context.presentedToken.active };')],
  ['an unknown member', typescript('return { a: context.presentedTokn };')],
  ['a value of the wrong type', typescript("const n: number = 'x';\nreturn { n };")],
  ['a global of the service with the wrong argument', typescript('return { hash: sha256(7) };')],
  ['a library with its types', typescript("const p: Pair = { a: two('x') };\nreturn p;")],
  ['what other environments have', typescript('return fetch(document.title);')],
  ['a later part of the language', typescript('return { a: [3, 1].toSorted(), b: "a".replaceAll("a", "b"), c: Object.hasOwn({}, "a") };')],
  ['an enum', typescript('enum E { A }\nreturn { a: E.A };')],
  ['a context without a type', { source: 'function result(context) { return {}; }', language: 'typescript', flow }],
  [
    'the context of another flow',
    { source: 'function result(c: RevocationProcedureContext) { return {}; }', language: 'typescript', flow },
  ],
  ['a syntax error', typescript('return {;')],
  ['an import', { source: "import x from 'y';\nfunction result() { return {}; }", language: 'typescript', flow }],
  ['right JavaScript', javascript('function result(context) { return { active: context.presentedToken.active, n: three(1) }; }')],
  ['an unknown member in JavaScript', javascript('function result(context) {\n  return { a: context.client.nam };\n}')],
  ['a wrong call in JavaScript', javascript('function result(context) { logger.info(); jwt.decode(7); }')],
  ['types in JavaScript', javascript('function result(context: any) { return {}; }')],
  ['own affairs of JavaScript', javascript('function result(context) { undeclared = 1; return {}.x; }')],
];

let compiler: ProcedureCompiler;
const finder = new TypeFinder(served);
// Both read the compiler and all types first.
beforeAll(async () => {
  compiler = new ProcedureCompiler({ checkMilliseconds: 60_000 });
  await compiler.compile({ source: 'function result() {}', language: 'typescript', flow });
  finder.warmUp();
}, 120_000);
afterAll(() => compiler.close());

describe('An editor over the served declarations', () => {
  test.each(CORPUS)('finds what the check of uploads finds: %s', async (_what, text) => {
    const { source, language, libraries: used = [] } = text;
    const found = finder.find({ source, language, flow: text.flow, libraries: used, milliseconds: 60_000 });
    const outcome = await compiler.compile(text);
    const checked: readonly CheckFinding[] = outcome.ok ? outcome.warnings : outcome.errors;
    expect([...found.errors, ...found.warnings]).toEqual(checked);
    expect(found.errors.length === 0).toBe(outcome.ok);
  });

  test('the corpus has what is right and what is wrong', async () => {
    const outcomes = await Promise.all(CORPUS.map(([, text]) => compiler.compile(text)));
    expect(outcomes.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(5);
    expect(outcomes.filter(({ ok }) => !ok).length).toBeGreaterThanOrEqual(9);
  });
});

describe('Plain TypeScript over the served declarations', () => {
  const plain = CORPUS.filter(
    ([, { language, source }]) => language === 'typescript' && !/import|enum|fetch|\(context\)|\(c:/.test(source),
  );

  function service({ source, libraries: used = [] }: CompiledText): ts.LanguageService {
    const files = new Map(served.files.map(({ path, text }) => [path, text]));
    used.forEach((library, i) => files.set(libraryPath(i, library.language), library.source));
    files.set(procedurePath('typescript'), source + MODULE_MARK);
    const { options, errors } = ts.convertCompilerOptionsFromJson(served.compilerOptions.typescript, '/');
    expect(errors).toEqual([]);
    return ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => [...files.keys()].filter((path) => !path.startsWith('/lib.')),
      getScriptVersion: () => '1',
      getScriptSnapshot: (path) => {
        const text = files.get(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: (of) => `/${ts.getDefaultLibFileName(of)}`,
      fileExists: (path) => files.has(path),
      readFile: (path) => files.get(path),
    });
  }

  test.each(plain)('has the errors of the check, at its places and in its words: %s', async (_what, text) => {
    const language = service(text);
    const file = procedurePath('typescript');
    const syntax = language.getSyntacticDiagnostics(file);
    const found = (syntax.length > 0 ? syntax : language.getSemanticDiagnostics(file)).map(({ start = 0, messageText }) => {
      const { line, character } = ts.getLineAndCharacterOfPosition(
        ts.createSourceFile('p.ts', text.source, ts.ScriptTarget.Latest),
        Math.min(start, text.source.length),
      );
      return [line + 1, character + 1, ts.flattenDiagnosticMessageText(messageText, ' ')];
    });
    const outcome = await compiler.compile(text);
    expect(found).toEqual(outcome.ok ? [] : outcome.errors.map(({ line, column, message }) => [line, column, message]));
  });

  test('completes members of the context, with what is written about them', () => {
    const text = typescript('return context.presentedToken.;');
    const language = service(text);
    const at = text.source.indexOf('presentedToken.') + 'presentedToken.'.length;
    const names = language.getCompletionsAtPosition(procedurePath('typescript'), at, {})?.entries.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['active', 'data']));
    const hover = language.getQuickInfoAtPosition(procedurePath('typescript'), text.source.indexOf('presentedToken'));
    expect(ts.displayPartsToString(hover?.displayParts)).toContain('presentedToken');
  });

  test('the files are those of the named version of the compiler', () => {
    expect(served.typescript).toBe(ts.version);
    expect(served.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/lib.es5.d.ts', '/types/contexts.d.ts', '/types/globals.d.ts']),
    );
    expect(served.files.map(({ path }) => path)).not.toContain('/lib.dom.d.ts');
  });
});
