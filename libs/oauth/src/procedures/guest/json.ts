import type { OwnMembers } from './members.ts';
import type { JavaShapes } from './shapes.ts';
import type { ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Makes JSON of what a script hands over: token data and the response. What JSON would silently leave out or turn into
 * null (a function, a symbol, NaN) is an error that says where it is. Members that start with `_` never leave.
 */
export function jsonTexts(members: OwnMembers, shapes: JavaShapes, views: ViewKinds) {
  const { keys } = Object;
  const { isArray } = Array;
  const textOf = JSON.stringify as (value: object, replacer?: (name: string, value: unknown) => unknown) => string | undefined;
  const { isFinite: finite } = Number;
  const { arrayOf, isMap, isObject, isPlain, isSet, objectOf, put } = members;
  const { apply } = Reflect;
  const { includes, split, charCodeAt } = String.prototype;
  const EMPTY = ['{}'] as const;
  const DEEPEST = 100;

  /** Nothing to look into. */
  function isScalar(value: unknown): boolean {
    return typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined || finite(value);
  }

  function inspect(value: unknown, path: string, within: readonly unknown[]): void {
    switch (typeof value) {
      case 'function':
        throw new TypeError(`${path} is a function; did you forget to call it?`);
      case 'symbol':
        throw new TypeError(`${path} is a symbol, which JSON cannot carry`);
      case 'number':
        if (!finite(value)) throw new TypeError(`${path} is ${value}, which JSON cannot carry`);
        return;
      case 'object':
        if (isObject(value)) inspectObject(value, path, within);
        return;
      default:
    }
  }

  function inspectObject(value: Record<string, unknown>, path: string, within: readonly unknown[]): void {
    if (within.includes(value)) throw new TypeError(`${path} contains itself`);
    if (within.length >= DEEPEST) throw new TypeError(`${path} is nested too deeply`);
    // Dates and views say themselves what they are in JSON.
    if (!isArray(value) && typeof value['toJSON'] === 'function') return;
    const outer = within.concat([value]);
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) if (!isScalar(value[i])) inspect(value[i], `${path}[${i}]`, outer);
      return;
    }
    const names = keys(value);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (!isScalar(value[name])) inspect(value[name], `${path}.${name}`, outer);
    }
  }

  /** Members that never leave. A claim that is named `__proto__` is data like any other. */
  const inward = (name: string): boolean => name.startsWith('_') && name !== '__proto__';

  /** Native collections would come out as `{}`. */
  function unfold(_name: string, value: unknown): unknown {
    return isMap(value) ? objectOf(value) : isSet(value) ? arrayOf(value) : value;
  }

  /** A `toJSON` or a getter may give something else than was looked into, so the text is looked at as well. */
  function write(object: object, what: string): string {
    let text = textOf(object);
    if (text !== undefined && apply(includes, text, EMPTY)) text = textOf(object, unfold);
    if (text === undefined || apply(charCodeAt, text, [0]) !== 0x7b)
      throw new TypeError(`${what} must be an object, but its toJSON gives something else`);
    // Few texts have as many brackets as they may have levels; only those are read.
    if (pieces(text, '{') + pieces(text, '[') > DEEPEST && nests(text)) throw new TypeError(`${what} is nested too deeply`);
    return text;
  }

  const pieces = (text: string, bracket: string): number => apply<string, [string], string[]>(split, text, [bracket]).length - 1;

  /** Whether JSON text has more levels than it may have. */
  function nests(text: string): boolean {
    let depth = 0;
    let quoted = false;
    for (let at = 0; at < text.length; at++) {
      const unit = apply(charCodeAt, text, [at]);
      if (quoted) {
        if (unit === 0x5c) at++;
        else if (unit === 0x22) quoted = false;
      } else if (unit === 0x22) quoted = true;
      else if (unit === 0x7b || unit === 0x5b) {
        if (++depth > DEEPEST) return true;
      } else if (unit === 0x7d || unit === 0x5d) depth--;
    }
    return false;
  }

  /**
   * Token or delegation data as JSON. Data without a member that starts with `_` gives exactly what `JSON.stringify` gives:
   * the host foretells that text to have the usual answer ready.
   */
  function ofData(source: unknown, what: string): string {
    if (!isObject(source) || isArray(source) || isSet(source)) throw new TypeError(`${what}: the data must be an object or a map`);
    const data = isMap(source) ? objectOf(source) : source;
    const names = keys(data);
    let whole = true;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (inward(name)) whole = false;
      else if (!isScalar(data[name])) inspect(data[name], `${what}: ${name}`, [data]);
    }
    return write(whole ? data : selected(data, names), `${what}: the data`);
  }

  function selected(data: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
    const kept: Record<string, unknown> = {};
    for (const name of names) if (!inward(name)) put(kept, name, data[name]);
    return kept;
  }

  /** What was returned, for the message that it cannot be a response; null when it can. */
  function unfit(returned: unknown): string | null {
    if (returned === undefined) return 'undefined; did you forget `return`?';
    if (returned === null) return 'null';
    if (typeof returned === 'function') return 'a function; did you forget to call it?';
    if (typeof returned !== 'object') return `a ${typeof returned}`;
    if (isPlain(returned) || shapes.isDressed(returned)) return null;
    if (isArray(returned)) return 'an array';
    if (returned instanceof Error) return 'an error; did you mean `throw`?';
    if (views.isView(returned)) return 'a part of the context; copy the members you want with `appendObjectTo`';
    if (isSet(returned)) return 'a Set';
    for (const special of [Date, RegExp, String, Number, Boolean]) if (returned instanceof special) return `a ${special.name}`;
    return null;
  }

  /**
   * The response: null and undefined members are dropped, an array `scope` is joined with spaces.
   * Throws `TypeError` for anything but an object that JSON can carry.
   */
  function ofResponse(returned: unknown): string {
    const problem = unfit(returned);
    if (problem !== null) throw new TypeError(`result() must return an object, but it returned ${problem}`);
    const source = isMap(returned) ? objectOf(returned) : (returned as Record<string, unknown>);
    const names = keys(source);
    let whole = isPlain(source);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const value = source[name];
      if (dropped(name, value)) whole = false;
      else if (!isScalar(value)) {
        inspect(value, `the response's member ${name}`, [source]);
        if (name === 'scope') whole = false;
      }
    }
    return write(whole ? source : answered(source, names), 'the response');
  }

  const dropped = (name: string, value: unknown): boolean => value === null || value === undefined || inward(name);

  function answered(source: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
    const response: Record<string, unknown> = {};
    for (const name of names) {
      const value = source[name];
      if (!dropped(name, value)) put(response, name, name === 'scope' ? scopeText(value) : value);
    }
    return response;
  }

  function scopeText(value: unknown): unknown {
    const scopes = isSet(value) ? arrayOf(value) : value;
    return isArray(scopes) ? scopes.join(' ') : value;
  }

  return { ofData, ofResponse };
}

/** What `jsonTexts` makes. */
export type JsonTexts = ReturnType<typeof jsonTexts>;
