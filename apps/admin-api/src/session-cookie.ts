const NAME = '__Host-tokenwright-admin';

/** A random value of 256 bits, in base64url. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * The value of a cookie that a browser sent. Null where there is none of the name, one that is not ours, or more than one: a browser has one
 * `__Host-` cookie of a name, so several were put together by something else. RFC 6265bis section 4.1.3.2.
 */
export function cookieValue(header: string | undefined, name: string): string | null {
  const start = `${name}=`;
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** What the browser of an administrator holds; null for nothing of ours. */
export function sessionCookieOf(header: string | undefined): string | null {
  const value = cookieValue(header, NAME);
  return value !== null && VALUE.test(value) ? value : null;
}

/**
 * The `Set-Cookie` header that has a browser hold a session until it is closed, or forget it. No other host sets it or is sent it, it goes
 * along with requests of the page's own site alone, and scripts do not see it. Secure also without TLS here: then a proxy has it.
 */
export function sessionCookie(value: string | null): string {
  return `${NAME}=${value ?? ''}; Path=/; Secure; HttpOnly; SameSite=Strict${value === null ? '; Max-Age=0' : ''}`;
}
