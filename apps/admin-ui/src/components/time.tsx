const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'long' });
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A moment, in seconds since 1970: both when it was and how long ago. Its `title` has it to the second with the zone. */
export function Time({ at, brief = false }: { readonly at: number; readonly brief?: boolean }) {
  const date = new Date(at * 1000);
  return (
    <time dateTime={date.toISOString()} title={date.toString()}>
      {brief ? relative(at) : `${ABSOLUTE.format(date)} (${relative(at)})`}
    </time>
  );
}

/** As people say it, such as "3 hours ago". */
export function relative(at: number, now: number = Date.now() / 1000): string {
  const seconds = Math.round(at - now);
  for (const [unit, size] of UNITS) if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  return Math.abs(seconds) < 10 ? 'just now' : RELATIVE.format(seconds, 'second');
}

/** Whether a moment has come, in seconds since 1970. */
export function isPast(at: number, now: number = Date.now() / 1000): boolean {
  return at <= now;
}

/** Seconds as people say them, such as "1 h 30 min". */
export function duration(seconds: number): string {
  const parts: string[] = [];
  let left = seconds;
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}
