import type { RequestView } from './host-calls.ts';
import type { OAuthRequest } from '../transport/exchange.ts';
import type { Form } from '../transport/form.ts';

/** Parameters and headers that no procedure sees. */
const HIDDEN_PARAMETERS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'password']);
const HIDDEN_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'gateway-authorization']);

/** JSON text of what a procedure may see of the request. */
export function requestView(request: OAuthRequest, form: Form): string {
  const view: RequestView = {
    method: request.method,
    path: request.path,
    url: `${request.scheme}://${request.host}${request.path}${visibleQuery(request.query)}`,
    scheme: request.scheme,
    clientIpAddress: request.clientIpAddress,
    clientCertificate: null,
    acceptableMediaTypes: mediaTypes(request.headers['accept']),
    headers: Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name, value]) => value !== undefined && !HIDDEN_HEADERS.has(name))
        .map(([name, value]) => [name, typeof value === 'string' ? value : (value?.join(', ') ?? '')]),
    ),
    form: visible(form),
    query: visible(queryParameters(request.query)),
    body: [...HIDDEN_PARAMETERS].some((name) => form.has(name)) ? null : request.body,
  };
  return JSON.stringify(view);
}

function visible(parameters: Form): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...parameters]
      .filter(([name]) => !HIDDEN_PARAMETERS.has(name))
      .map(([name, value]) => [name, typeof value === 'string' ? [value] : value]),
  );
}

/** The query as it was sent, but for a secret that somebody put there. */
function visibleQuery(query: string): string {
  if (query === '') return '';
  const parameters = new URLSearchParams(query);
  if (![...HIDDEN_PARAMETERS].some((name) => parameters.has(name))) return `?${query}`;
  for (const name of HIDDEN_PARAMETERS) parameters.delete(name);
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function queryParameters(query: string): Form {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) parameters.set(name, [...(parameters.get(name) ?? []), value]);
  return parameters;
}

function mediaTypes(accept: string | readonly string[] | undefined): string[] {
  return String(accept ?? '')
    .split(',')
    .map((range) => (range.split(';')[0] ?? '').trim())
    .filter((type) => type !== '');
}
