import { attack, type Family } from './attack.ts';

/** Hooks of the language. */
export const SYMBOLS: Family = {
  name: 'symbols',
  attacks: [
    attack(
      'species of an array that is a constructor of text',
      `class Own extends Array { static get [Symbol.species]() { return isNaN.constructor; } } return reach(tried(function () { return Own.from([1]).map(function (x) { return x; }); }));`,
    ),
    attack(
      'species that gives the array back',
      `var list = [1, 2, 3]; Object.defineProperty(list, 'constructor', { value: { [Symbol.species]: function () { return list; } } }); return reach(tried(function () { return list.map(function () { return {}; }); }));`,
    ),
    attack(
      'species on a list of the service',
      `var scopes = context.scopeNames; var own = tried(function () { return scopes.slice(); }); return reach(own, scopes);`,
    ),
    attack(
      'species of a pattern',
      `var pattern = /a/; pattern.constructor = { [Symbol.species]: function (source) { return { exec: function () { return null; }, source: source }; } }; return reach(tried(function () { return 'aaa'.split(pattern); }));`,
    ),
    attack(
      'the symbol by which Node shows objects',
      `var seen = []; var object = { [Symbol.for('nodejs.util.inspect.custom')]: function (depth, options, inspect) { seen.push('called'); seen = seen.concat(reach(options, inspect)); return 'x'; } }; logger.info('{}', object); console.log(object); throw object;`,
      ['runtime'],
    ),
    attack(
      'the symbol by which Node rejects',
      `logger.info('{}', { [Symbol.for('nodejs.rejection')]: function () { return context; } }); return [];`,
    ),
    attack(
      'hasInstance',
      `var fake = { [Symbol.hasInstance]: function () { return true; } }; return unless({} instanceof fake, 'no') .concat(refusedBy(function () { Object.defineProperty((0, Error), Symbol.hasInstance, { value: fake }); }));`,
    ),
    attack(
      'concat of a list that is none',
      `return refusedBy(function () { return [].concat({ length: 9007199254740991, [Symbol.isConcatSpreadable]: true }); });`,
    ),
    attack('an iterator of lists', `return refusedBy(function () { [].__proto__[Symbol.iterator] = function* () {}; });`),
    attack(
      'an iterator of one list',
      `var list = context.scopeNames; return refusedBy(function () { list[Symbol.iterator] = function* () { yield 'admin'; }; });`,
    ),
    attack(
      'toStringTag',
      `var object = { get [Symbol.toStringTag]() { return 'ProcedureRejection'; } }; logger.info('{}', object); throw object;`,
      ['runtime'],
    ),
    attack('unscopables', `return refusedBy(function () { [].__proto__[Symbol.unscopables].values = false; });`),
    attack(
      'a method of the wrong symbol',
      `return refusedBy(function () { return 'x'.match({ get [Symbol.match]() { throw isNaN; } }); });`,
    ),
    attack(
      'the registry as a letter box',
      `var symbol = Symbol.for('left ' + context.client.id); return unless(Object.isFrozen(Object.getPrototypeOf(Object(symbol))), 'open');`,
    ),
    attack('well-known symbols', `return reach.apply(null, Reflect.ownKeys(Symbol).map(function (key) { return Object(Symbol[key]); }));`),
    attack(
      'dispose',
      `var ran = []; { using x = { [Symbol.dispose]: function () { ran.push(1); } }; } return unless(ran.length === 1, 'not run');`,
    ),
  ],
};
