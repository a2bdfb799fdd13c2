import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { contextsOf, FLOWS_WITH_CONTEXTS } from '#libs/procedure-check';
import { FLOWS } from '../flows.ts';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const root = join(import.meta.dirname, '../../../../../procedures');
const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys)).config,
  ts.sys,
  root,
);
const program = ts.createProgram(config.fileNames, config.options);
const checker = program.getTypeChecker();
const realm = new PreludeRealm();

const declarations = ['globals', 'contexts'].map((name) => program.getSourceFile(join(root, 'types', `${name}.d.ts`)));
const statements = declarations.flatMap((file) => [...(file?.statements ?? [])]);

/** Members that a context type declares. */
function declaredMembers(contextType: string): string[] {
  const alias = statements.find((statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === contextType);
  if (alias === undefined) throw new Error(`no type ${contextType}`);
  return checker
    .getTypeAtLocation(alias)
    .getProperties()
    .map((property) => property.name);
}

describe('The catalogue of flows', () => {
  test.each(FLOWS.map((flow) => flow.id))('%s has a default procedure of its name', (id) => {
    expect(existsSync(join(root, id, `${id}.js`))).toBe(true);
  });

  test('has every folder of a default procedure', () => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name.includes('-'));
    expect(folders.map((entry) => entry.name).sort()).toEqual(FLOWS.map((flow) => flow.id).sort());
  });

  test('is the table of the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const flow of FLOWS) expect(readme).toMatch(new RegExp(`^\\| \`${flow.id}\` +\\|.*\\| \`${flow.contextType}\` +\\|$`, 'm'));
  });

  test.each(FLOWS.map((flow) => [flow.id, flow.contextType]))('%s has the context type %s, under both of its names', (id, contextType) => {
    const source = readFileSync(join(root, 'types/contexts.d.ts'), 'utf8');
    expect(source).toContain(`type ${contextType} = globalThis.${contextType};`);
    expect(declaredMembers(contextType)).toContain('getClient');
    expect(contextsOf(id)).toContain(contextType);
  });

  test('and those still to come have their context types, under both of their names', () => {
    const source = readFileSync(join(root, 'types/contexts.d.ts'), 'utf8');
    const types = FLOWS_WITH_CONTEXTS.flatMap((id) => contextsOf(id) ?? []);
    for (const type of types) expect(source).toContain(`type ${type} = globalThis.${type};`);
    const named = [...source.matchAll(/^ {2}type (\w+) = globalThis/gm)].map(([, name]) => name);
    // The second phase of an exchange is a context as well, which `result` asks for.
    expect(named.sort()).toEqual([...new Set([...types, 'OAuthTokenExchangeProcedureContext'])].sort());
  });
});

describe('The types', () => {
  test('accept every shipped procedure and example', () => {
    const found = ts.getPreEmitDiagnostics(program).map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    expect(found).toEqual([]);
  });

  test('declare the globals there are', () => {
    const declared = statements.flatMap((statement) => {
      if (ts.isFunctionDeclaration(statement)) return [statement.name?.text];
      return ts.isVariableStatement(statement) ? statement.declarationList.declarations.map((each) => each.name.getText()) : [];
    });
    expect([...new Set(declared)].sort()).toEqual(realm.globals.sort());
  });

  const contexts = FLOWS_WITH_CONTEXTS.flatMap((id) => (contextsOf(id) ?? []).map((contextType) => ({ id, contextType })));

  test.each(contexts)('declare of $contextType for $id nothing that it has not, and all that it shows', ({ id, contextType }) => {
    const declared = declaredMembers(contextType);
    const names = JSON.stringify(declared);
    const context = introspectionContext();
    expect(realm.value(`${names}.filter(function (name) { return !(name in context); })`, { context, flow: id })).toEqual([]);
    const shown = realm.value('(function () { var names = []; for (var name in context) names.push(name); return names; })()', {
      context,
      flow: id,
    });
    // Of several context types of a flow, the last has all members.
    const all = declaredMembers(contextsOf(id)?.at(-1) ?? contextType);
    expect((shown as string[]).filter((name) => !all.includes(name))).toEqual([]);
  });
});
