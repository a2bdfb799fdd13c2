import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { introspectionContext } from '../../testing/context-builder.ts';
import { PreludeRealm } from '../../testing/prelude-realm.ts';

const realm = new PreludeRealm();

type Step = readonly [helper: string, ...args: unknown[]];

/**
 * What each helper answered, and what is left. Helpers are borrowed from an untouched collection, because a member named
 * like a helper takes its place. A text that begins with `!` stands for something thrown.
 */
function played(type: 'HashMap' | 'ArrayList' | 'HashSet', steps: readonly Step[]): unknown {
  return realm.value(`(function () {
    var Type = Java.type('java.util.${type}'), helpers = new Type(), it = new Type();
    var steps = JSON.parse(${JSON.stringify(JSON.stringify(steps))});
    return [steps.map(function (step) {
      try {
        var answer = helpers[step[0]].apply(it, step.slice(1));
        return answer === undefined ? null : answer;
      } catch (e) { return '!' + e.name; }
    }), JSON.stringify(it)];
  })()`);
}

const VALUE = fc.oneof(
  fc.constantFrom<unknown>('a', 'b', '', 0, 1, 2, 1.5, true, null),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
);
const NAME = fc.oneof(fc.constantFrom('a', 'b', '7', '', 'size', 'get', 'toString', '__proto__', 'constructor'), fc.string());

/** Java's `equals`, for values that JSON carries. */
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const has = (list: readonly unknown[], value: unknown) => list.some((each) => same(each, value));

describe('Java collections behave like a model of Java', () => {
  test('java.util.HashMap', () => {
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('put', 'putIfAbsent', 'getOrDefault'), NAME, VALUE),
      fc.tuple(fc.constantFrom('get', 'remove', 'containsKey'), NAME),
      fc.tuple(fc.constant('containsValue'), VALUE),
      fc.tuple(fc.constantFrom('size', 'isEmpty', 'clear')),
    );
    fc.assert(
      fc.property(fc.array(step as fc.Arbitrary<Step>, { maxLength: 20 }), (steps) => {
        const model = new Map<string, unknown>();
        const answers = steps.map(([helper, key, value]) => mapStep(model, helper, key as string, value));
        const [given, left] = played('HashMap', steps) as [unknown[], string];
        expect(given).toEqual(answers);
        const entries = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(entries(JSON.parse(left) as object)).toEqual(entries(Object.fromEntries(model)));
      }),
    );
  });

  test('java.util.ArrayList', () => {
    const index = fc.integer({ min: -1, max: 6 });
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('add', 'contains', 'remove'), VALUE),
      fc.tuple(fc.constantFrom('get', 'remove'), index),
      fc.tuple(fc.constant('add'), index, VALUE),
      fc.tuple(fc.constantFrom('addAll', 'containsAll', 'removeAll', 'retainAll'), fc.array(VALUE, { maxLength: 4 })),
      fc.tuple(fc.constantFrom('size', 'isEmpty', 'clear', 'toArray')),
    );
    fc.assert(
      fc.property(fc.array(step as fc.Arbitrary<Step>, { maxLength: 20 }), (steps) => {
        const model: unknown[] = [];
        const answers = steps.map((each) => structuredClone(listStep(model, each)));
        expect(played('ArrayList', steps)).toEqual([answers, JSON.stringify(model)]);
      }),
    );
  });

  test('java.util.HashSet', () => {
    const step = fc.oneof(
      fc.tuple(fc.constantFrom('add', 'contains', 'remove'), VALUE),
      fc.tuple(fc.constantFrom('addAll', 'containsAll', 'removeAll', 'retainAll'), fc.array(VALUE, { maxLength: 4 })),
      fc.tuple(fc.constantFrom('size', 'isEmpty', 'clear', 'toArray')),
    );
    fc.assert(
      fc.property(fc.array(step as fc.Arbitrary<Step>, { maxLength: 20 }), (steps) => {
        const model: unknown[] = [];
        const answers = steps.map((each) => structuredClone(setStep(model, each)));
        expect(played('HashSet', steps)).toEqual([answers, JSON.stringify(model)]);
      }),
    );
  });
});

function mapStep(model: Map<string, unknown>, helper: string, key: string, value: unknown): unknown {
  const before = model.get(key) ?? null;
  switch (helper) {
    case 'put':
      model.set(key, value);
      return before;
    case 'putIfAbsent':
      if (before === null) model.set(key, value);
      return before;
    case 'getOrDefault':
      return model.has(key) ? model.get(key) : value;
    case 'get':
      return before;
    case 'remove':
      model.delete(key);
      return before;
    case 'containsKey':
      return model.has(key);
    case 'containsValue':
      return has([...model.values()], key);
    case 'size':
      return model.size;
    case 'isEmpty':
      return model.size === 0;
    default:
      model.clear();
      return null;
  }
}

