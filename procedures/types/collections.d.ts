/** Values that are objects and arrays to JavaScript and collections to scripts written in the manner of Java. */

/** Claims and other free members. A member named like a method takes its place. */
type JavaMap = { [name: string]: any } & JavaMapMethods;

interface JavaMapMethods {
  /** Null when there is none. */
  get(name: string): any;
  put(name: string, value: unknown): any;
  containsKey(name: string): boolean;
  remove(name: string): any;
  getOrDefault(name: string, fallback: unknown): any;
  putAll(source: object): void;
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
  iterator(): JavaIterator<T>;
}

interface JavaList<T> extends Array<T>, JavaCollection<T> {
  get(index: number): T;
  add(value: T): boolean;
  add(index: number, value: T): boolean;
  addAll(values: Collection): boolean;
  /** A whole number is an index, anything else a value. */
  remove(indexOrValue: unknown): T | boolean;
}

/** Without doubles; also an array, so that `length`, `join` and `for...of` work. */
interface JavaSet<T> extends Array<T>, JavaCollection<T> {
  add(value: T): boolean;
  addAll(values: Collection): boolean;
  remove(value: unknown): boolean;
}

/** A set that belongs to the context and cannot be changed. */
interface JavaReadonlySet<T> extends ReadonlyArray<T>, JavaCollection<T> {}

/** A list that belongs to the context and cannot be changed. */
interface JavaReadonlyList<T> extends ReadonlyArray<T>, JavaCollection<T> {
  get(index: number): T;
}

/** What may be handed over as a collection; text is one element. */
type Collection = readonly unknown[] | Set<unknown> | JavaCollection<unknown> | string | null | undefined;
