import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FLOWS, type CheckFinding } from '#libs/oauth';
import { contextsOf, ProcedureCompiler, type CompiledText, type CompileOutcome } from './index.ts';

let compiler: ProcedureCompiler;
beforeAll(() => {
  compiler = new ProcedureCompiler();
});
afterAll(() => compiler.close());

const INTROSPECT = 'oauth-introspect';

function javascript(source: string, more: Partial<CompiledText> = {}): Promise<CompileOutcome> {
  return compiler.compile({ source, language: 'javascript', flow: INTROSPECT, ...more });
}

function typescript(source: string, more: Partial<CompiledText> = {}): Promise<CompileOutcome> {
  return compiler.compile({ source, language: 'typescript', flow: INTROSPECT, ...more });
}

/** The rest of a TypeScript procedure that is right. */
const RIGHT =
  '\nfunction result(context: IntrospectionTokenProcedureContext): ResponseMembers { return { active: context.presentedToken.active }; }';

const findingsOf = (outcome: CompileOutcome): readonly CheckFinding[] => (outcome.ok ? outcome.warnings : outcome.errors);

describe('TypeScript', () => {
  test('is stripped so that every line and column stays', async () => {
    const source = `interface Claims { readonly sub: string; 'ü€😀'?: number }\ntype Ü = "ä€😀";\nconst of = <T,>(x: T): T => x!;${RIGHT}\nlet a = of<Ü>('ä€😀' as Ü) satisfies string; // end`;
    const outcome = await typescript(source);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome));
    expect(outcome.script).not.toMatch(/interface|satisfies|ResponseMembers/u);
    expect(outcome.script.split('\n').map((line) => line.length)).toEqual(source.split('\n').map((line) => line.length));
    for (const word of ['const of', 'function result', 'presentedToken', '// end'])
      expect(outcome.script.indexOf(word)).toBe(source.indexOf(word));
  });

  test.each([
    ['an unknown member', '  context.presentedToken.activ;', 'type', 26, /activ.*Did you mean 'active'/u],
    ['a wrong type', '  const id: number = context.client.id;', 'type', 9, /string.*number/u],
    ['a possible null', '  context.delegation.id;', 'type', 3, /possibly 'null'/u],
    ['too many arguments', '  randomUuid(1);', 'type', 14, /Expected 0 arguments/u],
    ['a name that there is not', '  zork();', 'type', 3, /no zork in a procedure/u],
    ['an enum', '  enum Kind { A }', 'unsupported', 8, /constant object/u],
    ['an import', '  import("x");', 'unsupported', 3, /library/u],
    ['async', '  const f = async () => 1;', 'unsupported', 13, /synchronous/u],
    ['a promise', '  new Promise(() => 1);', 'unsupported', 7, /synchronous/u],
    ['require', '  require("fs");', 'unsupported', 3, /library/u],
    ['fetch', '  fetch("https://x");', 'unsupported', 3, /getWebServiceClient/u],
    ['process', '  process.env;', 'unsupported', 3, /secrets\.get/u],
    ['Buffer', '  Buffer.from("x");', 'unsupported', 3, /base64url/u],
    ['a syntax error', '  const = 1;', 'syntax', 9, /declaration/u],
  ])('with %s is refused with line and column', async (_name, line, code, column, message) => {
    const outcome = await typescript(`function result(context: IntrospectionTokenProcedureContext) {\n${line}\n  return {};\n}`);
    expect(outcome).toMatchObject({ ok: false });
    expect(findingsOf(outcome)).toContainEqual({ code, line: 2, column, message: expect.stringMatching(message) });
  });

  test('modules are refused in words of ours, once each', async () => {
    const outcome = await typescript(`import x from 'y';\nimport type { Z } from 'z';\nexport const q = 1;${RIGHT}`);
    expect(findingsOf(outcome).map(({ code, line }) => [code, line])).toEqual([
      ['unsupported', 1],
      ['unsupported', 2],
      ['unsupported', 3],
    ]);
  });

  test('a context without a type says which one to write', async () => {
    expect(findingsOf(await typescript('function result(context) {\n return {}; }'))).toEqual([
      { code: 'type', line: 1, column: 17, message: expect.stringContaining('`context: IntrospectionTokenProcedureContext`') },
    ]);
  });

  test('the context of another flow is refused', async () => {
    const source = 'function result(context: RevocationProcedureContext) { return {}; }';
    expect(findingsOf(await typescript(source))).toMatchObject([{ code: 'context-type', line: 1, column: 26 }]);
    expect(await typescript(source, { flow: 'oauth-revoke' })).toMatchObject({ ok: true });
  });

  test('reads nothing but the types of procedures, whatever it refers to', async () => {
    const outcome = await typescript(
      `/// <reference path="/etc/passwd" />\n/// <reference lib="dom" />\nlet h: import('/etc/hostname'); document.title;${RIGHT}`,
    );
    expect(findingsOf(outcome).map(({ line }) => line)).toEqual([1, 2, 3, 3]);
    expect(JSON.stringify(outcome)).not.toMatch(/node_modules|root:/u);
  });

  test('may use the types that procedures have under both names', async () => {
    const source =
      'function result(context: se.curity.identityserver.procedures.context.IntrospectionTokenProcedureContext) { return { a: context.client.id }; }';
    expect(await typescript(source)).toMatchObject({ ok: true });
  });
});

