import type { OAuthError } from '../errors.ts';
import type { GuestEffect } from './sandbox.ts';

const MAX_HEADERS = 16;
const MAX_VALUE = 1024;

/** Extension headers, but for those that servers and browsers give a meaning of their own. */
const ALLOWED = /^x-(?!accel-|sendfile|lighttpd-|content-|frame-|xss-|forwarded-|original-|http-method)[a-z0-9-]{1,62}$/i;

/**
 * Headers that a procedure set with `response.setHeader`, names and values in turn, spelled as it does; of two of a name the last counts.
 * Only `X-` headers: caching, content, cookies and `Vary` would break gateways.
 *
 * @throws the fault for a header that is not allowed
 */
export function responseHeaders(effects: readonly GuestEffect[], fault: (message: string) => OAuthError): readonly string[] {
  if (effects.length === 0) return NONE;
  const headers = new Map<string, readonly [name: string, value: string]>();
  for (const effect of effects) {
    if (effect.kind !== 'header') continue;
    const at = effect.payload.indexOf('\n');
    const name = effect.payload.slice(0, at);
    const value = effect.payload.slice(at + 1);
    if (!ALLOWED.test(name))
      throw fault(`response.setHeader: "${name.slice(0, 64)}" is not allowed; use a header of your own that starts with "X-"`);
    if (value.length > MAX_VALUE || !/^[\x20-\x7e]*$/.test(value))
      throw fault(`response.setHeader: the value of "${name}" must be at most ${MAX_VALUE} printable ASCII characters`);
    headers.set(name.toLowerCase(), [name, value]);
    if (headers.size > MAX_HEADERS) throw fault(`response.setHeader: at most ${MAX_HEADERS} headers`);
  }
  return [...headers.values()].flat();
}

const NONE: readonly string[] = [];
