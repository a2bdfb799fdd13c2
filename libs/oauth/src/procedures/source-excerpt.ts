/** Of longer lines, such as those of a bundler, the part around the column is shown. */
const WIDEST = 120;

/**
 * A line of a source with a mark below a column, for people: two indented lines of text.
 *
 * @param line from 1, as engine and type check count lines
 * @param column from 1, in UTF-16 code units
 * @returns nothing when the source has no such line
 */
export function sourceExcerpt(source: string, line: number, column = 1): readonly string[] {
  const whole = source.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1];
  if (whole === undefined) return [];
  const start = whole.length <= WIDEST ? 0 : Math.max(0, Math.min(column - WIDEST / 2, whole.length - WIDEST));
  const end = start + WIDEST;
  const cut = start > 0 ? '…' : '';
  // Tabs stay tabs, so that the mark is as far to the right as the column.
  const before = cut + whole.slice(start, column - 1);
  return [
    `    ${line} | ${cut}${whole.slice(start, end)}${end < whole.length ? '…' : ''}`,
    `    ${' '.repeat(String(line).length)} | ${before.replace(/[^\t]/g, ' ')}^`,
  ];
}