describe('JavaScript', () => {
  test('runs as it is, and is only advised', async () => {
    const source = 'function result(context) {\n  return { a: context.presentedTokn };\n}';
    expect(await javascript(source)).toEqual({
      ok: true,
      script: source,
      warnings: [{ code: 'type', line: 2, column: 23, message: expect.stringContaining("Did you mean 'presentedToken'") }],
    });
  });

  test.each([
    ['function result(context) { context.client.nam; }', 43],
    ['function result(a) { a.getClient().nam; }', 36],
    ['var result = function (context) { context.client.nam; };', 50],
    ['const result = (context, more) => ({ x: context.nam });', 49],
    ['result = function (context) { context.nam = 1; };', 39],
    ['/** What it does. */ function result(context) { context.nam; }', 57],
    ['/** @param context {@link X} */ function result(context) { context.nam; }', 68],
    ['function result(context) { var { nam } = context.client; }', 34],
    ['function result(context) { context.getAccessTokenIssuer("a", 2); }', 62],
    ['function result(context) { context.presentedToken.active(); }', 51],
    ['function result(context) { context.client.id = "x"; }', 43],
    ['function result(context) { sha256(); }', 28],
    ['function result(context) { jwt.decode(7); }', 39],
  ])('is checked as if it had the tag of its flow: %s', async (source, column) => {
    expect(findingsOf(await javascript(source))).toEqual([{ code: 'type', line: 1, column, message: expect.any(String) }]);
  });

  test.each([
    'function result(context) { var r = {}; r.a = 1; r.b.c = r.d; undeclared = 1; return r; }',
    'function result(context) { var x = parseInt(1, 2, 3, 4); "a".zork(); return [].contains(x) && x.foo; }',
    'function f(a, b) { return this.x; } function result(context) { f(1); f(1, 2, 3); return null; }',
    'function result(context) { var d = context.getDefaultAccessTokenData(); d.anything = 1; d.put("x", d.scope.split(" ")); return d; }',
    'function result(context) { if (context.delegation.id == 1) {} for (var k in context.presentedToken.data) {} }',
    'function result(anything) { return {}; } function other(context) { return context.zork; }',
    'var appendObjectTo = 1, logger = null; function result(context) { appendObjectTo.x; return logger.y; }',
    '/** @param {any} context */ function result(context) { return context.zork; }',
    '/** @param {Zork} context */ function result(context) { return context.zork; }',
    'function result() { return {}; }',
    'var x = ;',
  ])('is not advised on what is its own affair: %s', async (source) => {
    expect(await javascript(source)).toEqual({ ok: true, script: source, warnings: [] });
  });

  test('with a tag is checked by it; the context of another flow, or none that there is, is a finding', async () => {
    const tagged = (type: string, body = 'return {};') => `/**\n * @param {${type}} context\n */\nfunction result(context) { ${body} }`;
    const long = 'se.curity.identityserver.procedures.context.';
    expect(findingsOf(await javascript(tagged(`${long}IntrospectionTokenProcedureContext`)))).toEqual([]);
    expect(findingsOf(await javascript(tagged(`${long}IntrospectionTokenProcedureContext`, 'context.zork;')))).toMatchObject([
      { line: 4, column: 36 },
    ]);
    for (const type of [`${long}RefreshTokenProcedureContext`, 'RefreshTokenProcedureContext', `${long}ZorkProcedureContext`])
      expect(findingsOf(await javascript(tagged(type)))).toEqual([
        {
          code: 'context-type',
          line: 2,
          column: 12,
          message: expect.stringContaining('in oauth-introspect it is IntrospectionTokenProcedureContext'),
        },
      ]);
  });

  test('with type annotations is told to be TypeScript', async () => {
    expect(await javascript('function result(context: any) { return {}; }')).toMatchObject({
      ok: false,
      errors: [{ code: 'typescript', line: 1, column: 26, message: expect.stringContaining('upload it as TypeScript') }],
    });
  });

  test('is not refused where its types cannot be checked', async () => {
    const deep = `let x = ${'['.repeat(50_000)}${']'.repeat(50_000)}; function result() {}`;
    expect(await javascript(deep)).toMatchObject({ ok: true, script: deep, warnings: [{ code: 'too-deep' }] });
  });
});

