import { describe, expect, test } from '@jest/globals';
import { ownMembers } from '../../libs/oauth/src/procedures/guest/members.ts';
import { javaShapes } from '../../libs/oauth/src/procedures/guest/shapes.ts';
import { HELPERS } from '../../libs/sandbox/src/analysis/rules.ts';
import { analyseScript } from '../../libs/sandbox/src/analysis/script-analysis.ts';

const shapes = javaShapes(ownMembers());

/** Names that a value of a shape has beyond a plain object or array. */
const helpersOf = (value: object) => Object.getOwnPropertyNames(Object.getPrototypeOf(value));

/** Every helper that values of the context can have. */
const ALL = [...new Set([shapes.map({}), shapes.list([]), shapes.set([])].flatMap(helpersOf))].sort();

const dressed = (body: string) => analyseScript(`function result(context) { ${body} }`, 10_000).dressed;

describe('Values of the context are shaped as Java collections', () => {
  test('where a script names a helper: what is looked for at upload is what the shapes have', () => {
    expect([...HELPERS].sort()).toEqual(ALL);
  });

  test.each(ALL)('where it uses %s in any way', (name) => {
    for (const use of [`m.${name}`, `m['${name}']`, `m[\`${name}\`]`, `m?.${name}?.()`])
      expect([use, dressed(`var m = context.subjectAttributes(); return { x: ${use} };`)]).toEqual([use, true]);
    expect(dressed(`const { ${name}: used } = context.subjectAttributes(); return { used };`)).toBe(true);
  });

  test('where it calls a method whose name it computes', () => {
    expect(dressed(`return { x: context.subjectAttributes()['ge' + 't']('subject') };`)).toBe(true);
  });

  test('and left as plain objects where it names none, which is faster', () => {
    expect(dressed(`var d = context.getDefaultAccessTokenData(); for (var k in d) d[k] = d[k]; return { scope: d.scope };`)).toBe(false);
  });
});
