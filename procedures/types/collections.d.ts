/** Values that are objects and arrays to JavaScript and collections to scripts written in the manner of Java. */

/** Claims and other free members. A member named like a method takes its place. */
type JavaMap = { [name: string]: any } & JavaMapMethods;

/** Names are text; a number becomes text. */
interface JavaMapMethods {
  /** Null when there is none. */
  get(name: string | number): any;
  put(name: string | number, value: unknown): any;
  /** Nothing is changed when there is one; answers what was there. */
  putIfAbsent(name: string | number, value: unknown): any;
  containsKey(name: string | number): boolean;
  containsValue(value: unknown): boolean;
  remove(name: string | number): any;
  getOrDefault(name: string | number, fallback: unknown): any;
  putAll(source: object): void;
  clear(): void;
  values(): JavaList<any>;
  keySet(): JavaSet<string>;
  entrySet(): JavaSet<{ readonly key: string; readonly value: any; getKey(): string; getValue(): any }>;
  size(): number;
  isEmpty(): boolean;
  /** The name first. */
  forEach(visit: (name: string, value: any) => void): void;
}

interface JavaIterator<T> {
  hasNext(): boolean;
  next(): T;
}

interface JavaCollection<T> {
  size(): number;
  isEmpty(): boolean;
  contains(value: unknown): boolean;
  containsAll(values: Collection): boolean;
  /** A plain array, yours to change. */
  toArray(): T[];
  iterator(): JavaIterator<T>;
}

/** A collection that can be changed. */
interface JavaChangeable {
  addAll(values: Collection): boolean;
  clear(): void;
  /** True when something went. */
  removeAll(values: Collection): boolean;
  retainAll(values: Collection): boolean;
}

interface JavaList<T> extends Array<T>, JavaCollection<T>, JavaChangeable {
  /** An index may be text, as `for...in` gives it. */
  get(index: number | string): T;
  add(value: T): boolean;
  add(index: number | string, value: T): boolean;
  /** A whole number is an index, anything else a value. */
  remove(indexOrValue: unknown): T | boolean;
}

/** Without doubles; also an array, so that `length`, `join` and `for...of` work. */
interface JavaSet<T> extends Array<T>, JavaCollection<T>, JavaChangeable {
  add(value: T): boolean;
  remove(value: unknown): boolean;
}

/** A set that belongs to the context and cannot be changed. */
interface JavaReadonlySet<T> extends ReadonlyArray<T>, JavaCollection<T> {}

/** A list that belongs to the context and cannot be changed. */
interface JavaReadonlyList<T> extends ReadonlyArray<T>, JavaCollection<T> {
  get(index: number | string): T;
}

/** What may be handed over as a collection; text is one element. */
type Collection = readonly unknown[] | Set<unknown> | JavaCollection<unknown> | string | null | undefined;
