import { isIP } from 'node:net';
import { HostServiceError } from '../procedures/host-services.ts';
import type { OpenedHttpClient } from './opened-secrets.ts';
import { parseHostPattern } from './outgoing-addresses.ts';

/** What a URL is checked against, of the client's configuration. */
export type HostRules = Pick<OpenedHttpClient, 'id' | 'allowedHosts' | 'allowHttp'>;

/** Whether a client may reach the host of a URL, for choosing one. */
export function mayReach(rules: HostRules, url: URL): boolean {
  return problemWith(rules, url) === null;
}

/** The first of some clients that may reach the host of a URL. */
export function clientReaching<C extends HostRules>(clients: Iterable<C>, url: URL): C | undefined {
  for (const client of clients) if (mayReach(client, url)) return client;
  return undefined;
}

/**
 * Parses and checks where a request is to go: the first URL and the target of every redirect alike.
 * Odd notations of addresses (decimal, octal, hexadecimal) are the usual ones after parsing, and only match as such.
 *
 * @throws HostServiceError that names the setting in the way
 */
export function checkedUrl(rules: HostRules, text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null) throw new HostServiceError('refused', 'the URL of the request is not a URL: write it as https://host/path');
  const problem = problemWith(rules, url);
  if (problem !== null) throw new HostServiceError('refused', problem);
  url.hash = '';
  return url;
}

function problemWith({ id, allowedHosts, allowHttp }: HostRules, url: URL): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `the HTTP client "${id}" speaks https, not ${url.protocol.slice(0, 20)}`;
  if (url.protocol === 'http:' && !allowHttp)
    return `the HTTP client "${id}" speaks https only; its setting allowHttp would allow http as well`;
  if (url.username !== '' || url.password !== '')
    return 'a URL with a user or password in it is refused: put them into the credentials of the HTTP client';
  if (allowedHosts.some((entry) => matches(entry, url))) return null;
  return `the host ${url.host.slice(0, 200)} is not among the allowedHosts of the HTTP client "${id}"`;
}

function matches(entry: string, url: URL): boolean {
  const pattern = parseHostPattern(entry);
  if (typeof pattern === 'string') return false;
  const usual = url.protocol === 'https:' ? 443 : 80;
  if ((pattern.port ?? usual) !== (url.port === '' ? usual : Number(url.port))) return false;
  if (!pattern.isWildcard) return url.hostname === pattern.host;
  // Addresses have no subdomains, whatever their digits end in.
  return isIP(url.hostname) === 0 && url.hostname.endsWith(`.${pattern.host}`) && url.hostname.length > pattern.host.length + 1;
}
