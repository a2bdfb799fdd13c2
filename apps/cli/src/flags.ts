import { UsageError } from './command-error.ts';

/** Gathers the values of a flag that may be repeated. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A flag that must be a whole number. @throws UsageError */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`${flag} must be a whole number, not "${text}"`);
  return Number(text);
}

/** A flag of the shape `name=text`, which may be repeated. @throws UsageError */
export function pairs(flag: string, texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`${flag} must be name=text, not "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A flag that is a time: a date, or so long ago, such as `2h`. Seconds since 1970. @throws UsageError */
export function time(flag: string, text: string, now = Date.now()): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Math.floor(now / 1000) - Number(count) * (UNITS[unit] ?? 0);
  const milliseconds = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (!(milliseconds >= 0))
    throw new UsageError(`${flag} must be a time such as 2026-05-01, 2026-05-01T10:00Z, or 30m, 2h or 7d ago, not "${text}"`);
  return Math.floor(milliseconds / 1000);
}

/** JSON as `--json` prints it; control characters of others, which JSON may have as they are, are escapes in it: the value is the same. */
export function json(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, null, indent);
  const harmless = text.replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${harmless}\n`;
}
