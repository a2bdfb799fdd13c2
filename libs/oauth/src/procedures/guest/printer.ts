import type { OwnMembers } from './members.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Prints any value for people: bounded in length, breadth and depth, and never failing, whatever a getter, a `toString`
 * or a cycle does.
 */
export function valuePrinter(members: OwnMembers) {
  const { keys } = Object;
  const { isArray } = Array;
  const { stringify } = JSON;
  const { arrayOf, isMap, isObject, isSet, objectOf } = members;
  const DEEPEST = 6;
  const WIDEST = 100;
  const LONGEST = 65_536;

  const bounded = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);

  /** Line and column of the innermost frame that has them. */
  function placeOf(error: { readonly stack?: unknown }): string {
    const { stack } = error;
    if (typeof stack !== 'string') return '';
    const frame = /^\s+at .*?:(\d{1,9}):(\d{1,9})\)?$/m.exec(stack.slice(0, LONGEST));
    return frame === null ? '' : ` (line ${frame[1]}, column ${frame[2]})`;
  }

  function ofError(error: Error): string {
    const name = typeof error.name === 'string' ? error.name : 'Error';
    const message = typeof error.message === 'string' ? error.message : '';
    return bounded(`${name}${message === '' ? '' : `: ${message}`}`) + placeOf(error);
  }

  function ofObject(value: Record<string, unknown>, within: readonly unknown[], room: { left: number }): string {
    if (value instanceof Error) return ofError(value);
    if (within.includes(value)) return '[circular]';
    if (within.length >= DEEPEST) return '[...]';
    const inner = [...within, value];
    if (isSet(value)) return ofArray(arrayOf(value), inner, room);
    if (isArray(value)) return ofArray(value, inner, room);
    const shown = isMap(value) ? objectOf(value) : typeof value['toJSON'] === 'function' ? (value['toJSON'] as () => unknown)() : value;
    if (!isObject(shown)) return nested(shown, inner, room);
    const parts: string[] = [];
    for (const name of keys(shown)) {
      if (parts.length >= WIDEST || room.left <= 0) {
        parts[parts.length] = '...';
        break;
      }
      room.left -= name.length + 4;
      parts[parts.length] = `${stringify(name)}:${attempt(() => nested(shown[name], inner, room))}`;
    }
    return `{${parts.join(',')}}`;
  }

  function ofArray(array: readonly unknown[], within: readonly unknown[], room: { left: number }): string {
    const parts: string[] = [];
    for (let i = 0; i < array.length; i++) {
      if (i >= WIDEST || room.left <= 0) {
        parts[i] = '...';
        break;
      }
      room.left -= 1;
      parts[i] = attempt(() => nested(array[i], within, room));
    }
    return `[${parts.join(',')}]`;
  }

  function nested(value: unknown, within: readonly unknown[], room: { left: number }): string {
    if (typeof value === 'string') {
      const text = bounded(value);
      room.left -= text.length;
      return stringify(text);
    }
    if (typeof value === 'function') return '[function]';
    if (typeof value === 'object' && value !== null) return ofObject(value as Record<string, unknown>, within, room);
    room.left -= 8;
    return String(value);
  }

  function attempt(print: () => string): string {
    try {
      return print();
    } catch {
      return '[unprintable]';
    }
  }

  /** Text as it is, errors with message and line, anything else like JSON; at most some 65,000 characters. */
  return function print(value: unknown): string {
    if (typeof value === 'string') return bounded(value);
    return bounded(attempt(() => nested(value, [], { left: LONGEST })));
  };
}

/** What `valuePrinter` makes. */
export type Print = ReturnType<typeof valuePrinter>;
