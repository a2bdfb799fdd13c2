import { attack, refused, type Family } from './attack.ts';

/** Work put off until the run is over. */
export const MICROTASKS: Family = {
  name: 'microtasks',
  attacks: [
    attack(
      'names that queue',
      `return ['Promise', 'queueMicrotask', 'setTimeout', 'setInterval', 'setImmediate', 'requestIdleCallback', 'FinalizationRegistry', 'WeakRef', 'MessageChannel', 'Atomics'].filter(function (name) { return name in globalThis; });`,
    ),
    attack('Array.fromAsync', `return unless((0, Array).fromAsync === undefined, 'fromAsync');`),
    attack(
      'a thenable as a part of the response',
      `var called = []; var list = []; list.then = function (done) { called.push(done); }; return called.concat(list);`,
    ),
    attack('a thenable that is thrown', `throw { then: function (resolve) { resolve(context); }, message: 'thenable' };`, ['runtime']),
    attack(
      'an object with an async iterator',
      `return reach(tried(function () { return Array.from({ [Symbol.asyncIterator]: function () { return { next: function () { return context; } }; } }); }));`,
    ),
    attack('a hook for what is collected', `return unless(!('WeakRef' in globalThis) && new WeakMap().size === undefined, 'weak');`),
  ],
  refused: [
    refused('an async function', `async function later() {} later(); return {};`),
    refused('an async arrow', `var later = async () => 1; later(); return {};`),
    refused('an async method', `({ async later() {} }).later(); return {};`),
    refused('an async generator', `async function* later() { yield 1; } later(); return {};`),
    refused('an async method of a class', `class Later { static async run() {} } Later.run(); return {};`),
    refused('an async arrow as a default', `(function (f = async () => 1) { f(); })(); return {};`),
    refused('an async arrow as a default within a pattern', `var { f = async () => 1 } = {}; f(); return {};`),
    refused('an async arrow in a computed name', `({ [(async () => 1)()]: 1 }); return {};`),
    refused('an async arrow in a field of a class', `class Later { field = (async () => 1)(); } new Later(); return {};`),
    refused('an async arrow in a static block', `class Later { static { (async () => 1)(); } } return {};`),
    refused('an async arrow in a template', 'return { x: `${(async () => 1)()}` };'),
    refused('an async arrow in the head of a loop', `for (var x of [async () => 1]) x(); return {};`),
    refused('an async arrow in a case', `switch (1) { case (async () => 1)(): break; } return {};`),
    refused('an async arrow behind a label', `out: (async () => 1)(); return {};`),
    refused('an async arrow in an optional chain', `({ f: async () => 1 })?.f?.(); return {};`),
    refused('an async arrow in an assignment to a pattern', `var x; [x = async () => 1] = []; x(); return {};`),
    refused('an async arrow in a catch pattern', `try { throw {}; } catch ({ f = async () => 1 }) { f(); } return {};`),
    refused('an async arrow in the heritage of a class', `class Later extends (async () => 1, Object) {} return {};`),
    refused('an async arrow spread', `[...[async () => 1]][0](); return {};`),
    refused('async with an escaped letter', `\\u0061sync function later() {} return {};`, 'syntax'),
    refused('await at the top', `await 1; function result() { return {}; }`),
    refused('for await', `async function f(x) { for await (var y of x) y(); } return {};`),
    refused('await using', `async function f() { await using x = null; } return {};`),
    refused('a promise by its name', `return { x: Promise.resolve(1) };`),
    refused('a timer by its name', `setTimeout(function () {}, 1); return {};`),
  ],
};