describe('Libraries', () => {
  const libraries = [
    { name: 'one', language: 'typescript', source: 'function two(n: number): number { return 2 * n; }\ninterface Pair { a: number }' },
    { name: 'two', language: 'javascript', source: 'function three(a, b) { return two(a); }' },
  ] as const;

  test('are seen with their types, and their own findings are not the procedure’s', async () => {
    const broken = { name: 'broken', language: 'javascript', source: 'logger.zork(); function two() {}' } as const;
    expect(await typescript(`const p: Pair = { a: two(three(1)) };${RIGHT}`, { libraries })).toMatchObject({ ok: true });
    expect(findingsOf(await typescript(`two('x');${RIGHT}`, { libraries }))).toMatchObject([{ code: 'type', line: 1, column: 5 }]);
    expect(await javascript('function result() { return { n: two(1, 2) }; }', { libraries: [broken] })).toMatchObject({
      ok: true,
      warnings: [],
    });
    expect(findingsOf(await typescript(`two(1);${RIGHT}`))).toMatchObject([{ message: expect.stringContaining('no two') }]);
  });

  test('may be shadowed', async () => {
    expect(await typescript(`function two(): string { return ''; } const s: string = two();${RIGHT}`, { libraries })).toMatchObject({
      ok: true,
    });
  });

  test('are compiled without a flow and see no context', async () => {
    const source = 'function nameOf(client: Client): string { return client.name; }';
    expect(await typescript(source, { flow: null })).toMatchObject({ ok: true });
    expect(findingsOf(await typescript('function f() { return context; }', { flow: null }))).toMatchObject([
      { message: expect.stringContaining('no context') },
    ]);
    expect(await javascript('function f(context) { return context.zork; }', { flow: null })).toMatchObject({ ok: true, warnings: [] });
  });

  test('are bounded', async () => {
    const many = Array.from({ length: 17 }, (_each, index) => ({ name: `l${index}`, language: 'javascript', source: '' }) as const);
    expect(await javascript('', { libraries: many })).toMatchObject({ errors: [{ code: 'too-large' }] });
    const large = Array.from(
      { length: 5 },
      (_each, index) => ({ name: `l${index}`, language: 'javascript', source: ' '.repeat(250_000) }) as const,
    );
    expect(await javascript('', { libraries: large })).toMatchObject({ errors: [{ code: 'too-large' }] });
  });
});

describe('Every flow', () => {
  test.each(FLOWS.map(({ id, contextType }) => [id, contextType]))('%s has its context here: %s', async (id, contextType) => {
    expect(contextsOf(id)).toContain(contextType);
    expect(await typescript(`function result(context: ${contextType}) { return {}; }`, { flow: id })).toMatchObject({ ok: true });
  });

  test('that is not known is no reason to refuse a source', async () => {
    expect(
      await javascript('/** @param {RefreshTokenProcedureContext} context */ function result(context) {}', { flow: 'zork' }),
    ).toMatchObject({
      ok: true,
      warnings: [],
    });
  });
});
