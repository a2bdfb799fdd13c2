import { attack, TOO_MUCH, type Family } from './attack.ts';

/** Memory: within the heap, outside of it, all at once and little by little. */
export const BOMBS: Family = {
  name: 'bombs',
  attacks: [
    attack('a response that is too large', `return ['x'.repeat(70000)];`, ['invalid-response']),
    attack('a response nested too deeply', `var list = []; for (var i = 0; i < 5000; i++) list = [list]; return list;`, [
      'invalid-response',
    ]),
    attack('a response that holds itself', `var list = []; list.push(list); return list;`, ['invalid-response']),
    attack('a thrown text of a million characters', `throw 'x'.repeat(1000000);`, ['runtime']),
    attack('a thrown error whose causes have no end', `var e = new Error('x'); e.cause = e; throw e;`, ['runtime']),
  ],
  killing: [
    attack('an array that grows', `var keep = []; for (;;) keep.push(new Array(50000).fill(1));`, TOO_MUCH),
    attack(
      'a text that doubles, flattened',
      `var s = 'x'.repeat(1000000); for (var i = 0; i < 8; i++) s += s; return [Object.keys(s).length];`,
      TOO_MUCH,
    ),
    attack('a map that grows', `var map = new Map(); for (var i = 0; ; i++) map.set(i, i);`, TOO_MUCH),
    attack('an object that grows', `var object = {}; for (var i = 0; ; i++) object['key' + i] = i;`, TOO_MUCH),
    attack('sets within sets', `var outer = new Set(); for (;;) outer.add(new Set([outer, {}, []]));`, TOO_MUCH),
    attack(
      'closures',
      `var keep = function () { return 1; }; for (;;) keep = (function (before) { return function () { return before; }; })(keep);`,
      TOO_MUCH,
    ),
    attack(
      'few objects that are many in JSON',
      `var list = ['x']; for (var i = 0; i < 30; i++) list = [list, list]; return [JSON.stringify(list).length];`,
      TOO_MUCH,
    ),
    attack(
      'few objects that are many as text',
      `var list = ['x']; for (var i = 0; i < 30; i++) list = [list, list]; return [String(list).length];`,
      TOO_MUCH,
    ),
    attack('few objects that are many in a response', `var list = ['x']; for (var i = 0; i < 30; i++) list = [list, list]; return list;`, [
      ...TOO_MUCH,
      'invalid-response',
    ]),
    attack(
      'few objects that are many in a log line',
      `var list = ['x']; for (var i = 0; i < 26; i++) list = [list, list]; for (var n = 0; n < 100; n++) logger.info('{}', list); return [];`,
      [...TOO_MUCH, 'nothing'],
    ),
    attack(
      'a replacement that multiplies',
      `var s = 'a'.repeat(1000); for (var i = 0; i < 6; i++) s = s.replace(/a/g, s.slice(0, 1000)); return [s.length];`,
      TOO_MUCH,
    ),
    attack('a text split into letters, again and again', `var keep = []; for (;;) keep.push('abc'.repeat(300000).split(''));`, TOO_MUCH),
    attack(
      'errors that keep their stacks',
      `var keep = []; function deep(n) { if (n > 0) return deep(n - 1); keep.push(new Error('x'.repeat(1000) + keep.length)); } for (;;) deep(50);`,
      TOO_MUCH,
    ),
    attack('symbols for ever', `for (var i = 0; ; i++) Symbol.for('x'.repeat(1000) + i);`, TOO_MUCH),
  ],
};
