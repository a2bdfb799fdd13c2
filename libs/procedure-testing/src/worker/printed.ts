import { inspect } from 'node:util';
import { Matching } from './equality.ts';

/** A value as text, one member a line and in the order of names, so that two of them can be compared line by line. */
export function printed(value: unknown): string {
  return lines(value, '', new Set());
}

/** A value in one line, cut where it is long. */
export function inShort(value: unknown): string {
  const text = value instanceof Matching ? value.label : inspect(value, { breakLength: Infinity, depth: 3, sorted: true });
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

function lines(value: unknown, indent: string, above: Set<unknown>): string {
  if (value instanceof Matching) return value.label;
  if (!isPlain(value)) return inspect(value, { depth: 4, sorted: true });
  if (above.has(value)) return '[circular]';
  const deeper = `${indent}  `;
  const within = new Set(above).add(value);
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((one) => lines(one, deeper, within))]
    : [
        '{',
        '}',
        Object.entries(value)
          .filter(([, one]) => one !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, one]) => `${JSON.stringify(name)}: ${lines(one, deeper, within)}`),
      ];
  return parts.length === 0 ? `${open}${close}` : `${open}\n${parts.map((part) => `${deeper}${part},\n`).join('')}${indent}${close}`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
}
