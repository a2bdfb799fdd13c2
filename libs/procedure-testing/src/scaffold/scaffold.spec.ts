import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FLOWS } from '#libs/oauth';
import { findTestFiles } from '../test-files.ts';
import { runTests } from '../test-run.ts';
import { Workshop } from '../testing/workshop.ts';
import { scaffold, ScaffoldError, type ScaffoldRequest } from './scaffold.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const SHIPPED = join(ROOT, 'procedures');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenwright-new-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (request: Partial<ScaffoldRequest> = {}) =>
  scaffold({ folder, flow: 'oauth-introspect', language: 'javascript', shipped: SHIPPED, ...request });

/** What the TypeScript compiler says of a folder; empty when all is well. */
function typeCheck(project = folder): string {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], {
    encoding: 'utf8',
  });
  expect(status === 0).toBe(stdout === '');
  return stdout;
}

describe('a procedure to begin with', () => {
  test('passes its test and the type check at once, in every flow and both languages, with no further set-up', async () => {
    for (const { id: flow } of FLOWS) {
      make({ flow });
      make({ flow, name: 'typed', language: 'typescript' });
    }
    expect(typeCheck()).toBe('');
    const workshop = await Workshop.open();
    try {
      const summary = await runTests(findTestFiles(folder), workshop.runner);
      expect(
        summary.files.flatMap(({ tests, broken }) => [broken, ...tests.map(({ failure }) => failure)]).filter((one) => one !== null),
      ).toEqual([]);
      expect(summary.files).toHaveLength(FLOWS.length * 2);
      expect(summary.passed).toBeGreaterThanOrEqual(FLOWS.length * 2);
    } finally {
      await workshop.close();
    }
  }, 120_000);

  test('knows the types of context and test: a member that there is not is found in both', () => {
    const { procedure, test: testFile } = make({ language: 'typescript' });
    writeFileSync(procedure, readFileSync(procedure, 'utf8').replace('token.active', 'token.actve'));
    writeFileSync(testFile, `${readFileSync(testFile, 'utf8')}\nit('x', async () => expect(await run({ clinet: {} })).toBeAnswred());\n`);
    const said = typeCheck();
    expect(said).toContain("Property 'actve' does not exist");
    expect(said).toContain("'clinet' does not exist in type");
    expect(said).toContain("'toBeAnswred' does not exist");
  }, 60_000);

  test('has the short name of its type, and comments of its own', () => {
    const { procedure, test: testFile } = make({ name: 'mine' });
    expect(readFileSync(procedure, 'utf8')).toContain('@param {IntrospectionTokenProcedureContext} context');
    expect(readFileSync(testFile, 'utf8')).toMatch(/^describe\('mine', /);
    expect(readFileSync(make({ name: 'typed', language: 'typescript' }).procedure, 'utf8')).toContain(
      'function result(context: IntrospectionTokenProcedureContext) {',
    );
  });
});

describe('nothing is written over', () => {
  test.each(['mine.js', 'mine.ts', 'mine.test.js', 'mine.test.ts'])('where %s is there, nothing is made', (name) => {
    const path = join(folder, 'oauth-introspect', name);
    mkdirSync(join(folder, 'oauth-introspect'));
    writeFileSync(path, 'my own');
    expect(() => make({ name: 'mine' })).toThrow(new ScaffoldError(`${path} is there already; choose another name`, false));
    expect(readFileSync(path, 'utf8')).toBe('my own');
    expect(existsSync(join(folder, 'tsconfig.json'))).toBe(false);
  });

  test('settings that are there stay, and whether they know the types is said', () => {
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
    expect(make().settings.state).toBe('kept without types');
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe('{}');
    expect(existsSync(join(folder, '.tokenwright'))).toBe(false);
  });

  test('types that were copied before are brought up to date', () => {
    expect(make({ name: 'first' }).settings.state).toBe('made');
    const copy = join(folder, '.tokenwright/procedure-types/contexts.d.ts');
    writeFileSync(copy, '// old');
    expect(make({ name: 'second' }).settings.state).toBe('kept');
    expect(readFileSync(copy, 'utf8')).toBe(readFileSync(join(SHIPPED, 'types/contexts.d.ts'), 'utf8'));
  });
});

test.each(['../up', 'a/b', 'Big', '', '.hidden', 'x.test'])('the name "%s" is refused', (name) => {
  expect(() => make({ name })).toThrow(ScaffoldError);
  expect(existsSync(join(folder, 'oauth-introspect'))).toBe(false);
});

test('a flow that there is not is refused, with those that there are', () => {
  expect(() => make({ flow: 'oauth-introspection' })).toThrow(/there is no flow "oauth-introspection"; there are oauth-introspect, /);
});

test('the package of the types, packed and installed, does for an editor what the copy does', () => {
  execFileSync('npm', ['pack', '--pack-destination', folder], {
    cwd: join(SHIPPED, 'types'),
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
  const { version } = JSON.parse(readFileSync(join(SHIPPED, 'types/package.json'), 'utf8')) as { version: string };
  const project = join(folder, 'project');
  const installed = join(project, 'node_modules/@tokenwright/procedure-types');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, `tokenwright-procedure-types-${version}.tgz`), '-C', installed, '--strip-components=1']);
  expect(existsSync(join(installed, 'LICENSE'))).toBe(true);

  make({ folder: project, language: 'typescript' });
  rmSync(join(project, '.tokenwright'), { recursive: true });
  const settings = JSON.parse(readFileSync(join(project, 'tsconfig.json'), 'utf8')) as { compilerOptions: object };
  const types = ['@tokenwright/procedure-types', '@tokenwright/procedure-types/testing'];
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ ...settings, compilerOptions: { ...settings.compilerOptions, types } }));
  expect(typeCheck(project)).toBe('');
  writeFileSync(join(project, 'wrong.ts'), 'const n: number = secrets.get("x"); void n; export {};');
  expect(typeCheck(project)).toContain('wrong.ts(1,7)');
}, 60_000);
