/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Reading and writing the members of values whose shape a script chose. Names such as `__proto__`, `constructor`,
 * `toString` or `size` are ordinary names here: nothing is looked up on or written through a prototype by accident.
 */
export function ownMembers() {
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, hasOwn, keys, prototype: objectPrototype } = Object;
  const { isArray } = Array;
  const { apply } = Reflect;
  const { forEach: mapForEach, set: mapSet } = Map.prototype;
  const setForEach = Set.prototype.forEach;
  const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size')?.get as () => number;
  const setSize = getOwnPropertyDescriptor(Set.prototype, 'size')?.get as () => number;

  type Members = Record<string, unknown>;

  function isObject(value: unknown): value is Members {
    return typeof value === 'object' && value !== null;
  }

  /** By the internal slot, which a look-alike has not. */
  function hasSlot(read: () => number, value: unknown): boolean {
    try {
      apply(read, value, []);
      return true;
    } catch {
      return false;
    }
  }

  /** The usual case, told at once. */
  function isPlain(value: object): boolean {
    return getPrototypeOf(value) === objectPrototype;
  }

  function isMap(value: unknown): value is Map<unknown, unknown> {
    return isObject(value) && !isPlain(value) && value instanceof Map && hasSlot(mapSize, value);
  }

  function isSet(value: unknown): value is Set<unknown> {
    return isObject(value) && !isPlain(value) && value instanceof Set && hasSlot(setSize, value);
  }

  /** Makes `name` an own data member, whatever the prototypes have under that name. */
  function put(target: object, name: string, value: unknown): void {
    if (hasOwn(target, name) || !(name in target)) (target as Members)[name] = value;
    else defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  }

  /** A native `Map` as an object; keys become text. */
  function objectOf(map: Map<unknown, unknown>): Members {
    const object: Members = {};
    apply(mapForEach, map, [(value: unknown, key: unknown) => put(object, String(key), value)]);
    return object;
  }

  function arrayOf(set: Set<unknown>): unknown[] {
    const array: unknown[] = [];
    apply(setForEach, set, [(value: unknown) => void (array[array.length] = value)]);
    return array;
  }

  /**
   * The elements of anything a script may hand over as a collection: array, list, set, native `Set`, an object with a Java
   * `iterator()`, text (one element, or several where a separator is given); none for null.
   */
  function elementsOf(value: unknown, separator?: string): unknown[] {
    if (value === null || value === undefined) return [];
    if (typeof value === 'string' || value instanceof String) {
      const text = String(value);
      return separator === undefined ? [text] : text.split(separator).filter((part) => part !== '');
    }
    if (isArray(value)) {
      const copy: unknown[] = [];
      for (let i = 0; i < value.length; i++) copy[i] = value[i];
      return copy;
    }
    if (isSet(value)) return arrayOf(value);
    const found: unknown[] = [];
    if (isObject(value) && typeof value['iterator'] === 'function') {
      const iterator = (value['iterator'] as () => { hasNext(): boolean; next(): unknown })();
      while (iterator.hasNext()) found[found.length] = iterator.next();
      return found;
    }
    if (isObject(value) && typeof value['length'] === 'number') {
      for (let i = 0; i < value['length']; i++) found[i] = value[i];
      return found;
    }
    throw new TypeError('expected a list, a set or a string');
  }

  /**
   * Copies the members of plain objects, of our maps, of views (what they show) and of `Map`s. Null for a source copies nothing.
   */
  function appendObjectTo(source: unknown, target: unknown): unknown {
    if (!isObject(target)) throw new TypeError('appendObjectTo: the second argument, the target, must be an object');
    if (source === null || source === undefined) return target;
    if (!isObject(source)) throw new TypeError('appendObjectTo: the first argument, the source, must be an object');
    const members = isMap(source) ? objectOf(source) : source;
    const names = keys(members);
    // A view has no members of its own, but those of its kind.
    if (names.length === 0) for (const name in members) names[names.length] = name;
    const into = isMap(target) ? target : null;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (into !== null) apply(mapSet, into, [name, members[name]]);
      else if (name in target) put(target, name, members[name]);
      else target[name] = members[name];
    }
    return target;
  }

  /** A deep copy of what `JSON.parse` made; member order is kept. */
  function copyOf<T>(value: T): T {
    if (!isObject(value)) return value;
    if (isArray(value)) {
      const array: unknown[] = [];
      for (let i = 0; i < value.length; i++) array[i] = copyOf<unknown>(value[i]);
      return array as T;
    }
    const copy = { ...value };
    const names = keys(copy);
    for (let i = 0; i < names.length; i++) {
      const member = copy[names[i] as string];
      // The name is the copy's own already, so this assignment reaches no setter.
      if (isObject(member)) (copy as Members)[names[i] as string] = copyOf(member);
    }
    return copy;
  }

  return { appendObjectTo, arrayOf, copyOf, elementsOf, isMap, isObject, isPlain, isSet, objectOf, put };
}

/** What `ownMembers` makes. */
export type OwnMembers = ReturnType<typeof ownMembers>;
