import type { HttpArguments } from '../service-arguments.ts';
import type { Guest } from '../sandbox.ts';
import type { JsonTexts } from './json.ts';
import type { OwnMembers } from './members.ts';
import type { JavaShapes } from './shapes.ts';
import type { ViewKinds } from './views.ts';

/**
 * Sent into the realm as text (`Function.prototype.toString`): the function may name nothing of this module but types.
 *
 * `context.getWebServiceClient(id, uri)`. The host resolves the URL, checks it and sends the request; what a procedure gets
 * is a map with `statusCode`, `headers` (names in lower case) and `body` (text).
 */
export function webServices(guest: Guest, members: OwnMembers, shapes: JavaShapes, json: JsonTexts, views: ViewKinds) {
  const { keys } = Object;
  const { isArray } = Array;
  const { parse, stringify } = JSON;
  const { isFinite: finite } = Number;
  const { elementsOf, isMap, isObject, objectOf, put } = members;
  const encode = encodeURIComponent;

  type Members = Record<string, unknown>;

  interface Client {
    readonly id: string | null;
    readonly uri: string | null;
  }

  const OPTIONS = ['method', 'path', 'query', 'headers', 'body', 'timeout'];

  const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

  function textOrNull(value: unknown, what: string): string | null {
    if (isAbsent(value)) return null;
    if (typeof value === 'string') return value;
    if (value instanceof String) return String(value);
    throw new TypeError(`${what}: expected text`);
  }

  function mapOf(value: unknown, what: string): Members {
    if (isAbsent(value)) return {};
    if (!isObject(value) || isArray(value)) throw new TypeError(`${what}: expected an object or a map`);
    return isMap(value) ? objectOf(value) : value;
  }

  function scalar(value: unknown, what: string): string {
    const type = typeof value;
    if (type === 'string' || type === 'boolean' || finite(value) || value instanceof String) return String(value);
    throw new TypeError(`${what}: expected text, a number or a boolean`);
  }

  /** Of a name with several values each is sent; without one none. */
  function queryOf(value: unknown): Record<string, string[]> {
    const given = mapOf(value, 'query');
    const query: Record<string, string[]> = {};
    for (const name of keys(given)) {
      const values = isObject(given[name]) && !(given[name] instanceof String) ? elementsOf(given[name]) : [given[name]];
      const texts = values.filter((each) => !isAbsent(each)).map((each) => scalar(each, `query: ${name}`));
      if (texts.length > 0) put(query, name, texts);
    }
    return query;
  }

  function headersOf(value: unknown): Record<string, string> {
    const given = mapOf(value, 'headers');
    const headers: Record<string, string> = {};
    for (const name of keys(given)) if (!isAbsent(given[name])) put(headers, name.toLowerCase(), scalar(given[name], `headers: ${name}`));
    return headers;
  }

  function formOf(value: unknown): string {
    const fields = queryOf(value);
    const pairs: string[] = [];
    const encoded = (text: string) => encode(text).split('%20').join('+');
    for (const name of keys(fields)) for (const text of fields[name] as string[]) pairs[pairs.length] = `${encoded(name)}=${encoded(text)}`;
    return pairs.join('&');
  }

  /** Text as it is; anything else as a form where the content type says so, else as JSON. */
  function bodyOf(value: unknown, headers: Record<string, string>): string | null {
    if (isAbsent(value)) return null;
    if (typeof value === 'string' || value instanceof String) return String(value);
    const type = headers['content-type'];
    if (type?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true) return formOf(value);
    if (type === undefined) headers['content-type'] = 'application/json';
    // Without the member around it.
    return json.ofData({ body: value }, 'the request').slice('{"body":'.length, -1);
  }

  function timeoutOf(value: unknown): number | null {
    if (isAbsent(value)) return null;
    if (typeof value === 'number' && value > 0 && finite(value)) return value;
    throw new TypeError('timeout: expected a number of milliseconds');
  }

  /** Members are methods as well, as everywhere: `response.statusCode` is `response.getStatusCode()`. */
  const responseOf = shapes.mapKind({
    getStatusCode(this: Members) {
      return this['statusCode'];
    },
    getHeaders(this: Members) {
      return this['headers'];
    },
    getBody(this: Members) {
      return this['body'];
    },
  });

  function send({ id, uri }: Client, method: string | null, given: unknown): object {
    const options = typeof given === 'string' ? { path: given } : mapOf(given, 'the options of a request');
    for (const name of keys(options))
      if (!OPTIONS.includes(name)) throw new TypeError(`"${name}" is no option of a request; there are ${OPTIONS.join(', ')}`);
    const all: Members = options;
    const headers = headersOf(all['headers']);
    const body = bodyOf(all['body'], headers);
    const args: HttpArguments = {
      client: id,
      uri,
      method: method ?? (textOrNull(all['method'], 'method') ?? 'GET').toUpperCase(),
      path: textOrNull(all['path'], 'path'),
      query: queryOf(all['query']),
      headers,
      body,
      timeout: timeoutOf(all['timeout']),
    };
    return responseOf(shapes.dress(parse(guest.call('http', stringify(args))) as object));
  }

  const WebServiceClient = views.define<Client>({
    methods: {
      get: (client, _view, options) => send(client, 'GET', options),
      post: (client, _view, options) => send(client, 'POST', options),
      request: (client, _view, options) => send(client, null, options),
    },
  });

  /** Without arguments the profile's only client; without a URI the only host it allows. */
  return function client(id: unknown, uri: unknown): object {
    return WebServiceClient.make({
      id: textOrNull(id, 'getWebServiceClient: the id'),
      uri: textOrNull(uri, 'getWebServiceClient: the URI'),
    });
  };
}

/** What `webServices` makes. */
export type WebServices = ReturnType<typeof webServices>;
