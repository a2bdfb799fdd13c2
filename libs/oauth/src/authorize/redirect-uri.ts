/** Schemes that run something in the browser instead of opening a page. */
const DANGEROUS = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:', 'view-source:', 'filesystem:']);

/** Why people may not be sent to a URI; null when they may. RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1.3. */
export function redirectUriProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || /[^\x21-\x7e]/.test(text)) return 'must be an absolute URL of printable ASCII characters';
  if (text.includes('#')) return 'must have no fragment';
  if (url.username !== '' || url.password !== '') return 'must have no user name and password';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:')
    return isLoopback(url) ? null : 'must be https; http is for loopback addresses such as http://127.0.0.1/callback';
  if (DANGEROUS.has(url.protocol) || !url.protocol.includes('.'))
    return "must be https, or have a scheme of the app's own domain reversed, such as com.example.app:/callback";
  return null;
}

/** Whether a requested URI is the registered one: character by character, but for the port of a loopback address. RFC 8252 section 7.3. */
export function isSameRedirectUri(registered: string, requested: string): boolean {
  if (registered === requested) return true;
  const [own, other] = [registered, requested].map((text) => (URL.canParse(text) ? new URL(text) : null));
  if (own?.protocol !== 'http:' || !isLoopbackAddress(own.hostname) || other?.protocol !== 'http:') return false;
  // Nothing but the port may differ, not even how the rest is written.
  const withoutPort = (text: string) => text.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?=[/?]|$)/, '$1');
  return withoutPort(registered) === withoutPort(requested);
}

function isLoopback({ hostname }: URL): boolean {
  return isLoopbackAddress(hostname) || hostname === 'localhost';
}

function isLoopbackAddress(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]';
}