function listStep(model: unknown[], [helper, first, ...rest]: Step): unknown {
  const inside = (end: number) => Number.isInteger(first) && (first as number) >= 0 && (first as number) < end;
  if (helper === 'get') return inside(model.length) ? model[first as number] : '!RangeError';
  if (helper === 'add') {
    if (rest.length === 0) model.push(first);
    else if (inside(model.length + 1)) model.splice(first as number, 0, rest[0]);
    else return '!RangeError';
    return true;
  }
  if (helper === 'remove' && Number.isInteger(first)) return inside(model.length) ? model.splice(first as number, 1)[0] : '!RangeError';
  if (helper === 'addAll') {
    model.push(...(first as unknown[]));
    return (first as unknown[]).length > 0;
  }
  return collectionStep(model, helper, first);
}

function setStep(model: unknown[], [helper, first]: Step): unknown {
  const before = model.length;
  if (helper !== 'add' && helper !== 'addAll') return collectionStep(model, helper, first);
  for (const value of helper === 'add' ? [first] : (first as unknown[])) if (!has(model, value)) model.push(value);
  return model.length > before;
}

function collectionStep(model: unknown[], helper: string, first: unknown): unknown {
  const keep = (kept: (value: unknown) => boolean) => {
    const left = model.filter(kept);
    const changed = left.length < model.length;
    model.splice(0, model.length, ...left);
    return changed;
  };
  switch (helper) {
    case 'contains':
      return has(model, first);
    case 'remove': {
      const at = model.findIndex((each) => same(each, first));
      if (at >= 0) model.splice(at, 1);
      return at >= 0;
    }
    case 'containsAll':
      return (first as unknown[]).every((value) => has(model, value));
    case 'removeAll':
      return keep((value) => !has(first as unknown[], value));
    case 'retainAll':
      return keep((value) => has(first as unknown[], value));
    case 'toArray':
      return [...model];
    case 'size':
      return model.length;
    case 'isEmpty':
      return model.length === 0;
    default:
      model.length = 0;
      return null;
  }
}

describe('What a procedure is given', () => {
  const TREE = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })).map((tree) => JSON.parse(JSON.stringify(tree)) as object);
  const given = (data: object) =>
    introspectionContext({ presentedToken: { active: true, type: 'bearer', value: null, expiredScopes: [], data: data as never } });

  /** What plain JavaScript says of every value of a tree. */
  const PLAIN = `(function say(v) {
    if (typeof v !== 'object' || v === null) return v;
    var names = [];
    for (var k in v) names.push(k);
    var said = [JSON.stringify(v), Object.keys(v), names, Array.isArray(v), v instanceof Object, Object.keys({ ...v })];
    if (Array.isArray(v)) said.push(v.length, v.concat([1]).length, v.slice(0, 2).length, v.indexOf(v[1]), [...v].length, v.map(function (x) { return typeof x; }).join());
    return said.concat(Object.keys(v).map(function (name) { return say(v[name]); }));
  })`;
  const said = (0, eval)(PLAIN) as (value: unknown) => unknown;

  test('looks to plain JavaScript as if it had no Java helpers, at any depth', () => {
    fc.assert(
      fc.property(TREE, (data) => {
        for (const dressed of [true, false]) {
          expect(realm.value(`${PLAIN}(context.presentedToken.data)`, { context: given(data), dressed })).toEqual(said(data));
        }
      }),
    );
  });

  test('has Java helpers at any depth that say what plain JavaScript says', () => {
    const agree = `(function agree(v) {
      if (typeof v !== 'object' || v === null) return true;
      var own = function (name) { return Object.prototype.hasOwnProperty.call(v, name); };
      if (!own('size') && v.size() !== Object.keys(v).length) return false;
      if (!own('isEmpty') && v.isEmpty() !== (Object.keys(v).length === 0)) return false;
      return Object.keys(v).every(function (name) {
        if (!own('get') && v.get(Array.isArray(v) ? Number(name) : name) !== v[name]) return false;
        return agree(v[name]);
      });
    })`;
    fc.assert(
      fc.property(TREE, (data) => {
        expect(realm.value(`${agree}(context.presentedToken.data)`, { context: given(data) })).toBe(true);
      }),
    );
  });
});
