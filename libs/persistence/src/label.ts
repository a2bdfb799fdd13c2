const LONGEST = 512;

/**
 * A text by which rows are listed, such as a token's subject, as it is kept and as it is looked for. A procedure may
 * make it anything, so what a column or its index cannot hold is changed (PostgreSQL takes no null characters and no
 * index entries over 2,700 bytes): one odd subject must not fail the commits of everybody else in its group.
 * The exact value stands in the token's data or the delegation's view.
 */
export function label(text: string): string {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  return short.isWellFormed() && !short.includes('\0') ? short : short.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Whether a text can be kept as it is: what PostgreSQL cannot hold, nothing is called. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
