import { attack, refused, type Family } from './attack.ts';

const SLOW = String.raw`(?:a?){64}a{64}`;

/** Patterns: their compilation cannot be interrupted, and their statics were shared. */
export const REGULAR_EXPRESSIONS: Family = {
  name: 'regular expressions',
  attacks: [
    attack(
      'an exponential pattern made of text',
      `return refusedBy(function () { return new RegExp('a?'.repeat(64) + 'a'.repeat(64)); });`,
    ),
    attack('the same without new', `var make = RegExp; return refusedBy(function () { return make('a?'.repeat(64) + 'a'.repeat(64)); });`),
    attack('the same by way of match', `return refusedBy(function () { return 'a'.match('a?'.repeat(64)); });`),
    attack('the same by way of search', `return refusedBy(function () { return 'a'.search('a?'.repeat(64)); });`),
    attack('the same by way of matchAll', `return refusedBy(function () { return 'a'.matchAll('a?'.repeat(64)); });`),
    attack(
      'the same by way of a class of its own',
      `class Own extends RegExp {} return refusedBy(function () { return new Own('a?'.repeat(64)); });`,
    ),
    attack(
      'the same by way of Reflect.construct',
      `return refusedBy(function () { return Reflect.construct(RegExp, ['a?'.repeat(64)], Object); });`,
    ),
    attack(
      'an object that only looks like a pattern, matched',
      `var fake = { constructor: undefined, flags: 'g', toString: function () { return 'a?'.repeat(64) + 'a'.repeat(64); } }; return refusedBy(function () { return [...(0, RegExp.prototype)[Symbol.matchAll].call(fake, 'a'.repeat(64))]; });`,
    ),
    attack(
      'an object that only looks like a pattern, split',
      `var fake = { constructor: undefined, flags: '', toString: function () { return 'a?'.repeat(64) + 'a'.repeat(64); } }; return refusedBy(function () { return (0, RegExp.prototype)[Symbol.split].call(fake, 'a'.repeat(64)); });`,
    ),
    attack(
      'a pattern whose source is another one',
      `var fake = { __proto__: RegExp.prototype, get source() { return 'a?'.repeat(64); }, flags: '' }; return refusedBy(function () { return new RegExp(fake); });`,
    ),
    attack(
      'a text that is another one the second time',
      `var turn = 0; var text = { toString: function () { return turn++ === 0 ? 'a' : 'a?'.repeat(64); } }; var made = tried(function () { return new RegExp(text); }); return unless(made instanceof Error || made.source === 'a', 'read twice');`,
    ),
    attack('compile', `return refusedBy(function () { return /a/.compile('b'); });`),
    attack(
      'statics',
      `/(secret)/.exec('a secret'); return ['$1', '$&', 'lastMatch', 'input', 'leftContext', '$_'].filter(function (name) { return (0, RegExp)[name] !== undefined || /a/.constructor[name] !== undefined; });`,
    ),
    attack('exec of the prototype', `return refusedBy(function () { (0, RegExp.prototype).exec = function () { return context; }; });`),
    attack(
      'lastIndex with code',
      `var pattern = /a/g; pattern.lastIndex = { valueOf: function () { pattern = null; return 9007199254740991; } }; return reach(tried(function () { return pattern.exec('aaa'); }));`,
    ),
    attack(
      'groups named like the prototype',
      `var groups = /(?<__proto__>a)(?<constructor>b)/.exec('ab').groups; return unless(Object.getPrototypeOf(groups) === null && ({}).a === undefined, 'prototype');`,
    ),
    attack('a replacement that runs code', `return reach(Object('aaa'.replace(/a/g, function () { return arguments.length; })));`),
    attack(
      'the constructor behind a pattern',
      `return reach(/a/.constructor, Object.getPrototypeOf(/a/).constructor, /a/.constructor[Symbol.species]);`,
    ),
  ],
  killing: [
    attack(
      'a result of exec with more groups than there are',
      `var pattern = /a/; Object.defineProperty(pattern, 'exec', { value: function () { return { index: 0, 0: 'a', length: 9007199254740991 }; } }); return ['aaa'.replace(pattern, 'x')];`,
      ['timeout', 'memory'],
    ),
    attack('backtracking without an end', `return [/^(a+)+$/.test('a'.repeat(60) + 'b')];`, ['timeout']),
    attack('backtracking over alternatives', `return [/^(a|a|aa)+$/.test('a'.repeat(60) + 'b')];`, ['timeout']),
    attack('backtracking with a backreference', `return [/^(a*)*\\1b$/.test('a'.repeat(200))];`, ['timeout']),
    attack('a pattern that looks back', `var text = 'x' + 'a'.repeat(40) + 'b'; return unless(!/(?<=^(a+)+)b/.test(text), 'matched');`, [
      'timeout',
      'nothing',
    ]),
    attack(
      'many classes of characters, without case',
      `var n = 0; for (var i = 0; i < 500; i++) n += new RegExp('[\\\\p{L}\\\\P{Lu}]'.repeat(60) + i, 'iu').test('x'.repeat(200)) ? 1 : 0; return [];`,
      ['timeout', 'memory'],
    ),
    attack(
      'repetition within repetition',
      `var n = 0; for (var i = 0; i < 200; i++) n += new RegExp('(?:(?:a{70}b){70})'.repeat(40) + i).test('a'.repeat(5000)) ? 1 : 0; return [];`,
      ['timeout', 'memory', 'runtime', 'nothing'],
    ),
  ],
  refused: [
    refused('an exponential literal', `return { x: /${'a?'.repeat(64)}${'a'.repeat(64)}/.test('a') };`, 'pattern'),
    refused('an exponential literal in a group', `return { x: /${SLOW}/.test('a') };`, 'pattern'),
    refused('a text given to RegExp', `return { x: new RegExp('${'a?'.repeat(64)}').test('a') };`, 'pattern'),
    refused('nested repetition', `return { x: /(?:(?:a{100}){100}){100}/.test('a') };`, 'pattern'),
  ],
};
