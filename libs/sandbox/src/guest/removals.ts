/* eslint-disable @typescript-eslint/no-unnecessary-type-conversion, @typescript-eslint/no-empty-function -- a procedure can give anything, whatever the types say */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */

/**
 * Takes away what reaches outside a run or cannot be bounded, and every way to compile text; disarms `__proto__`.
 * After `guardBuiltIns`, before anything is frozen.
 */
export function removeBuiltIns(): void {
  const { ownKeys } = Reflect;
  const { defineProperty, freeze, getOwnPropertyNames, getPrototypeOf } = Object;
  const NativeTypeError = TypeError;
  const iterator: symbol = Symbol.iterator;
  type Method = (this: unknown, ...args: never[]) => unknown;
  type Holder = Record<PropertyKey, unknown>;
  const texts = String.prototype as unknown as Holder;
  const realm = globalThis as unknown as Holder;

  function replace(holder: Holder, key: string, by: Method): void {
    defineProperty(holder, key, { value: by, writable: true, enumerable: false, configurable: true });
  }

  // Without Intl: what depended on a locale depends on none. Text is compared by code unit.
  for (const holder of [Number.prototype, Date.prototype, Object.prototype] as unknown as Holder[])
    for (const key of getOwnPropertyNames(holder))
      if (key.startsWith('toLocale') && typeof holder[key] === 'function') {
        const plain = key === 'toLocaleDateString' ? 'toDateString' : key === 'toLocaleTimeString' ? 'toTimeString' : 'toString';
        const converted = {
          method(this: unknown): unknown {
            return (this as Record<string, () => unknown>)[plain]?.();
          },
        }.method;
        replace(holder, key, converted);
      }
  replace(
    texts,
    'localeCompare',
    {
      method(this: unknown, other: unknown): unknown {
        const left = '' + (this as string);
        const right = '' + (other as string);
        return left < right ? -1 : left > right ? 1 : 0;
      },
    }.method,
  );
  replace(texts, 'toLocaleLowerCase', texts['toLowerCase'] as Method);
  replace(texts, 'toLocaleUpperCase', texts['toUpperCase'] as Method);

  // No way to compile text: the four constructors are reached through any function.
  const refused = function Function(): never {
    throw new NativeTypeError('compiling text is not possible in a procedure');
  };
  for (const prototype of [
    Function.prototype,
    getPrototypeOf(function* () {}),
    getPrototypeOf(async function () {}),
    getPrototypeOf(async function* () {}),
  ] as object[])
    defineProperty(prototype, 'constructor', { value: refused, writable: false, enumerable: false, configurable: true });
  defineProperty(refused, 'prototype', { value: Function.prototype, writable: false, enumerable: false, configurable: false });
  defineProperty(realm, 'Function', { value: refused, writable: true, enumerable: false, configurable: true });

  // A claim named __proto__ is data: assigning it must not change the object's prototype.
  defineProperty(Object.prototype, '__proto__', {
    get: {
      get(this: unknown): unknown {
        return this === null || this === undefined ? undefined : getPrototypeOf(this);
      },
    }.get,
    set: {
      set(this: unknown, value: unknown): void {
        if (typeof this === 'object' && this !== null)
          defineProperty(this, '__proto__', { value, writable: true, enumerable: true, configurable: true });
      },
    }.set,
    enumerable: false,
    configurable: true,
  });

  // Iterator helpers have no bounds of their own, and what is left of Iterator without them is of no use.
  const iterators = getPrototypeOf(getPrototypeOf([][Symbol.iterator]())) as Holder;
  for (const key of ownKeys(iterators)) if (key !== iterator) delete iterators[key];
  delete (Array as unknown as Holder)['fromAsync'];
  delete (Error as unknown as Holder)['captureStackTrace'];
  // The host looks for secrets in what leaves: JSON is what `stringify` writes, and has one way to write a text.
  for (const key of ['rawJSON', 'isRawJSON']) delete (JSON as unknown as Holder)[key];
  const KEPT = (
    'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date RegExp ' +
    'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math ' +
    'Map Set WeakMap WeakSet Reflect decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN'
  ).split(' ');
  // By what is kept, so that a newer engine adds nothing. What goes is frozen first: syntax still makes some of it, as `using`
  // makes a SuppressedError, and its prototype would be a place to keep things from run to run.
  for (const key of ownKeys(realm))
    if (typeof key !== 'string' || !KEPT.includes(key)) {
      const removed = realm[key];
      if (typeof removed === 'function') {
        const prototype: unknown = removed.prototype;
        freeze(removed);
        if (typeof prototype === 'object' && prototype !== null) freeze(prototype);
      }
      delete realm[key];
    }
}
