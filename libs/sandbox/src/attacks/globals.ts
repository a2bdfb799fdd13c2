import { attack, refused, type Family } from './attack.ts';

/** Names around the script. */
export const GLOBALS: Family = {
  name: 'globals',
  attacks: [
    attack('the whole global object', `return reach(globalThis);`),
    attack('every name of it', `return reach.apply(null, Reflect.ownKeys(globalThis).map(function (key) { return globalThis[key]; }));`),
    attack('a new global', `var all = globalThis; return refusedBy(function () { all.left = context.client.id; });`),
    attack(
      'a global defined',
      `var all = globalThis; return refusedBy(function () { Object.defineProperty(all, 'left', { value: 1 }); });`,
    ),
    attack('a global taken away', `var all = globalThis; return refusedBy(function () { delete all.JSON; });`),
    attack(
      'a global replaced',
      `var all = globalThis; return refusedBy(function () { all.JSON = { parse: function () { return context; } }; });`,
    ),
    attack(
      'the prototype of the global object',
      `var set = Object.setPrototypeOf; return refusedBy(function () { set(globalThis, { left: 1 }); });`,
    ),
    attack(
      'an undeclared name from an earlier run',
      `var before = typeof leftByAnother === 'undefined' ? undefined : leftByAnother; leftByAnother = context.client.id; return unless(before === undefined, 'left by another run');`,
    ),
    attack('this of a function', `return unless((function () { return this; })() === undefined, 'this');`),
    attack(
      'the arguments of the wrapper',
      `var own = (function () { return arguments; })(); return unless(own.length === 0, 'arguments').concat(reach(own));`,
    ),
    attack(
      'the source of the wrapper',
      `var text = Function.prototype.toString.call(arguments[0].getClient) + String(logger.info) + String(isNaN); return unless(!/require\\(|import |node:|\\bfs\\b/.test(text) && /native code/.test(text), text.slice(0, 200));`,
    ),
    attack(
      'the names of the process',
      `var found = []; ['process', 'require', 'module', '__dirname', '__filename', 'global', 'isolated_vm', 'ivm'].forEach(function (name) { if (tried(function () { return name in globalThis; }) === true) found.push(name); }); return found;`,
    ),
    attack(
      'a service shadowed for one run only',
      `var mine = { info: function () { return 'mine'; } }; (function (logger) { logger.info('x'); })(mine); return unless(logger !== mine, 'shadowed');`,
    ),
    attack(
      'names of the engine for debugging',
      `return ['$0', '$_', 'inspect', 'monitor', 'debug', 'd8', 'print', 'load', 'gc', 'version', 'readline'].filter(function (name) { return name in globalThis; });`,
    ),
  ],
  refused: [
    refused('undefined, assigned', `undefined = 1; return {};`, 'built-in'),
    refused('globalThis, assigned', `globalThis = {}; return {};`, 'built-in'),
    refused('arguments, assigned', `arguments = []; return {};`, 'syntax'),
    refused('require', `return { x: require('fs') };`),
    refused('a loop at the top level', `for (;;) {} function result() { return {}; }`, 'top-level'),
    refused('an error at the top level', `null.x; function result() { return {}; }`, 'top-level'),
    refused(
      'this at the top level, to be found by the next run',
      `var all = this; all.left = 1; function result() { return {}; }`,
      'top-level',
    ),
    refused('the host at the top level', `randomUuid(); function result() { return {}; }`, 'top-level'),
    refused(
      'memory at the top level',
      `var keep = []; for (;;) keep.push(new Array(50000).fill(1)); function result() { return {}; }`,
      'top-level',
    ),
  ],
};
