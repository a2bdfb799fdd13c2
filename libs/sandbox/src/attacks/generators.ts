import { attack, TOO_MUCH, type Family } from './attack.ts';

/** Functions that stop half-way. */
export const GENERATORS: Family = {
  name: 'generators',
  attacks: [
    attack(
      'a coroutine kept on a prototype',
      `function* talk() { while (true) yield context; } var kept = talk(); kept.next(); return refusedBy(function () { Object.getPrototypeOf(talk).kept = kept; });`,
    ),
    attack(
      'a coroutine kept on a built-in function',
      `var kept = (function* () { yield context; })(); var shared = isNaN; return refusedBy(function () { shared.kept = kept; });`,
    ),
    attack(
      'return within finally',
      `function* stay() { try { yield 1; } finally { yield 2; } } var it = stay(); it.next(); var end = it.return(context); return reach(it, Object(end.value));`,
    ),
    attack(
      'throwing into one',
      `function* g() { try { yield 1; } catch (e) { yield e; } } var it = g(); it.next(); return reach(it.throw(new Error('x')).value);`,
    ),
    attack('delegation to a service', `function* g() { yield* context.scopeNames; } return reach(Array.from(g()));`),
    attack(
      'delegation to what is no iterator',
      `function* g() { yield* context; } return reach(tried(function () { return Array.from(g()); }));`,
    ),
    attack(
      'a generator that runs itself',
      `var it; function* g() { it.next(); yield 1; } it = g(); return reach(tried(function () { return it.next(); }));`,
    ),
    attack(
      'iterators of the engine',
      `return reach([].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), (function () { return arguments; })()[Symbol.iterator]());`,
    ),
    attack(
      'the helpers of iterators',
      `var it = [].values(); return unless(it.map === undefined && it.take === undefined && it.toArray === undefined && it[Symbol.dispose] === undefined, 'helpers');`,
    ),
  ],
  killing: [
    attack('one without an end, spread', `return [...(function* () { for (;;) yield 1; })()];`, TOO_MUCH),
    attack('one without an end, into a set', `return [new Set((function* () { for (;;) yield 1; })()).size];`, TOO_MUCH),
  ],
};
