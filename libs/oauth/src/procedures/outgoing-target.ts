import { parseHostPattern } from '../configuration/outgoing-addresses.ts';
import type { OpenedHttpClient } from '../configuration/opened-secrets.ts';
import { HostServiceError } from './host-services.ts';

/**
 * The URL of a request: the URI of the web service client, the path below it, and the query. A path cannot leave what it
 * stands below, so that a name a procedure puts into it reaches no other resource.
 *
 * @throws HostServiceError
 */
export function outgoingUrl(
  client: OpenedHttpClient,
  uri: string | null,
  path: string | null,
  query: Readonly<Record<string, readonly string[]>>,
): URL {
  const url = URL.parse(uri ?? onlyHost(client));
  if (url === null)
    throw new HostServiceError('refused', 'the URI of a web service client must be a URL such as https://api.example.com/v1');
  if (path !== null && path !== '') {
    if (/[?#\\]|[^\x21-\x7e]/.test(path))
      throw new HostServiceError(
        'refused',
        'the path of a request may hold no "?", "#", "\\", spaces and non-ASCII: encode its parts with encodeURIComponent',
      );
    if (path.split(SEPARATOR).some((segment) => DOTS.test(segment)))
      throw new HostServiceError('refused', 'the path of a request may hold no "." and ".." segments');
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  }
  for (const [name, values] of Object.entries(query)) for (const value of values) url.searchParams.append(name, value);
  return url;
}

/** Also as servers see it that decode a path before they take it apart, or leave out what follows a semicolon. */
const SEPARATOR = /\/|%2f|%5c/i;
const DOTS = /^(\.|%2e){1,2}(;.*|%3b.*)?$/i;

/** What a web service client without a URI stands for. */
function onlyHost({ id, allowedHosts }: OpenedHttpClient): string {
  const [entry = ''] = allowedHosts;
  const pattern = parseHostPattern(entry);
  if (allowedHosts.length !== 1 || typeof pattern === 'string' || pattern.isWildcard)
    throw new HostServiceError(
      'refused',
      `the HTTP client "${id}" does not allow exactly one host, so name where to go: getWebServiceClient("${id}", "https://host/path")`,
    );
  return `https://${entry}`;
}

/** How a request is shown in traces: without its query. */
export function httpTarget(method: string, url: URL): string {
  return `${method} ${url.host}${url.pathname}`;
}

/** How a key set or issuer is shown in traces. */
export function urlTarget(text: string): string {
  const url = URL.parse(text);
  return url === null ? 'not a URL' : `${url.host}${url.pathname}`;
}
