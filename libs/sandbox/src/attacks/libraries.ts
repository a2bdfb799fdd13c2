import { attack, refused, type Family } from './attack.ts';

const PEEPING = `
var seenAtTop = [typeof privateOfProcedure, typeof result, typeof context];
var calls = 0, list = [], pattern = /a/g, weak = new WeakMap(), symbol = Symbol.for('kept by a library'), kept = null, cell = (function* () { var held = null; for (;;) held = yield held; })();
cell.next();
function count() { count.own = (count.own || 0) + 1; return [++calls, list.push(1), count.own, Counter.next(), pattern.test('aa') ? pattern.lastIndex : 0]; }
class Counter { static #n = 0; static next() { return ++Counter.#n; } }
function keep(value) { var before = kept; kept = value; return before; }
function hold(value) { return cell.next(value).value; }
function seenFrom() { return [typeof privateOfProcedure, typeof privateOfAttack, typeof ATTACKS]; }
function callerOf(own) { return tried0(function () { return own.caller; }); }
function tried0(action) { try { return action(); } catch (thrown) { return thrown; } }
function frames() { var before = tried0(function () { var all = Error; all.prepareStackTrace = function (e, sites) { return sites; }; }); return [before, new Error('x').stack]; }
function template(parts) { var before = weak.has(parts); weak.set(parts, 1); return before; }
function here() { return template\`x\`; }
function evilResult() { result = function () { return { found: ['the library answered'] }; }; }
function leave() { leftByLibrary = typeof leftByLibrary === 'undefined' ? 1 : leftByLibrary + 1; return leftByLibrary; }
function thrower(what) { throw what; }
function visit(given, action) { return action.call(given, given); }
function result() { return { found: ['the result of a library'] }; }
`;

/** A library that the procedure trusts, and should not. */
export const LIBRARIES_AGAINST_PROCEDURES: Family = {
  name: 'libraries against procedures',
  libraries: { peeping: PEEPING, second: `var seenBySecond = typeof calls; function later() { return typeof ATTACKS; }` },
  attacks: [
    attack(
      'a context that nobody passed',
      `return unless(seenAtTop[2] === 'undefined' && visit(null, function () { return typeof this; }) === 'object', 'a context');`,
    ),
    attack(
      'names of the procedure',
      `var privateOfAttack = 1; return unless(seenFrom()[0] === 'undefined' && seenFrom()[1] === 'undefined' && seenFrom()[2] === 'undefined' && seenAtTop[0] === 'undefined', seenFrom().join());`,
    ),
    attack(
      'names of a later library',
      `return unless(tried0(function () { return seenFrom().length; }) === 3 && later() === 'undefined' && seenBySecond === 'number', 'seen');`,
    ),
    attack(
      'the frame that calls',
      `function own() { return callerOf(own); } return reach(own(), tried(function () { return arguments['cal' + 'lee']; }));`,
    ),
    attack(
      'the frames of the stack',
      `var got = frames(); return unless(typeof got[1] === 'string' && got[0] instanceof TypeError, 'call sites').concat(reach(got[0]));`,
    ),
    attack('variables from run to run', `return unless(count().join() === '1,1,1,1,1', 'of an earlier run');`),
    attack('an object from run to run', `return unless(keep(context) === null, 'a context of an earlier run');`),
    attack('a coroutine from run to run', `return unless(hold(context) === null || hold(context) === context, 'of an earlier run');`, [
      'nothing',
    ]),
    attack('a template that remembers', `return unless(here() === false && here() === true, 'of an earlier run');`),
    attack('a name without declaration from run to run', `return unless(leave() === 1, 'of an earlier run');`),
    attack(
      'what all runs share, written by a library',
      `return refusedBy(function () { visit(Object.prototype, function (shared) { shared.left = context; }); }).concat(refusedBy(function () { visit(logger, function (shared) { shared.info = count; }); }));`,
    ),
    attack(
      'a context that is passed, written to',
      `return refusedBy(function () { visit(context, function (given) { given.client = null; }); }).concat(refusedBy(function () { visit(context.delegation, function (given) { given.owner = 'me'; }); }));`,
    ),
    attack(
      'an error of the library’s making',
      `return reach(tried(function () { thrower({ get message() { throw context; }, toString: function () { throw context; } }); }));`,
    ),
    attack('an error of the library’s making, thrown on', `thrower({ get message() { throw context; }, get stack() { for (;;) {} } });`, [
      'runtime',
    ]),
    attack('a refusal that a library looks like', `thrower({ payload: '{"status":200,"code":null,"description":null}', status: 200 });`, [
      'runtime',
    ]),
    attack(
      'a library’s function as the answer',
      `var late = []; late.toJSON = function () { return keep(null) === null ? [] : ['of an earlier run']; }; return late;`,
    ),
    attack('another result in place of the procedure’s', `tried(evilResult); return [];`),
  ],
  refused: [refused('a library in the place of the procedure', `var nothing = 'result is only declared by the library';`, 'no-result')],
};

