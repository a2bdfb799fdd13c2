import { attack, refused, TOO_MUCH, type Family } from './attack.ts';

/** Numbers where they hurt. */
export const BIGINT_AND_NUMBERS: Family = {
  name: 'bigint and numbers',
  attacks: [
    attack(
      'a list of nine thousand million million elements',
      `return refusedBy(function () { return [].indexOf.call({ length: 9007199254740991 }, 1); });`,
    ),
    attack('the same by way of Array.from', `return refusedBy(function () { return Array.from({ length: 4294967295 }); });`),
    attack(
      'the same by way of a length that grows',
      `var length = 1; var list = { get length() { return length *= 1000000; } }; return refusedBy(function () { return [].join.call(list); });`,
    ),
    attack(
      'the same by way of an inherited length',
      `return refusedBy(function () { return [].fill.call(Object.create({ length: 9007199254740991 }), 0); });`,
    ),
    attack('an array that is all holes', `var list = []; list.length = 4294967295; return refusedBy(function () { return list.sort(); });`),
    attack('a text of a thousand million characters', `return refusedBy(function () { return 'x'.repeat(1073741823); });`),
    attack('a text padded', `return refusedBy(function () { return 'x'.padEnd(536870888, 'ab'); });`),
    attack(
      'a count that is not a number',
      `return reach(Object(tried(function () { return 'x'.repeat({ valueOf: function () { return Infinity; } }); })));`,
    ),
    attack('numbers that JSON does not have', `return [].concat(unless(JSON.stringify([NaN, Infinity, -0]) === '[null,null,0]', 'json'));`),
    attack(
      'a fraction of a million digits',
      `return unless((0.1).toFixed(100).length === 102 && Math.pow(2, 1023).toString(2).length === 1024, 'digits');`,
    ),
    attack('a date outside of time', `return reach(new Date(8.64e15 + 1), tried(function () { return new Date(NaN).toISOString(); }));`),
    attack(
      'a date by strange arguments',
      `return reach(Reflect.construct(Date, [{ valueOf: function () { return 1e308; } }]), tried(function () { return Date.UTC(Symbol('x')); }));`,
    ),
    attack(
      'a clock',
      `var before = Date.now(), n = 0; for (var i = 0; i < 5000; i++) n += i; return unless(Date.now() === before && new Date().getTime() === before && +new Date() === before, 'time passes');`,
    ),
    attack(
      'dice of the engine',
      `var dice = []; for (var i = 0; i < 10; i++) dice.push(Math.random()); return unless(dice.every(function (x) { return x >= 0 && x < 1; }) && new Set(dice).size === 10, 'dice');`,
    ),
    attack(
      'a BigInt out of nowhere',
      `return unless(typeof globalThis.BigInt === 'undefined' && typeof Object.getPrototypeOf(Object(1)).toBigInt === 'undefined', 'BigInt');`,
    ),
  ],
  killing: [
    attack('an array of a hundred million elements', `return [new Array(100000000).fill(0).length];`, TOO_MUCH),
    attack('arguments without an end', `return [Math.max(...new Array(20000000))];`, TOO_MUCH),
    attack(
      'a native loop over an iterator of the engine',
      `var it = { value: 1, done: false }; it.next = Object.prototype.valueOf; it[Symbol.iterator] = Object.prototype.valueOf; return [new Set(it).size];`,
      TOO_MUCH,
    ),
    attack(
      'a needle in a haystack of needles',
      `var hay = 'a'.repeat(1000000), n = 0; for (var i = 0; i < 100; i++) n += hay.indexOf('a'.repeat(250000 + i) + 'b'); return [n];`,
      TOO_MUCH,
    ),
  ],
  refused: [
    refused('a BigInt literal', `return { x: (2n ** 1000000n).toString() };`),
    refused('a BigInt literal in hexadecimal', `return { x: 0xffn };`),
    refused('an octal number', `return { x: 0777 };`, 'syntax'),
  ],
};
