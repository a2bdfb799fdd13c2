import { attack, refused, type Family } from './attack.ts';

/** Compiles text by way of a constructor. */
export const CONSTRUCTORS: Family = {
  name: 'constructors',
  attacks: [
    attack('the global Function', `return refusedBy(function () { return globalThis.Function('return globalThis')(); });`),
    attack('the constructor of a function', `return refusedBy(function () { return (function () {}).constructor('return process')(); });`),
    attack('the constructor of an arrow', `return refusedBy(function () { return (() => 1).constructor('return this')(); });`),
    attack('the constructor of a generator', `return refusedBy(function () { return (function* () {}).constructor('yield 1')(); });`),
    attack('the constructor of a method', `return refusedBy(function () { return ({ m() {} }).m.constructor('return 1')(); });`),
    attack('the constructor of a class', `return refusedBy(function () { return (class {}).constructor('return 1')(); });`),
    attack('the constructor of a bound function', `return refusedBy(function () { return isNaN.bind(null).constructor('return 1')(); });`),
    attack('the constructor of a built-in', `return refusedBy(function () { return Math.max.constructor('return 1')(); });`),
    attack(
      'the constructor of a getter',
      `var getter = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__').get; return refusedBy(function () { return getter.constructor('return 1')(); });`,
    ),
    attack('the constructor of a service function', `return refusedBy(function () { return logger.info.constructor('return 1')(); });`),
    attack('Reflect.construct of it', `return refusedBy(function () { return Reflect.construct((0, Function), ['return 1'])(); });`),
    attack(
      'Reflect.construct with it as the new target',
      `return refusedBy(function () { return Reflect.construct(Object, [], isNaN.constructor)('return 1')(); });`,
    ),
    attack(
      'a class that extends it',
      `return refusedBy(function () { class Maker extends (function () {}).constructor {} return new Maker('return 1')(); });`,
    ),
    attack(
      'names put together at run time',
      `var name = ['con', 'struc', 'tor'].join(''); return refusedBy(function () { return []['at'][name]('return 1')(); });`,
    ),
    attack(
      'no letters at all',
      `var name = (![] + [])[3]; return refusedBy(function () { return [][(![] + [])[+[]] + ([![]] + [][[]])[+!+[] + [+[]]] + (![] + [])[2] + (!![] + [])[0]](name)(); });`,
    ),
    attack(
      'the descriptor of the prototype',
      `var found = Object.getOwnPropertyDescriptor(Function.prototype, 'constructor'); return reach(found.value, found.get && found.get.call(isNaN));`,
    ),
    attack(
      'lookup of the getter',
      `var getter = ({}).__lookupGetter__('constructor'); return reach(getter, getter && getter.call(isNaN));`,
    ),
    attack('every prototype of a generator', `return reach(function* () {}, (function* () {})(), Object.getPrototypeOf(function* () {}));`),
  ],
  refused: [
    refused('Function by its name', `return { x: Function('return process')() };`),
    refused('new Function', `return { x: new Function('return process')() };`),
    refused('eval', `return { x: eval('process') };`),
    refused('indirect eval by its name', `return { x: (0, eval)('this') };`),
  ],
};
