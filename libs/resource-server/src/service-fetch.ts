import { ServiceError } from './service-error.ts';

/** As the global `fetch`, as far as it is used. */
export type Fetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'error';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

/** An answer, read. */
export interface Answer {
  readonly status: number;
  /** Without parameters, in lower case. */
  readonly contentType: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Bytes of an answer. Metadata, key sets and introspection answers are far smaller. */
const MOST_BYTES = 1_048_576;

/** Calls the service, with bounds for time and size. */
export class ServiceFetch {
  /** @param timeout milliseconds until the whole answer must be there */
  constructor(
    private readonly fetch: Fetch,
    private readonly timeout: number,
  ) {}

  get(url: string): Promise<Answer> {
    return this.#call(url, { method: 'GET', headers: { accept: 'application/json' } });
  }

  post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
    return this.#call(url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  }

  /**
   * An answer of which the body is still to come.
   * @param signal drops it
   * @throws ServiceError when there is none, or not in time
   */
  async open(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException('', 'TimeoutError')), this.timeout);
    try {
      return await this.fetch(url, { method: 'GET', headers, redirect: 'error', signal: AbortSignal.any([signal, late.signal]) });
    } catch (cause) {
      throw new ServiceError(`${placeOf(url)} could not be reached: ${reasonOf(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws ServiceError when there is no answer */
  async #call(url: string, init: Pick<Parameters<Fetch>[1], 'method' | 'headers' | 'body'>): Promise<Answer> {
    try {
      // Following a redirect would send credentials and tokens to wherever it points.
      const response = await this.fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(this.timeout) });
      return {
        status: response.status,
        contentType: (response.headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase(),
        headers: response.headers,
        body: await bounded(response, url),
      };
    } catch (cause) {
      if (cause instanceof ServiceError) throw cause;
      throw new ServiceError(`${placeOf(url)} could not be reached: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** A URL as it may be logged: without its query. */
export function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** A JSON object, or null for anything else. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function bounded(response: Response, url: string): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    const bytes = chunk as Uint8Array;
    length += bytes.length;
    if (length > MOST_BYTES) throw new ServiceError(`the answer of ${placeOf(url)} has more than ${MOST_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') return 'no answer in time';
  // What fetch itself says is "fetch failed"; why is in its cause.
  return cause === undefined ? String(message ?? error) : `${String(message)}: ${reasonOf(cause)}`;
}
