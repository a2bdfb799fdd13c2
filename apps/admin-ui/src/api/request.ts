import { ApiError } from './api-error.ts';

/** Where all resources of the admin API begin. */
const BASE = '/admin/v1';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

export interface RequestOptions {
  /** Sent as JSON, or as it is when it is text: then `type` says what it is. */
  readonly body?: unknown;
  readonly type?: string;
  readonly query?: Query;
  /** The entity tag it must still have. */
  readonly ifMatch?: string | null;
  /** Only create. */
  readonly ifNoneMatch?: '*';
  /** Change what a configuration file owns. */
  readonly takeOver?: boolean;
  readonly signal?: AbortSignal;
}

/** What was answered: the parsed JSON (undefined without a body, the text when it is no JSON) and the entity tag. */
export interface Answer<T> {
  readonly data: T;
  readonly etag: string | null;
  readonly status: number;
}

let csrf: string | null = null;

/** The value that unsafe requests must send while the cookie says who we are; it comes with the session. */
export function setCsrf(value: string | null): void {
  csrf = value;
}

/** A path of segments that may have any characters: ``path`/profiles/${profile}/clients` ``. */
export function path(texts: TemplateStringsArray, ...segments: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...segments.map((segment) => encodeURIComponent(segment)));
}

/** The address of a resource, for what a browser opens by itself: a link, an `EventSource`. */
export function addressOf(resource: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value ?? []].flat()) if (each !== '') parameters.append(name, String(each));
  return parameters.size === 0 ? `${BASE}${resource}` : `${BASE}${resource}?${parameters.toString()}`;
}

/**
 * Calls the admin API.
 *
 * @throws ApiError when it refuses or does not answer; an `AbortError` when the signal says so
 */
export async function request<T>(method: string, resource: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const { query, takeOver, signal } = options;
  const response = await fetch(addressOf(resource, { ...query, ...(takeOver === true ? { takeOver: true } : {}) }), {
    method,
    headers: headersOf(method, options),
    credentials: 'same-origin',
    cache: 'no-store',
    ...bodyOf(options),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted === true ? error : ApiError.unreachable(error);
  });
  if (!response.ok) throw await ApiError.of(response);
  return { data: (await contentOf(response)) as T, etag: response.headers.get('etag'), status: response.status };
}

function headersOf(method: string, { body, type = 'application/json', ifMatch, ifNoneMatch }: RequestOptions): Headers {
  const headers = new Headers({ accept: 'application/json, application/problem+json, */*;q=0.5' });
  if (body !== undefined) headers.set('content-type', type);
  if (csrf !== null && method !== 'GET') headers.set('x-csrf-token', csrf);
  if (ifMatch != null) headers.set('if-match', ifMatch);
  if (ifNoneMatch !== undefined) headers.set('if-none-match', ifNoneMatch);
  return headers;
}

function bodyOf({ body, type }: RequestOptions): { body?: string } {
  if (body === undefined) return {};
  return { body: type !== undefined && typeof body === 'string' ? body : JSON.stringify(body) };
}

async function contentOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  return /^application\/(?:[a-z.+-]+\+)?json\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

export const get = <T>(resource: string, options?: RequestOptions) => request<T>('GET', resource, options);
export const post = <T>(resource: string, options?: RequestOptions) => request<T>('POST', resource, options);
export const put = <T>(resource: string, options?: RequestOptions) => request<T>('PUT', resource, options);
export const remove = (resource: string, options?: RequestOptions) => request<undefined>('DELETE', resource, options);
