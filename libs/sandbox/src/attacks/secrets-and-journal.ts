import { attack, type Attack, type Family } from './attack.ts';

/** Secrets where they should not be found again. */
export const SECRETS: Family = {
  name: 'secrets',
  libraries: {
    vault: `var taken = [], counter = 0;
function take(value) { var before = taken.slice(); taken.push(value); return before; }
function taker() { } taker.held = undefined;
class Vault { static held = null; static hold(value) { var before = Vault.held; Vault.held = value; return before; } }`,
  },
  attacks: [
    attack(
      'kept in a name without declaration',
      `var before = typeof keptSecret === 'undefined' ? null : keptSecret; keptSecret = secrets.get('api'); return unless(before === null, 'of an earlier run');`,
    ),
    attack('kept in a variable of a library', `return unless(take(secrets.get('api')).length === 0, 'of an earlier run');`),
    attack(
      'kept on a function of a library',
      `var before = taker.held; taker.held = secrets.get('api'); return unless(before === undefined, 'of an earlier run');`,
    ),
    attack('kept on a class of a library', `return unless(Vault.hold(secrets.get('api')) === null, 'of an earlier run');`),
    attack(
      'kept on a service',
      `var value = secrets.get('api'); return refusedBy(function () { secrets.kept = value; }).concat(refusedBy(function () { secrets.get.kept = value; }), refusedBy(function () { logger.kept = value; }));`,
    ),
    attack(
      'kept on the prototype of text',
      `var value = secrets.get('api'), shared = Object.getPrototypeOf(value); return refusedBy(function () { shared.kept = value; });`,
    ),
    attack(
      'kept as the name of a symbol',
      `var value = secrets.get('api'), symbol = Symbol.for(value); return unless(Symbol.keyFor(symbol) === value && Object.getOwnPropertySymbols(Object.prototype).length === 0, 'a trace');`,
    ),
    attack(
      'kept by the last pattern matched',
      `/(.*)/.exec(secrets.get('api')); var all = RegExp; return ['lastMatch', '$1', '$&', 'input', '$_', 'lastParen', 'leftContext', 'rightContext'].filter(function (name) { return all[name] !== undefined; });`,
    ),
    attack(
      'kept by a template',
      `function tag(parts) { return parts; } var value = secrets.get('api'), parts = tag\`a\${value}b\`; return unless(Object.isFrozen(parts) && Object.isFrozen(parts.raw) && parts.join('') === 'ab', 'a place to keep it');`,
    ),
    attack(
      'kept in the text of a function',
      `var value = secrets.get('api'); function own() { return value; } return unless(String(own).indexOf(value) < 0 && String(secrets.get).indexOf(value) < 0, 'in the text');`,
    ),
    attack(
      'of a name that is another one the second time',
      `var turn = 0, name = new String('x'); name.toString = function () { return turn++ ? 'other' : 'api'; }; return unless(tried(function () { return secrets.get(name); }).length === 27, 'another one');`,
    ),
    attack(
      'of a name that is no text',
      `return refusedBy(function () { return secrets.get(['api']); }).concat(refusedBy(function () { return secrets.get({ toString: function () { return 'api'; } }); }));`,
    ),
    attack(
      'of a name nobody gave',
      `return refusedBy(function () { return secrets.get('other'); }).concat(refusedBy(function () { return secrets.get('api\\nother'); }), refusedBy(function () { return secrets.get(''); }));`,
    ),
    attack(
      'of a method taken off its service',
      `var get = secrets.get; return unless(get('api').length === 27 && reach(get).length === 0, 'it leads on');`,
    ),
    attack(
      'before a run has asked for them',
      `return ['secrets', 'cache'].filter(function (name) { var service = name === 'cache' ? cache : secrets; return Reflect.ownKeys(service).some(function (key) { return typeof service[key] === 'string'; }); });`,
    ),
  ],
};

/** With `client` at hand. */
function repeated(name: string, body: string, ends?: Attack['ends']): Attack {
  return attack(
    name,
    `var client = context.getWebServiceClient('partner'); function echo(path) { return JSON.parse(client.post({ path: '/echo', body: '' + path }).body).body; } ${body}`,
    ends,
  );
}

