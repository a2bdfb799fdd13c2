import type { ClientView, RequestView } from '../host-calls.ts';
import type { Guest } from '../sandbox.ts';
import type { RunStates } from './run-state.ts';
import type { JavaShapes } from './shapes.ts';
import type { Once, ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * Who asks and what: views of the calling client, the request and the response to be.
 */
export function exchangeViews(guest: Guest, runs: RunStates, shapes: JavaShapes, views: ViewKinds, dressed: boolean) {
  const { freeze, hasOwn, keys } = Object;
  const { isInteger } = Number;
  const { parse } = JSON;

  const set = <Raw>(read: (raw: Raw) => readonly string[]): Once<Raw> => ({ once: (raw) => freeze(shapes.set(read(raw) as string[])) });
  const list = <Raw>(read: (raw: Raw) => readonly string[]): Once<Raw> => ({ once: (raw) => freeze(shapes.list(read(raw) as string[])) });

  const Client = views.define<ClientView>({
    data: {
      id: (client) => client.id,
      name: (client) => client.name,
      description: (client) => client.description,
      properties: { once: (client) => shapes.freezeTree(dressed ? shapes.dress(client.properties) : client.properties) },
      audiences: set((client) => client.audiences),
      accessTokenTimeToLive: (client) => client.accessTokenTimeToLive,
      idTokenTimeToLive: (client) => client.idTokenTimeToLive,
      delegationTimeToLive: (client) => client.delegationTimeToLive,
      scopes: set((client) => client.scopes),
      capabilities: set((client) => client.capabilities),
    },
    services: { audiencesAsString: (client) => client.audiences.join(' ') },
  });

  const valuesOf = (parameters: Record<string, readonly string[]>, name: unknown): readonly string[] =>
    hasOwn(parameters, String(name)) ? (parameters[String(name)] as readonly string[]) : [];
  const firstOf = (parameters: Record<string, readonly string[]>, name: unknown) => valuesOf(parameters, name)[0] ?? null;

  function parsedBody(request: RequestView): unknown {
    if (request.body === null) return null;
    try {
      const value: unknown = parse(request.body);
      return dressed ? shapes.dress(value) : value;
    } catch {
      return null;
    }
  }

  const Request = views.define<RequestView>({
    data: {
      method: (request) => request.method,
      path: (request) => request.path,
      url: (request) => request.url,
      scheme: (request) => request.scheme,
      clientIpAddress: (request) => request.clientIpAddress,
      clientCertificate: (request) => request.clientCertificate,
      acceptableMediaTypes: list((request) => request.acceptableMediaTypes),
      formParameterNames: set((request) => keys(request.form)),
      queryParameterNames: set((request) => keys(request.query)),
    },
    services: {
      bodyAsString: (request) => request.body,
      /** Null when the body is not JSON. */
      parsedBodyAsJson: { once: parsedBody },
    },
    methods: {
      getFormParameter: (request, _view, name) => firstOf(request.form, name),
      getFormParameters: (request, _view, name) => shapes.list([...valuesOf(request.form, name)]),
      getQueryParameter: (request, _view, name) => firstOf(request.query, name),
      getQueryParameters: (request, _view, name) => shapes.list([...valuesOf(request.query, name)]),
      getHeader(request, _view, name) {
        const lower = String(name).toLowerCase();
        return hasOwn(request.headers, lower) ? request.headers[lower] : null;
      },
    },
  });

  const Response = views.define<object>({
    methods: {
      /** The host accepts an allow-list of names; a name or value that could forge a line is refused here. */
      setHeader(_raw, _view, name, value) {
        if (typeof name !== 'string' || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) {
          throw new TypeError('response.setHeader: the first argument must be a header name');
        }
        const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
        if (typeof text !== 'string' || text.length > 1024 || /[^\x20-\x7e]/.test(text)) {
          throw new TypeError(`response.setHeader: the value of ${name} must be at most 1024 printable ASCII characters`);
        }
        guest.effect('header', `${name}\n${text}`);
      },
      /** The status of errors that `exceptionFactory` makes from now on. */
      setStatus(_raw, _view, status) {
        if (!isInteger(status) || (status as number) < 400 || (status as number) > 599) {
          throw new TypeError('response.setStatus: expected a status from 400 to 599; a successful response has the status of its flow');
        }
        runs.state().status = status as number;
      },
    },
  });

  return { client: Client.make, request: Request.make, response: () => Response.make({}) };
}

/** What `exchangeViews` makes. */
export type ExchangeViews = ReturnType<typeof exchangeViews>;
