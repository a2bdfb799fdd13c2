import { attack, TOO_MUCH, type Family } from './attack.ts';

/** Processor time, stack and the bounds of a run. */
export const EXHAUSTION: Family = {
  name: 'exhaustion',
  attacks: [
    attack('recursion', `var n = 0; function deep() { n++; deep(); } return reach(tried(deep));`),
    attack(
      'recursion by way of a getter',
      `var object = { get x() { return this.x; } }; return reach(tried(function () { return object.x; }));`,
    ),
    attack(
      'recursion by way of toString',
      `var object = { toString: function () { return '' + object; } }; return reach(tried(function () { return '' + object; }));`,
    ),
    attack(
      'recursion by way of JSON',
      `var object = { toJSON: function () { return JSON.stringify(object); } }; return reach(tried(function () { return JSON.stringify(object); }));`,
    ),
    attack('recursion by way of a comparison', `function order() { return [2, 1].sort(order); } return reach(tried(order));`),
    attack(
      'text nested without end for the parser of JSON',
      `return reach(Object(tried(function () { return JSON.parse('['.repeat(400000)); })));`,
    ),
    attack('more host calls than allowed', `for (var i = 0; i < 100; i++) randomUuid(); return ['no limit'];`, ['runtime']),
    attack('more effects than allowed', `for (var i = 0; i < 100; i++) context.response.setHeader('X-A' + i, 'x'); return ['no limit'];`, [
      'runtime',
    ]),
    attack('host calls after the first was refused', `for (var i = 0; i < 100; i++) { try { randomUuid(); } catch (e) { } } return [];`, [
      'runtime',
      'nothing',
    ]),
  ],
  killing: [
    attack('a loop', `for (;;) {}`, ['timeout']),
    attack('a loop that catches', `for (;;) { try { null.x; } catch (e) { } }`, ['timeout']),
    attack('a loop in finally', `function stay() { for (;;) { try { return 1; } finally { continue; } } } return [stay()];`, ['timeout']),
    attack('recursion that catches itself', `function stay() { try { stay(); } finally { stay(); } } stay(); return [];`, ['timeout']),
    attack(
      'a loop in a getter of the response',
      `var list = []; Object.defineProperty(list, '0', { get: function () { for (;;) {} }, enumerable: true }); return list;`,
      ['timeout'],
    ),
    attack('a loop in toJSON', `return { toJSON: function () { for (;;) {} } };`, ['timeout']),
    attack('a loop in the message of an error', `throw { get message() { for (;;) {} }, toString: function () { for (;;) {} } };`, [
      'runtime',
      'timeout',
    ]),
    attack(
      'a loop in what is logged',
      `logger.info('{}', { toString: function () { for (;;) {} }, toJSON: function () { for (;;) {} } }); return [];`,
      ['timeout', 'nothing'],
    ),
    attack('a loop in a comparison', `[3, 2, 1].sort(function () { for (;;) {} }); return [];`, ['timeout']),
    attack('a loop after a host call was not answered', `try { randomUuid(); } catch (e) { for (;;) {} } for (;;) {}`, [
      'timeout',
      'runtime',
    ]),
    attack('a loop that makes garbage', `for (;;) { var x = new Array(1000); }`, TOO_MUCH),
    attack('a digest of a very long text', `var s = 'x'.repeat(900000); for (;;) sha256(s);`, TOO_MUCH),
    attack(
      'a list of the service that is all holes',
      `var ArrayList = Java.type('java.util.ArrayList'); var list = new ArrayList(); list.length = 4294967295; return [list.contains('x'), list.remove('x')];`,
      [...TOO_MUCH, 'invalid-response'],
    ),
  ],
};
