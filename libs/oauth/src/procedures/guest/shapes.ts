import type { OwnMembers } from './members.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Java-shaped values. A *map* is an object, a *list* and a *set* are arrays, each with one more prototype that holds the
 * Java helpers as accessor pairs: invisible to `for...in`, `Object.keys` and `JSON.stringify`; an own member of the same
 * name wins; writing one (`map.size = 1`) makes an own member.
 */
export function javaShapes(members: OwnMembers) {
  const { create, defineProperty, freeze, getPrototypeOf, hasOwn, keys, prototype: objectPrototype, setPrototypeOf } = Object;
  const { isArray, prototype: arrayPrototype } = Array;
  const { stringify } = JSON;
  const { isInteger } = Number;
  const { apply } = Reflect;
  const { splice } = arrayPrototype;
  const { elementsOf, isMap, isObject, objectOf, put } = members;

  type JavaMap = Record<string, unknown>;
  type JavaList = unknown[];
  type Helpers = Record<string, (...args: never[]) => unknown>;

  function install(prototype: object, helpers: Helpers): object {
    for (const name of keys(helpers)) {
      const helper = freeze(helpers[name]);
      // Accessors, because a frozen data property on a prototype would make assigning the name an error.
      const get = () => helper;
      const set = {
        set(this: object, value: unknown) {
          defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
        },
      }.set;
      defineProperty(prototype, name, { get: freeze(get), set: freeze(set), enumerable: false, configurable: false });
    }
    return prototype;
  }

  const LONGEST = 100_000;

  /** `splice` of the engine cannot be interrupted, and a length costs nothing to write. */
  function spliced(list: JavaList, at: number, remove: number, ...added: unknown[]): unknown[] {
    if (list.length > LONGEST) throw new RangeError(`a list of more than ${LONGEST} elements is too long for a procedure`);
    return apply(splice, list, [at, remove].concat(added as number[]) as never);
  }

  /** Java's `equals`, near enough: the same value, or objects of the same JSON. */
  function same(a: unknown, b: unknown): boolean {
    if (a === b) return true;
    const textual = (value: unknown) => isObject(value) || typeof value === 'string';
    return (isObject(a) || isObject(b)) && textual(a) && textual(b) && stringify(a) === stringify(b);
  }

  function indexIn(list: JavaList, value: unknown): number {
    for (let i = 0; i < list.length; i++) if (same(list[i], value)) return i;
    return -1;
  }

  function iterator(list: JavaList) {
    let at = 0;
    return {
      hasNext: () => at < list.length,
      next() {
        if (at >= list.length) throw new RangeError('the iterator has no further element');
        return list[at++];
      },
    };
  }

  const orNull = (value: unknown) => (value === undefined ? null : value);
  const present = (map: JavaMap, key: unknown) => (hasOwn(map, String(key)) ? orNull(map[String(key)]) : null);

  const mapHelpers = {
    get(this: JavaMap, key: unknown) {
      return present(this, key);
    },
    put(this: JavaMap, key: unknown, value: unknown) {
      const before = present(this, key);
      put(this, String(key), value);
      return before;
    },
    putIfAbsent(this: JavaMap, key: unknown, value: unknown) {
      const before = present(this, key);
      if (before === null) put(this, String(key), value);
      return before;
    },
    containsKey(this: JavaMap, key: unknown) {
      return hasOwn(this, String(key));
    },
    containsValue(this: JavaMap, value: unknown) {
      return keys(this).some((name) => same(this[name], value));
    },
    clear(this: JavaMap) {
      for (const name of keys(this)) delete this[name];
    },
    remove(this: JavaMap, key: unknown) {
      const before = present(this, key);
      delete this[String(key)];
      return before;
    },
    getOrDefault(this: JavaMap, key: unknown, fallback: unknown) {
      return hasOwn(this, String(key)) ? this[String(key)] : fallback;
    },
    putAll(this: JavaMap, source: unknown) {
      if (!isObject(source)) throw new TypeError('putAll: the argument must be a map or an object');
      const from = isMap(source) ? objectOf(source) : source;
      for (const name of keys(from)) put(this, name, from[name]);
    },
    values(this: JavaMap) {
      return list(keys(this).map((name) => this[name]));
    },
    keySet(this: JavaMap) {
      return set(keys(this));
    },
    entrySet(this: JavaMap) {
      return set(keys(this).map((key) => entry(key, this[key])));
    },
    size(this: JavaMap) {
      return keys(this).length;
    },
    isEmpty(this: JavaMap) {
      return keys(this).length === 0;
    },
    /** The key first, as in Java. */
    forEach(this: JavaMap, visit: (key: string, value: unknown) => void) {
      for (const name of keys(this)) visit(name, this[name]);
    },
  };

  const collectionHelpers = {
    size(this: JavaList) {
      return this.length;
    },
    isEmpty(this: JavaList) {
      return this.length === 0;
    },
    contains(this: JavaList, value: unknown) {
      return indexIn(this, value) >= 0;
    },
    containsAll(this: JavaList, source: unknown) {
      return elementsOf(source).every((value) => indexIn(this, value) >= 0);
    },
    iterator(this: JavaList) {
      return iterator(this);
    },
    /** A plain array, the caller's own. */
    toArray(this: JavaList) {
      return elementsOf(this);
    },
    clear(this: JavaList) {
      this.length = 0;
    },
    removeAll(this: JavaList, source: unknown) {
      const gone = elementsOf(source);
      return keepOnly(this, (value) => indexIn(gone, value) < 0);
    },
    retainAll(this: JavaList, source: unknown) {
      const kept = elementsOf(source);
      return keepOnly(this, (value) => indexIn(kept, value) >= 0);
    },
  };

  /** An index as a script names it: a number, or the text that `for...in` gives. */
  function indexOf(value: unknown, list: JavaList, most = list.length - 1): number {
    const index = typeof value === 'string' && String(Number(value)) === value ? Number(value) : value;
    if (isInteger(index) && (index as number) >= 0 && (index as number) <= most) return index as number;
    throw new RangeError(`index ${String(value)} is outside a list of ${list.length}`);
  }

  const listHelpers = {
    ...collectionHelpers,
    get(this: JavaList, index: unknown) {
      return this[indexOf(index, this)];
    },
    /** `add(value)` at the end, `add(index, value)` in between. */
    add(this: JavaList, first: unknown, ...second: unknown[]) {
      if (second.length === 0) this[this.length] = first;
      else spliced(this, indexOf(first, this, this.length), 0, second[0]);
      return true;
    },
    addAll(this: JavaList, source: unknown) {
      const added = elementsOf(source);
      for (const value of added) this[this.length] = value;
      return added.length > 0;
    },
    /** A whole number is an index, as in Java; anything else a value. */
    remove(this: JavaList, what: unknown) {
      return isInteger(what) ? spliced(this, indexOf(what, this), 1)[0] : removeValue(this, what);
    },
  };

  const setHelpers = {
    ...collectionHelpers,
    add(this: JavaList, value: unknown) {
      if (indexIn(this, value) >= 0) return false;
      this[this.length] = value;
      return true;
    },
    addAll(this: JavaList, source: unknown) {
      const before = this.length;
      for (const value of elementsOf(source)) if (indexIn(this, value) < 0) this[this.length] = value;
      return this.length > before;
    },
    remove(this: JavaList, value: unknown) {
      return removeValue(this, value);
    },
  };

  /** Whether anything had to go. */
  function keepOnly(list: JavaList, keeps: (value: unknown) => boolean): boolean {
    const before = list.length;
    let at = 0;
    for (let i = 0; i < before; i++) if (keeps(list[i])) list[at++] = list[i];
    list.length = at;
    return at < before;
  }

  function removeValue(list: JavaList, value: unknown): boolean {
    const at = indexIn(list, value);
    if (at >= 0) spliced(list, at, 1);
    return at >= 0;
  }

  function entry(key: string, value: unknown): object {
    return freeze({ key, value, getKey: () => key, getValue: () => value });
  }

  const mapPrototype = freeze(install(create(objectPrototype) as object, mapHelpers));
  const listPrototype = freeze(install(create(arrayPrototype) as object, listHelpers));
  const setPrototype = freeze(install(create(arrayPrototype) as object, setHelpers));

  /** Gives an array made by the prelude the shape of a list; shallow. */
  function list<T>(array: T[]): T[] {
    return setPrototypeOf(array, listPrototype) as T[];
  }

  /** Gives an array made by the prelude, without doubles, the shape of a set; shallow. */
  function set<T>(array: T[]): T[] {
    return setPrototypeOf(array, setPrototype) as T[];
  }

  /** Gives an object made by the prelude the shape of a map; shallow. */
  function map<T extends object>(object: T): T {
    return setPrototypeOf(object, mapPrototype) as T;
  }

  /** Shapes maps of a kind that has further methods, hidden as the helpers are; shallow. */
  function mapKind(methods: Helpers): <T extends object>(object: T) => T {
    const prototype = freeze(install(create(mapPrototype) as object, methods));
    return <T extends object>(object: T) => setPrototypeOf(object, prototype) as T;
  }

  /** Shapes a tree that `JSON.parse` made, in place. */
  function dress<T>(value: T): T {
    if (!isObject(value)) return value;
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) if (isObject(value[i])) dress(value[i]);
      return list(value) as T;
    }
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const member = value[names[i] as string];
      if (isObject(member)) dress(member);
    }
    return map(value);
  }

  /** Freezes a tree that `JSON.parse` made. */
  function freezeTree<T>(value: T): T {
    if (!isObject(value)) return value;
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const member = (value as JavaMap)[names[i] as string];
      if (isObject(member)) freezeTree(member);
    }
    return freeze(value);
  }

  const isDressed = (value: object): boolean => getPrototypeOf(value) === mapPrototype;

  return { dress, freezeTree, isDressed, list, map, mapKind, set };
}

/** What `javaShapes` makes. */
export type JavaShapes = ReturnType<typeof javaShapes>;
