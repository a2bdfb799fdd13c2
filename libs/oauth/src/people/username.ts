const LONGEST = 128;
/** Control, format, private and unassigned characters, halves of surrogate pairs, and breaks of lines. */
const UNFIT = /[\p{C}\p{Zl}\p{Zp}]/u;

/** A username as it is kept and shown; null for what cannot be one. After RFC 8265 section 3.3. */
export function usernameOf(text: string): string | null {
  const username = text.normalize('NFKC').trim();
  return username === '' || username.length > LONGEST || UNFIT.test(username) ? null : username;
}

/** What usernames are told apart by: neither case nor the width of characters makes another one. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}