/** Each host call repeats the run: what could make the repetition another run, and answers those of other questions. */
export const JOURNAL: Family = {
  name: 'journal',
  libraries: {
    dice: `var thrown = 0; function dice() { thrown++; return Math.random() + ' ' + thrown; } function timeOf() { return '' + Date.now() + new Date(); }`,
  },
  attacks: [
    repeated(
      'questions made of dice',
      `var all = []; for (var i = 0; i < 8; i++) { var asked = '' + Math.random(); all.push(asked === echo(asked)); } return unless(all.every(Boolean), 'mixed up');`,
    ),
    repeated(
      'questions made of a library’s dice',
      `var all = []; for (var i = 0; i < 8; i++) { var asked = dice(); all.push(asked === echo(asked)); } return unless(all.every(Boolean) && thrown === 8, 'mixed up');`,
    ),
    repeated(
      'questions made of the time',
      `var asked = timeOf(), first = echo(asked); for (var i = 0; i < 30000; i++); return unless(first === asked && echo(timeOf()) === asked, 'the time has passed');`,
    ),
    repeated(
      'dice between questions',
      `var before = Math.random(); echo('a'); var between = Math.random(); echo('b'); return unless(before !== between && echo(before + ' ' + between) === before + ' ' + between, 'mixed up');`,
    ),
    repeated(
      'questions counted in a name without declaration',
      `asked = typeof asked === 'undefined' ? 1 : asked + 1; return unless(echo(asked) === '1', 'runs counted').concat(unless(asked === 1, 'runs counted'));`,
    ),
    repeated(
      'the same question twice',
      `var first = client.get('/count').body, second = client.get('/count').body; return unless(+second > +first, 'one answer for two questions');`,
    ),
    repeated(
      'the interruption caught, and something else asked',
      `var n = 0; try { client.get('/x'); } catch (e) { n++; } return unless(echo('after ' + n) === 'after 0', 'the interruption shows');`,
    ),
    repeated(
      'the interruption caught, and something of another kind asked',
      `var n = 0; try { client.get('/x'); } catch (e) { n++; cache.set('interrupted', true, 60); secrets.get('api'); } return unless(n === 0 && cache.get('interrupted') === null, 'the interruption shows');`,
    ),
    repeated(
      'the interruption caught, and effects left',
      `try { client.get('/x'); } catch (e) { context.getBucket('visits').storeAttributes('forged', 'p', { n: 1 }); } return unless(context.getBucket('visits').getAttributes('forged', 'p').isEmpty(), 'an effect of an interrupted run');`,
    ),
    repeated('the interruption caught, and lines logged', `try { client.get('/x'); } catch (e) { logger.error('forged'); } return [];`),
    repeated(
      'the interruption answered with a response',
      `try { client.get('/x'); } catch (e) { return ['the interruption shows']; } return [];`,
    ),
    repeated(
      'the interruption answered with a refusal',
      `try { client.get('/x'); } catch (e) { throw exceptionFactory.badRequestException('forged'); } return [];`,
    ),
    repeated(
      'something asked in finally',
      `var first; try { first = client.get('/x').body; } finally { var last = echo('last'); } return unless(first === 'hello' && last === 'last', 'mixed up');`,
    ),
    repeated(
      'the interruption looked at',
      `var met = null; try { client.get('/x'); } catch (e) { met = e; } return met === null ? [] : reach(met).concat(['the interruption shows']);`,
    ),
    repeated(
      'the interruption kept for the next run',
      `var before = typeof interruption === 'undefined' ? null : interruption; try { client.get('/x'); } catch (e) { interruption = e; } return unless(before === null && typeof interruption === 'undefined', 'of an earlier run');`,
      ['nothing', 'runtime'],
    ),
    repeated(
      'an interruption of one’s own making',
      `throw Object.freeze({ __proto__: null, name: 'Suspended', message: 'the run waits for the service and will be repeated' });`,
      ['runtime'],
    ),
    repeated(
      'an answer that depends on how deep the stack is',
      `var depth = 0; (function deeper() { depth++; deeper(); }).constructor; try { (function deeper() { depth++; deeper(); })(); } catch (e) { } return unless(echo(depth) === '' + depth, 'mixed up');`,
      ['nothing', 'nondeterministic'],
    ),
    repeated(
      'questions asked while a comparison runs',
      `var order = ['c', 'a', 'b'].sort(function (a, b) { return echo(a) < echo(b) ? -1 : 1; }); return unless(order.join() === 'a,b,c', order.join());`,
    ),
    repeated(
      'questions asked by a getter, a toString and a generator',
      `function* ask() { yield echo('1'); yield echo('2'); } var found = [...ask()].concat({ get x() { return echo('3'); } }.x, '' + { toString: function () { return echo('4'); } }); return unless(found.join() === '1,2,3,4', found.join());`,
    ),
    repeated(
      'a generator that is left half-way',
      `function* ask() { try { yield echo('1'); } finally { echo('2'); } } for (var each of ask()) break; return unless(each === '1', 'mixed up');`,
    ),
    repeated(
      'an interruption within a native loop',
      `return unless([1, 2, 3].map(function (n) { return echo(n); }).join() === '1,2,3' && 'abc'.replace(/./g, function (c) { return echo(c); }) === 'abc' && JSON.stringify({ a: 1 }, function (k, v) { return k === 'a' ? echo('r') : v; }) === '{"a":"r"}', 'mixed up');`,
    ),
    repeated(
      'random identifiers between questions',
      `var first = tried(randomUuid), second = echo('x'), third = tried(randomUuid); return unless(second === 'x' && first instanceof Error && third instanceof Error, 'mixed up');`,
    ),
    repeated(
      'an error answer in place of an answer',
      `var first = tried(function () { return client.get('/fails'); }), second = echo('x'); return unless(first.code === 'timeout' && second === 'x', 'mixed up');`,
    ),
  ],
};
