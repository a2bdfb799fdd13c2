import { attack, refused, type Family } from './attack.ts';

/** Writes to what all runs share. */
export const PROTOTYPES: Family = {
  name: 'prototypes',
  attacks: [
    attack('assignment through a variable', `var shared = Object.prototype; return refusedBy(function () { shared.polluted = 1; });`),
    attack(
      'defineProperty through a variable',
      `var define = Object.defineProperty; return refusedBy(function () { define([].__proto__, '0', { value: 1 }); });`,
    ),
    attack(
      '__defineGetter__',
      `return refusedBy(function () { ({}).__proto__.__defineGetter__('polluted', function () { return 1; }); });`,
    ),
    attack('__defineSetter__', `return refusedBy(function () { (0, Object.prototype).__defineSetter__('polluted', function () {}); });`),
    attack(
      'a new prototype for a prototype',
      `var change = Object.setPrototypeOf; return refusedBy(function () { change(Array.prototype, { polluted: 1 }); });`,
    ),
    attack(
      'Reflect.set that says no',
      `var set = Reflect.set; return unless(set([].__proto__, 'polluted', 1) === false && [].polluted === undefined, 'polluted');`,
    ),
    attack(
      'Reflect.set with a shared receiver',
      `var set = Reflect.set; return unless(set({}, 'polluted', 1, Object.prototype) === false && ({}).polluted === undefined, 'polluted');`,
    ),
    attack('Object.assign', `var assign = Object.assign; return refusedBy(function () { assign([].__proto__, { polluted: 1 }); });`),
    attack('push on the prototype of arrays', `return refusedBy(function () { [].__proto__.push(1); });`),
    attack('the length of the prototype of arrays', `return refusedBy(function () { [].__proto__.length = 5; });`),
    attack('deletion', `var shared = Array.prototype; return refusedBy(function () { delete shared.map; });`),
    attack(
      'a merge of parsed data named __proto__',
      `function merge(to, from) { for (var key in from) { if (isObject(from[key])) { if (!isObject(to[key])) to[key] = {}; merge(to[key], from[key]); } else to[key] = from[key]; } return to; }
       tried(function () { merge({}, JSON.parse('{"__proto__":{"polluted":1}}')); }); return unless(({}).polluted === undefined, 'polluted');`,
    ),
    attack(
      'a merge by way of constructor.prototype',
      `function merge(to, from) { for (var key in from) { if (isObject(from[key])) merge(to[key], from[key]); else to[key] = from[key]; } return to; }
       tried(function () { merge({}, JSON.parse('{"constructor":{"prototype":{"polluted":1}}}')); }); return unless(({}).polluted === undefined, 'polluted');`,
    ),
    attack(
      'the service that copies members',
      `tried(function () { appendObjectTo(JSON.parse('{"__proto__":{"polluted":1}}'), {}); }); return unless(({}).polluted === undefined, 'polluted');`,
    ),
    attack(
      'the prototype of what the context holds',
      `var data = context.presentedToken.data; return refusedBy(function () { Object.getPrototypeOf(data).polluted = 1; });`,
    ),
    attack(
      'any prototype of anything that the context holds',
      `var open = [], waiting = [context, context.client, context.client.properties, context.client.audiences, context.request, context.response, context.presentedToken,
         context.presentedToken.data, context.delegation, context.delegation.claims, context.scopeNames, context.subjectAttributes(), context.accessTokenIssuer,
         context.delegationIssuer, context.getDefaultAccessTokenData(), exceptionFactory.notFoundException('x')];
       waiting.slice().forEach(function (value) { ['entrySet', 'keySet', 'values', 'iterator'].forEach(function (name) { var made = tried(function () { return value[name](); }); if (isObject(made)) waiting.push(made); }); });
       waiting.forEach(function (value, at) { for (var proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) if (!Object.isFrozen(proto)) open.push('prototype of ' + at); });
       return open;`,
    ),
    attack('the prototype of the context', `return refusedBy(function () { Object.getPrototypeOf(context).getClient = function () {}; });`),
    attack('a service', `var service = logger; return refusedBy(function () { service.info = function () {}; });`),
    attack('a function of a service', `return refusedBy(function () { logger.info.polluted = 1; });`),
    attack('the prototype of numbers', `return refusedBy(function () { (1).__proto__.polluted = 1; });`),
    attack(
      'the prototype behind a generator',
      `return refusedBy(function () { Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).next = 1; });`,
    ),
    attack(
      'the prototype behind an iterator',
      `return refusedBy(function () { Object.getPrototypeOf(new Map().entries()).next = function () { return { done: true }; }; });`,
    ),
    attack(
      'an override that stays on its own object',
      `var mine = {}; mine.toString = function () { return 'mine'; }; return unless(String(mine) === 'mine' && String({}) === '[object Object]', 'shared');`,
    ),
  ],
  refused: [
    refused('a prototype by its name', `Object.prototype.polluted = 1; return {};`, 'built-in'),
    refused('defineProperty by its name', `Object.defineProperty(Array.prototype, '0', { value: 1 }); return {};`, 'built-in'),
    refused('setPrototypeOf by its name', `Object.setPrototypeOf(Object.prototype, {}); return {};`, 'built-in'),
    refused('a built-in itself', `JSON = { parse: function () {} }; return {};`, 'built-in'),
  ],
};
