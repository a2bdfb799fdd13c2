import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Sandbox } from '#libs/oauth';
import { FLOWS_WITH_CONTEXTS, ProcedureCompiler } from '#libs/procedure-check';
import ts from 'typescript';
import { openScriptSandbox } from './script-sandbox.ts';
import { SCRIPTS, scriptSource } from './scripts.ts';

jest.setTimeout(60_000);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openScriptSandbox();
});
afterAll(() => sandbox.close());

let count = 0;
const check = (source: string) => sandbox.check({ key: `check-${++count}`, procedure: 'p', version: 1, flow: 'oauth-introspect', source });

describe('The scripts of this suite', () => {
  test('are at least fifty, and each is run by a spec', () => {
    const specs = readdirSync(import.meta.dirname)
      .filter((file) => file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    expect(SCRIPTS.length).toBeGreaterThanOrEqual(50);
    expect(SCRIPTS.filter((name) => !specs.includes(`'${name}'`))).toEqual([]);
  });

  test.each(SCRIPTS)('%s is written in the language of ECMAScript 5.1, and is accepted', async (name) => {
    const source = scriptSource(name);
    expect(newerSyntax(source)).toEqual([]);
    expect(await check(source)).toEqual({ ok: true, warnings: expect.any(Array) });
  });
});

const NEWER: readonly ((node: ts.Node) => boolean)[] = [
  ...[ts.isArrowFunction, ts.isTemplateLiteral, ts.isSpreadElement, ts.isSpreadAssignment, ts.isForOfStatement, ts.isClassLike],
  ...[ts.isShorthandPropertyAssignment, ts.isObjectBindingPattern, ts.isArrayBindingPattern],
  (node) => ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) !== 0,
  (node) => ts.isParameter(node) && node.initializer !== undefined,
];

/** Scripts that do on purpose what cannot work, and what the check of types says of each. */
const ADVISED: Readonly<Record<string, RegExp>> = {
  'delegation-members': /read-only/,
  'exchange-foreign-token': /^Property 'accessTokenIssuer' does not exist on type 'OAuthTokenExchangeUnInitialized/,
  'java-exceptions': /not assignable to parameter of type 'object'/,
  'token-everything-null': /does not exist on type/,
};

test('The compiler passes every script as it stands, and says nothing of those that are right in their flow', async () => {
  const compiler = new ProcedureCompiler();
  try {
    for (const name of SCRIPTS) {
      const source = scriptSource(name);
      const said: string[] = [];
      for (const flow of FLOWS_WITH_CONTEXTS) {
        const compiled = await compiler.compile({ source, language: 'javascript', flow });
        expect([name, compiled]).toEqual([name, { ok: true, script: source, warnings: expect.any(Array) }]);
        said.push(compiled.ok ? compiled.warnings.map(({ message }) => message).join() : '');
        if (said.at(-1) === '') break;
      }
      const expected = Object.hasOwn(ADVISED, name) ? expect.stringMatching(ADVISED[name] ?? '') : '';
      expect([name, said]).toEqual([name, expect.arrayContaining([expected])]);
    }
  } finally {
    await compiler.close();
  }
});

/** Kinds of syntax in a script that ECMAScript 5.1 has not. */
function newerSyntax(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (NEWER.some((isNewer) => isNewer(node))) found.push(ts.SyntaxKind[node.kind]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('script.js', source, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS));
  return found;
}

describe('What scripts for Java engines use and a procedure has not is refused at upload, with the line and what to use', () => {
  test.each([
    ["var UUID = Java.type('java.util.UUID');", 'randomUuid()'],
    ["var Jwt = Java.type('org.jose4j.jwt.consumer.JwtConsumerBuilder');", 'jwt.verify'],
    ["var Url = Java.type('java.net.URL');", 'getWebServiceClient'],
    ["var Mac = Java.type('javax.crypto.Mac');", 'sha256'],
    ["var Instant = Java.type('java.time.Instant');", 'secondsUntil'],
    ['var set = new Packages.org.jose4j.jwk.JsonWebKeySet("{}");', 'jwt.verify'],
    ['var claims = org.jose4j.jwt.JwtClaims.parse("{}");', 'jwt.verify'],
    ['var map = new java.util.HashMap();', "Java.type('java.util.HashMap')"],
    ['var list = new java.util.ArrayList();', "Java.type('java.util.ArrayList')"],
    ['var text = new java.lang.String("x");', "Java.type('java.lang.String')"],
    ['var set = new Packages.java.util.HashSet();', "Java.type('java.util.HashSet')"],
    ['var now = java.lang.System.currentTimeMillis();', 'secondsUntil'],
    ['var id = java.util.UUID.randomUUID();', 'randomUuid()'],
    ['for each (var x in [1]) {}', 'for (const x of list)'],
  ])('%s', async (line, instead) => {
    const checked = await check(`// the first line\n${line}\nfunction result(context) {\n  return {};\n}\n`);
    expect(checked).toMatchObject({ ok: false, errors: [{ line: 2, message: expect.stringContaining(instead) }] });
  });

  test.each([
    ['with', 'with (context) {}'],
    ['octal numbers', 'var mode = 0755;'],
    ['arguments.callee', 'arguments.callee;'],
    ['a changed prototype', 'String.prototype.trimmed = function () { return this; };'],
    ['promises', 'Promise.resolve(1);'],
  ])('%s', async (_what, line) => {
    const checked = await check(`function result(context) {\n  ${line}\n  return {};\n}\n`);
    expect(checked).toMatchObject({ ok: false, errors: [{ line: 2 }] });
  });
});
