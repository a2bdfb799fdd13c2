/* eslint-disable @typescript-eslint/no-empty-function, prefer-rest-params -- the syntax is there for the objects it makes */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */

/**
 * Freezes everything a procedure can reach, so that nothing written in one run is seen in the next.
 *
 * A frozen prototype would make `claims.toString = 'x'` throw on any object that inherits from it (the "override mistake").
 * Therefore the properties that real code assigns become accessor pairs first: reading gives the built-in, writing on an
 * inheriting object defines an own property there, as an assignment would have done.
 *
 * @param roots what the prelude made, beside the realm's own objects
 * @param trustedGetters receives the accessors made here; reading through them runs no code of a procedure
 */
export function freezeRealm(roots: readonly unknown[], trustedGetters: WeakSet<object>): number {
  const { ownKeys } = Reflect;
  const { defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const NativeTypeError = TypeError;
  /** Built-ins that only an accessor made here leads to. */
  const repaired: unknown[] = [];
  const isData = (descriptor: PropertyDescriptor | undefined): descriptor is PropertyDescriptor =>
    descriptor !== undefined && 'value' in descriptor;

  function allowOverride(prototype: object, keys: readonly PropertyKey[]): void {
    for (const key of keys) {
      const descriptor = getOwnPropertyDescriptor(prototype, key);
      if (!isData(descriptor) || !descriptor.configurable) continue;
      const value: unknown = descriptor.value;
      const pair = {
        get(): unknown {
          return value;
        },
        set(this: unknown, replacement: unknown): void {
          if ((typeof this !== 'object' && typeof this !== 'function') || this === null || this === prototype)
            throw new NativeTypeError('cannot assign to ' + String(key) + ' of a built-in');
          const own = getOwnPropertyDescriptor(this, key);
          if (own !== undefined && !own.configurable && !own.writable)
            throw new NativeTypeError('cannot assign to read only property ' + String(key));
          defineProperty(
            this,
            key,
            own === undefined ? { value: replacement, writable: true, enumerable: true, configurable: true } : { value: replacement },
          );
        },
      };
      trustedGetters.add(pair.get);
      repaired[repaired.length] = value;
      defineProperty(prototype, key, { get: pair.get, set: pair.set, enumerable: descriptor.enumerable === true, configurable: false });
    }
  }

  allowOverride(
    Object.prototype,
    ownKeys(Object.prototype).filter((key) => key !== '__proto__'),
  );
  allowOverride(Function.prototype, ['constructor', 'name', 'length', 'toString', 'call', 'apply', 'bind']);
  for (const kind of [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])
    allowOverride(kind.prototype, ['constructor', 'name', 'message', 'toString']);
  allowOverride(Array.prototype, ['toString', 'join', 'concat', 'push']);
  for (const kind of [Boolean, Date, Number, RegExp, String, Symbol])
    allowOverride(kind.prototype, ['constructor', 'toString', 'valueOf', 'toJSON']);
  for (const kind of [Map, Set, WeakMap, WeakSet])
    allowOverride(kind.prototype, ['constructor', 'get', 'set', 'has', 'add', 'delete', 'clear', 'forEach', 'keys', 'values', 'entries']);

  // Objects that no property leads to: syntax makes them.
  const hidden: unknown[] = [
    getPrototypeOf(function* () {}),
    getPrototypeOf(async function () {}),
    getPrototypeOf(async function* () {}),
    getPrototypeOf((function* () {})()),
    getPrototypeOf([][Symbol.iterator]()),
    getPrototypeOf(new Map()[Symbol.iterator]()),
    getPrototypeOf(new Set()[Symbol.iterator]()),
    getPrototypeOf(''[Symbol.iterator]()),
    getPrototypeOf('a'.matchAll(/a/g)),
    getPrototypeOf((async () => {})()),
    (function () {
      return arguments[Symbol.iterator];
    })(),
    Object.getOwnPropertyDescriptor(
      (function () {
        return arguments;
      })(),
      'callee',
    )?.get,
    Object.getOwnPropertyDescriptor(new Error('probe'), 'stack')?.get,
    Object.getOwnPropertyDescriptor(new Error('probe'), 'stack')?.set,
  ];
  const seen = new Set<object>();
  const waiting: object[] = [];
  function visit(value: unknown): void {
    if (((typeof value === 'object' && value !== null) || typeof value === 'function') && !seen.has(value)) {
      seen.add(value);
      waiting[waiting.length] = value;
    }
  }
  visit(globalThis);
  for (const root of roots) visit(root);
  for (const value of hidden) visit(value);
  for (const value of repaired) visit(value);
  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    visit(getPrototypeOf(object));
    for (const key of ownKeys(object)) {
      // An accessor has no value, a data property no get and set.
      const descriptor = getOwnPropertyDescriptor(object, key) as PropertyDescriptor;
      visit(descriptor.value);
      visit(descriptor.get);
      visit(descriptor.set);
    }
  }
  for (const object of seen) freeze(object);
  return seen.size;
}
