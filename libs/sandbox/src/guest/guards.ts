/* eslint-disable @typescript-eslint/restrict-plus-operands, @typescript-eslint/no-unnecessary-type-conversion, @typescript-eslint/no-unnecessary-condition -- a procedure can give anything, whatever the types say */
/*
 * Guest code: self-contained, sent into the realm as text. See pattern.ts.
 */

/**
 * Bounds the built-ins that walk a length: in native code they cannot be interrupted, and `{ length: 2 ** 53 - 1 }` costs
 * nothing to write. After the prelude is evaluated, before anything is frozen.
 */
export function guardBuiltIns(patternProblem: (pattern: string) => string | null): void {
  const LONGEST_ARRAY = 100_000;
  const LONGEST_TEXT = 1_000_000;
  const { apply, construct, ownKeys } = Reflect;
  const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
  const { isArray } = Array;
  const NativeTypeError = TypeError;
  const NativeRangeError = RangeError;
  const NativeRegExp = RegExp;
  const spreadable: symbol = Symbol.isConcatSpreadable;
  const iterator: symbol = Symbol.iterator;
  type Method = (this: unknown, ...args: unknown[]) => unknown;
  type Holder = Record<PropertyKey, unknown>;
  const arrays = Array.prototype as unknown as Holder;
  const texts = String.prototype as unknown as Holder;
  const realm = globalThis as unknown as Holder;

  /** Puts a wrapper in place of a method, with its name and arity. A method shorthand in `make` has no `prototype` and no `new`. */
  function replace(holder: Holder, key: PropertyKey, make: (original: Method) => Method): void {
    const original = holder[key];
    if (typeof original !== 'function') return;
    const wrapper = make(original as Method);
    defineProperty(wrapper, 'name', { value: (original as Method).name, configurable: true });
    defineProperty(wrapper, 'length', { value: (original as Method).length, configurable: true });
    defineProperty(holder, key, { value: wrapper, writable: true, enumerable: false, configurable: true });
  }

  function boundLength(value: unknown): void {
    let length: unknown;
    if (isArray(value) || typeof value === 'string') length = value.length;
    else if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      const own = getOwnPropertyDescriptor(value, 'length');
      if (own === undefined) {
        if ((value as { length?: unknown }).length === undefined) return;
        throw new NativeTypeError('an array-like object needs a length of its own in a procedure');
      }
      if (typeof own.value !== 'number') throw new NativeTypeError('an array-like object needs a number as its length in a procedure');
      length = own.value;
    } else return;
    if ((length as number) > LONGEST_ARRAY)
      throw new NativeRangeError('more than ' + LONGEST_ARRAY + ' elements are too many for a procedure');
  }

  function boundText(value: unknown): string {
    if (value === null || value === undefined) throw new NativeTypeError('a string method was called on ' + value);
    const text = typeof value === 'string' ? value : '' + (value as string);
    if (text.length > LONGEST_TEXT)
      throw new NativeRangeError('a string of more than ' + LONGEST_TEXT + ' characters is too long for a procedure');
    return text;
  }

  for (const key of ownKeys(arrays)) {
    if (key === 'constructor' || key === 'concat' || key === 'flat' || key === 'flatMap' || key === iterator) continue;
    replace(
      arrays,
      key,
      (original) =>
        ({
          method(this: unknown, ...args: unknown[]): unknown {
            boundLength(this);
            return apply(original, this, args);
          },
        }).method,
    );
  }
  defineProperty(arrays, iterator, { value: arrays['values'], writable: true, enumerable: false, configurable: true });
  replace(
    arrays,
    'concat',
    (original) =>
      ({
        method(this: unknown, ...args: unknown[]): unknown {
          boundLength(this);
          for (let index = 0; index < args.length; index++) {
            const value = args[index];
            if (typeof value !== 'object' || value === null) continue;
            if ((value as Holder)[spreadable] !== undefined)
              throw new NativeTypeError('Symbol.isConcatSpreadable is not available in a procedure');
            if (isArray(value)) boundLength(value);
          }
          return apply(original, this, args);
        },
      }).method,
  );
  function flatten(into: unknown[], from: ArrayLike<unknown>, depth: number): unknown[] {
    boundLength(from);
    for (let index = 0; index < from.length; index++) {
      if (!(index in from)) continue;
      const value = from[index];
      if (depth > 0 && isArray(value)) flatten(into, value, depth - 1);
      else if (into.length >= LONGEST_ARRAY)
        throw new NativeRangeError('more than ' + LONGEST_ARRAY + ' elements are too many for a procedure');
      else into[into.length] = value;
    }
    return into;
  }
  replace(
    arrays,
    'flat',
    () =>
      ({
        method(this: unknown, depth: unknown = 1): unknown {
          return flatten([], this as ArrayLike<unknown>, +(depth as number) || 0);
        },
      }).method,
  );
  replace(
    arrays,
    'flatMap',
    () =>
      ({
        method(this: unknown, change: unknown, receiver?: unknown): unknown {
          boundLength(this);
          const from = this as ArrayLike<unknown>;
          const into: unknown[] = [];
          for (let index = 0; index < from.length; index++) {
            if (!(index in from)) continue;
            const value = apply(change as Method, receiver, [from[index], index, from]);
            if (isArray(value)) flatten(into, value, 0);
            else into[into.length] = value;
          }
          return into;
        },
      }).method,
  );
  replace(
    Array as unknown as Holder,
    'from',
    (original) =>
      ({
        method(this: unknown, items: unknown, ...rest: unknown[]): unknown {
          if (
            isArray(items) ||
            typeof items === 'string' ||
            (items !== null && items !== undefined && (items as Holder)[iterator] === undefined)
          )
            boundLength(items);
          return apply(original, this, [items, ...rest]);
        },
      }).method,
  );

  replace(
    Function.prototype as unknown as Holder,
    'apply',
    (original) =>
      ({
        method(this: unknown, receiver: unknown, args: unknown): unknown {
          if (args === undefined || args === null) return apply(original, this, [receiver]);
          boundLength(args);
          return apply(original, this, [receiver, args]);
        },
      }).method,
  );
  replace(
    Reflect,
    'apply',
    (original) =>
      ({
        method(target: unknown, receiver: unknown, args: unknown): unknown {
          boundLength(args);
          return original(target, receiver, args);
        },
      }).method,
  );
  replace(
    Reflect,
    'construct',
    (original) =>
      ({
        method(target: unknown, args: unknown, ...rest: unknown[]): unknown {
          boundLength(args);
          return original(target, args, ...rest);
        },
      }).method,
  );

  const BY_INDEX = ['constructor', 'toString', 'valueOf', 'charAt', 'charCodeAt', 'codePointAt', 'at'];
  for (const key of ownKeys(texts)) {
    if (key === 'length' || (typeof key === 'string' && BY_INDEX.includes(key))) continue;
    replace(
      texts,
      key,
      (original) =>
        ({
          method(this: unknown, ...args: unknown[]): unknown {
            return apply(original, boundText(this), args);
          },
        }).method,
    );
  }
  replace(
    texts,
    'repeat',
    (original) =>
      ({
        method(this: unknown, count: unknown): unknown {
          const text = boundText(this);
          const times = +(count as number);
          if (text.length * times > LONGEST_TEXT)
            throw new NativeRangeError('a string of more than ' + LONGEST_TEXT + ' characters is too long for a procedure');
          return apply(original, text, [times]);
        },
      }).method,
  );
  for (const key of ['padStart', 'padEnd'])
    replace(
      texts,
      key,
      (original) =>
        ({
          method(this: unknown, length: unknown, ...filler: unknown[]): unknown {
            const wanted = +(length as number);
            if (wanted > LONGEST_TEXT)
              throw new NativeRangeError('a string of more than ' + LONGEST_TEXT + ' characters is too long for a procedure');
            return apply(original, boundText(this), [wanted, ...filler]);
          },
        }).method,
    );
  replace(
    String as unknown as Holder,
    'raw',
    (original) =>
      ({
        method(this: unknown, template: unknown, ...values: unknown[]): unknown {
          boundLength((template as { raw: unknown }).raw);
          return apply(original, this, [template, ...values]);
        },
      }).method,
  );
  for (const key of ['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'parseInt', 'parseFloat'])
    replace(
      realm,
      key,
      (original) =>
        ({
          method(text: unknown, ...rest: unknown[]): unknown {
            return original(text === undefined || text === null ? text : boundText(text), ...rest);
          },
        }).method,
    );
  replace(
    JSON as unknown as Holder,
    'parse',
    (original) =>
      ({
        method(text: unknown, ...rest: unknown[]): unknown {
          return original(text === undefined || text === null ? text : boundText(text), ...rest);
        },
      }).method,
  );

  // Regular expressions made from text. Compilation cannot be interrupted; `compile` and the statics are state of the realm.
  const patterns = NativeRegExp.prototype as unknown as Holder;
  const sourceOf = getOwnPropertyDescriptor(patterns, 'source')?.get as Method;
  const GuardedRegExp = function RegExp(this: unknown, pattern?: unknown, flags?: unknown): unknown {
    const isPattern = pattern instanceof NativeRegExp;
    if (new.target === undefined && isPattern && flags === undefined) return pattern;
    const source = isPattern ? pattern.source : pattern === undefined ? '' : '' + (pattern as string);
    const problem = patternProblem(source);
    if (problem !== null) throw new NativeRangeError(problem);
    return construct(
      NativeRegExp,
      [source, flags === undefined && isPattern ? pattern.flags : flags],
      new.target === undefined ? GuardedRegExp : new.target,
    );
  } as unknown as RegExpConstructor;
  defineProperty(GuardedRegExp, 'prototype', { value: patterns, writable: false, enumerable: false, configurable: false });
  defineProperty(GuardedRegExp, 'length', { value: 2, configurable: true });
  defineProperty(GuardedRegExp, Symbol.species, getOwnPropertyDescriptor(NativeRegExp, Symbol.species) as PropertyDescriptor);
  const escapeText = (NativeRegExp as unknown as Holder)['escape'];
  if (typeof escapeText === 'function')
    defineProperty(GuardedRegExp, 'escape', { value: escapeText, writable: true, enumerable: false, configurable: true });
  for (const key of getOwnPropertyNames(NativeRegExp))
    if (key !== 'length' && key !== 'name' && key !== 'prototype') delete (NativeRegExp as unknown as Holder)[key];
  delete patterns['compile'];
  defineProperty(patterns, 'constructor', { value: GuardedRegExp, writable: true, enumerable: false, configurable: true });
  defineProperty(realm, 'RegExp', { value: GuardedRegExp, writable: true, enumerable: false, configurable: true });
  for (const key of ['exec', 'test', Symbol.match, Symbol.matchAll, Symbol.replace, Symbol.search, Symbol.split])
    replace(
      patterns,
      key,
      (original) =>
        ({
          method(this: unknown, text: unknown, ...rest: unknown[]): unknown {
            // These two make a second pattern of the first; from an object that only looks like one, out of text nobody has checked.
            if (key === Symbol.matchAll || key === Symbol.split) apply(sourceOf, this, []);
            return apply(original, this, [text === undefined || text === null ? text : boundText(text), ...rest]);
          },
        }).method,
    );
  // These compile a string argument with the native constructor.
  for (const key of ['match', 'matchAll', 'search'])
    replace(
      texts,
      key,
      (original) =>
        ({
          method(this: unknown, pattern: unknown): unknown {
            if (pattern === null || pattern === undefined || typeof pattern !== 'object') {
              const made =
                pattern === undefined
                  ? new GuardedRegExp('', key === 'matchAll' ? 'g' : '')
                  : new GuardedRegExp(pattern as string, key === 'matchAll' ? 'g' : '');
              return apply(original, this, [made]);
            }
            return apply(original, this, [pattern]);
          },
        }).method,
    );
}