/** Names that the service and the language have, taken by a library before the procedure sees them. */
export const LIBRARIES_THAT_SHADOW: Family = {
  name: 'libraries that shadow',
  libraries: {
    shadows: `
var seen = [];
function take(value) { seen.push(value); return value; }
var JSON = { parse: function (text) { return take(text); }, stringify: function (value) { return '' + take(value); } };
var Map = function () { return { get: take, set: take, forEach: take }; };
var encodeURIComponent = take, isFinite = function () { return true; };
var TypeError = function () { return take(arguments); };
var Array = { isArray: function () { return true; } };
var Error0 = Error;
var String0 = String;
function seenByShadows() { return seen.length; }
`,
  },
  attacks: [
    attack(
      'built-ins exchanged before a request',
      `var answer = context.getWebServiceClient('partner').post({ path: '/echo', query: { q: ['a b'] }, body: { a: [1] } });
       return unless(seenByShadows() === 0 && answer.body.indexOf('{"client":"partner"') === 0 && answer.body.indexOf('"path":"/echo"') > 0, 'the service used a library’s').concat(reach(answer));`,
    ),
    attack(
      'built-ins exchanged before a token is verified',
      `var got = jwt.verify('a.b.c', { keySet: { keys: [] }, audience: ['me'] }); return unless(seenByShadows() === 0 && got.value === 1, 'the service used a library’s');`,
    ),
    attack(
      'built-ins exchanged before attributes are stored',
      `var bucket = context.getBucket('visits'); bucket.storeAttributes('s', 'p', { n: [1] }); cache.set('shadowed', { a: 1 }, 60);
       return unless(seenByShadows() === 0 && bucket.getAttributes('s', 'p').n.size() === 1 && cache.get('shadowed').a === 1, 'the service used a library’s');`,
    ),
    attack(
      'built-ins exchanged before an error is made',
      `var thrown = tried(function () { return context.getBucket('visits').getAttributes(null, 'p'); }); return unless(seenByShadows() === 0 && thrown instanceof Error0 && thrown.name === 'TypeError', 'the service used a library’s');`,
    ),
    attack(
      'built-ins exchanged before a log line',
      `logger.info('{}', { a: [1] }, new Error0('x')); return unless(seenByShadows() === 0, 'the service used a library’s');`,
    ),
    attack(
      'built-ins exchanged before a secret is read',
      `var value = secrets.get('api'); return unless(seenByShadows() === 0 && String0(value).length === 27, 'the service used a library’s');`,
    ),
    attack(
      'built-ins exchanged before a token is decoded',
      `var got = jwt.decode('eyJhIjoxfQ.eyJhIjpbMV19.x'); return unless(seenByShadows() === 0 && got.payload.a.size() === 1, 'the service used a library’s');`,
    ),
  ],
};

const TRUSTING = `
const RIGHTS = Object.freeze({ read: true });
const LIST = Object.freeze(['read']);
var inner = (function () { var held = ['inner']; return { size: function () { return held.length; } }; })();
function may(what) { return own(RIGHTS, what); }
function own(object, name) { return Object.prototype.hasOwnProperty.call(object, name); }
function allowed(names) { return LIST.every(function (name) { return names.indexOf(name) >= 0; }); }
function describe(value) { return 'value: ' + value; }
function each(list, visit) { for (var i = 0; i < list.length; i++) visit(list[i]); return list.length; }
function copy(source) { var target = {}; for (var name in source) target[name] = source[name]; return target; }
class Account { #balance = 1; get balance() { return this.#balance; } static of(value) { return #balance in value; } }
`;

/** A procedure that means to change a library for those who use it too: other runs, and other procedures. */
export const PROCEDURES_AGAINST_LIBRARIES: Family = {
  name: 'procedures against libraries',
  libraries: { trusting: TRUSTING },
  attacks: [
    attack(
      'a function of it exchanged',
      `var before = may('admin'); may = function () { return true; }; return unless(before === false, 'exchanged by an earlier run');`,
    ),
    attack(
      'a property left on its function',
      `var before = may.left; may.left = context; return unless(before === undefined, 'left by an earlier run');`,
    ),
    attack(
      'a method of its class exchanged',
      `var before = new Account().balance; Object.defineProperty(Account.prototype, 'balance', { get: function () { return 1e9; } }); return unless(before === 1, 'exchanged by an earlier run');`,
    ),
    attack(
      'a private member of its class',
      `return unless(!Account.of({ balance: 1 }) && !Account.of(Object.create(new Account())), 'imitated').concat(refusedBy(function () { return Object.getOwnPropertyDescriptor(Account.prototype, 'balance').get.call({}); }));`,
    ),
    attack(
      'a frozen table of it',
      `return refusedBy(function () { RIGHTS.admin = true; }).concat(refusedBy(function () { LIST.length = 0; }), unless(may('admin') === false, 'admin'));`,
    ),
    attack(
      'a table of it by way of the prototype of objects',
      `return refusedBy(function () { var shared = Object.getPrototypeOf(RIGHTS); shared.admin = true; }).concat(unless(may('admin') === false && RIGHTS.admin === undefined, 'admin'));`,
    ),
    attack(
      'built-ins it uses',
      `var shared = Object.prototype, lists = Object.getPrototypeOf([]); return refusedBy(function () { shared.hasOwnProperty = function () { return true; }; }).concat(refusedBy(function () { lists.every = function () { return true; }; }));`,
    ),
    attack('a name of the language as a right', `return ['__proto__', 'constructor', 'toString'].filter(may);`),
    attack(
      'code in what it prints',
      `return reach(tried(function () { return describe({ toString: function () { throw logger; } }); }), tried(function () { return describe(Object.create(null)); }));`,
    ),
    attack(
      'names of the language in what it copies',
      `var got = copy(JSON.parse('{"__proto__":{"admin":true}}')); return unless(got.admin === undefined && ({}).admin === undefined, 'inherited');`,
    ),
    attack(
      'its state from run to run',
      `var before = inner; inner = { size: function () { return 2; } }; return unless(before.size() === 1, 'of an earlier run');`,
    ),
    attack(
      'a name of it assigned in another scope',
      `(function () { allowed = function () { return true; }; })(); return unless(allowed([]) === true, 'it is the run’s own');`,
    ),
  ],
  killing: [
    attack('a list of it that never ends', `return [each({ length: 9007199254740991 }, function () { })];`, ['timeout']),
    attack('a function of it that never returns', `return [each([1], function () { for (;;) {} })];`, ['timeout']),
  ],
};
