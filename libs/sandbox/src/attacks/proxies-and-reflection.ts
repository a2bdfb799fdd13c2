import { attack, type Family } from './attack.ts';

/** The language looked at from outside. */
export const PROXIES_AND_REFLECTION: Family = {
  name: 'proxies and reflection',
  attacks: [
    attack('Proxy', `return unless(!('Proxy' in globalThis), 'Proxy');`),
    attack(
      'a proxy from the global object of another kind',
      `return ['Proxy', 'Reflect'].filter(function (name) { return name !== 'Reflect' && Object.getOwnPropertyDescriptor(globalThis, name) !== undefined; });`,
    ),
    attack(
      'all descriptors of the global object',
      `var all = Object.getOwnPropertyDescriptors(globalThis); return Reflect.ownKeys(all).filter(function (key) { return all[key].writable || all[key].configurable; }).map(String);`,
    ),
    attack(
      'all descriptors of the services',
      `var open = []; [logger, console, exceptionFactory, Java, base64url, jwt, cache, secrets].forEach(function (service) { Reflect.ownKeys(service).forEach(function (key) { var own = Object.getOwnPropertyDescriptor(service, key); if (own.writable || own.configurable) open.push(String(key)); }); }); return open;`,
    ),
    attack(
      'Reflect.defineProperty',
      `var define = Reflect.defineProperty; return unless(define([].__proto__, 'left', { value: 1 }) === false, 'defined');`,
    ),
    attack(
      'Reflect.deleteProperty',
      `var remove = Reflect.deleteProperty; return unless(remove([].__proto__, 'map') === false, 'deleted');`,
    ),
    attack(
      'Reflect.setPrototypeOf',
      `var change = Reflect.setPrototypeOf; return unless(change(Object.prototype, {}) === false, 'changed');`,
    ),
    attack(
      'Reflect.preventExtensions of what others use',
      `return unless(Object.isFrozen(Object.prototype) && Object.isFrozen(logger), 'open');`,
    ),
    attack('Reflect.construct of a view', `return refusedBy(function () { return Reflect.construct(Object, [], context.getClient); });`),
    attack(
      'Reflect.get with another receiver',
      `return refusedBy(function () { return Reflect.get(Object.getPrototypeOf(context), 'client', { id: 'x' }); });`,
    ),
    attack(
      'Reflect.apply of a service to a list without an end',
      `return refusedBy(function () { return Reflect.apply(logger.info, logger, { length: 9007199254740991 }); });`,
    ),
    attack('Reflect.ownKeys of the context', `return Reflect.ownKeys(context).map(String);`),
    attack(
      'private names of a view',
      `class Thief { #raw; static take(value) { return #raw in value; } } return unless(!Thief.take(context), 'private');`,
    ),
    attack(
      'a class whose parent answers with the context',
      `class Return { constructor(object) { return object; } } class Thief extends Return { client = 'mine'; } return refusedBy(function () { return new Thief(context); });`,
    ),
    attack(
      'a private mark on what others use',
      `class Return { constructor(object) { return object; } } class Mark extends Return { #mark = 1; static has(o) { return #mark in o; } } var before = Mark.has(JSON); tried(function () { new Mark(JSON); }); return unless(!before, 'marked by an earlier run');`,
    ),
    attack(
      'groups by a hostile key',
      `return reach(tried(function () { return Object.groupBy([1, 2], function () { return '__proto__'; }); }));`,
    ),
    attack('an accessor with a receiver that is frozen', `return refusedBy(function () { Object.freeze([]).toString = 1; });`),
    attack('structuredClone', `return unless(!('structuredClone' in globalThis) && !('MessageChannel' in globalThis), 'clone');`),
  ],
};
