import { readFileSync } from 'node:fs';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { rootCertificates } from 'node:tls';
import { CommandError } from './command-error.ts';

/** Where the admin API is, and who asks. */
export interface Connection {
  readonly url: string;
  readonly token: string;
  /** PEM of certificates to trust beside the usual ones; null for the usual ones alone. */
  readonly ca: string | null;
  /** Why, where a change becomes a proposal. */
  readonly proposalNote?: string | undefined;
  /** Milliseconds to wait for an answer; a minute unless told. */
  readonly timeout?: number;
}

/** Query parameters; those that are undefined are left out, those that are lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: { readonly type: string; readonly body: string };
  /** Refused with 412 when it is there already. RFC 9110 section 13.1.2. */
  readonly onlyCreate?: boolean;
  /** Refused with 412 when it has another entity tag by now. RFC 9110 section 13.1.1. */
  readonly ifMatch?: string | undefined;
}

/** What is there, with the entity tag by which a change of it is asked for. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: string | undefined;
}

/** A place in the text that was sent, as the service found it. */
export interface ProblemDetail {
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
  /** The library in whose text it is, where that was not the one sent. */
  readonly library?: string;
  readonly message: string;
}

/** The service refused. RFC 9457. */
export class RefusedError extends CommandError {
  constructor(
    readonly status: number,
    /** The name at the end of the problem's type. */
    readonly problem: string,
    message: string,
    readonly details: readonly ProblemDetail[],
  ) {
    super(message);
    this.name = 'RefusedError';
  }
}

/** A change that waits for another administrator. */
export interface ProposalView {
  readonly id: string;
  readonly action: string;
  readonly kind: string;
  readonly key: string;
  /** What was generated for the author, such as a secret: shown this once. */
  readonly revealed?: Readonly<Record<string, string>>;
}

/** The service took the change as a proposal: it waits for another administrator. Exit code 3. */
export class ProposedError extends Error {
  constructor(readonly proposal: ProposalView) {
    super(`proposed as ${proposal.id}`);
    this.name = 'ProposedError';
  }
}

const TIMEOUT = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Speaks to the admin API of a running service. */
export class AdminClient {
  constructor(private readonly connection: Connection) {}

  /** @throws RefusedError, or CommandError when there is no answer */
  async get<T>(path: string, query?: Query): Promise<T> {
    return JSON.parse(await this.text('GET', path, { query })) as T;
  }

  /** As `get`, for what is changed afterwards. */
  async tagged<T>(path: string): Promise<Tagged<T>> {
    const { body, tag } = await this.#asked('GET', path, {});
    return { value: JSON.parse(body) as T, tag };
  }

  /** For bodies and answers of JSON; answers undefined when there is none. */
  async send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options: RequestOptions = {}): Promise<T> {
    const text = await this.text(method, path, options);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string, query: Query = {}): Promise<readonly T[]> {
    const items: T[] = [];
    let after: string | undefined;
    do {
      const page = await this.get<{ items: T[]; next: string | null }>(path, { ...query, after });
      items.push(...page.items);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return items;
  }

  /** The body of the answer as it is. */
  async text(method: string, path: string, options: RequestOptions = {}): Promise<string> {
    return (await this.#asked(method, path, options)).body;
  }

  async #asked(
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<{ readonly body: string; readonly tag: string | undefined }> {
    const { query = {}, json, text, onlyCreate = false, ifMatch } = options;
    const url = urlOf(this.connection, path, query);
    if (method !== 'GET' && this.connection.proposalNote !== undefined) url.searchParams.set('proposalNote', this.connection.proposalNote);
    const body = text?.body ?? (json === undefined ? undefined : JSON.stringify(json));
    const type = text?.type ?? 'application/json';
    const headers = {
      authorization: `Bearer ${this.connection.token}`,
      ...(onlyCreate ? { 'if-none-match': '*' } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    const {
      status,
      body: answer,
      tag,
    } = await exchange(url, { method, headers, body, ca: this.connection.ca, timeout: this.connection.timeout }, 'the admin API');
    if (status === 202) throw new ProposedError(JSON.parse(answer) as ProposalView);
    if (status >= 200 && status < 300) return { body: answer, tag };
    throw refusal(status, answer);
  }
}

/** The address of a resource, without `/admin/v1/`. */
export function urlOf(connection: Connection, path: string, query: Query): URL {
  const url = new URL(`${connection.url}/admin/v1/${path}`);
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) url.searchParams.append(name, String(one));
  return url;
}

/** One request; the body of the answer as text. */
export async function exchange(
  url: URL,
  options: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly body?: string | undefined;
    readonly ca: string | null;
    readonly timeout?: number | undefined;
  },
  whom: string,
): Promise<{ readonly status: number; readonly type: string; readonly tag: string | undefined; readonly body: string }> {
  const { method, headers, body, ca, timeout = TIMEOUT } = options;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const trust = ca === null ? {} : { ca: [...rootCertificates, ca] };
      const request = url.protocol === 'https:' ? requestHttps(url, { method, headers, ...trust }) : requestHttp(url, { method, headers });
      request.setTimeout(timeout, () => request.destroy(new Error(`there was no answer for ${timeout / 1000} seconds`)));
      request.on('response', resolve).on('error', reject);
      request.end(body);
    });
    const { 'content-type': type = '', etag: tag } = response.headers;
    return { status: response.statusCode ?? 0, type, tag, body: await bodyOf(response) };
  } catch (cause) {
    throw new CommandError(`cannot reach ${whom} at ${url.origin}: ${reasonOf(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

/** All of an answer, within bounds. */
export async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error(`the answer has more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Why a connection failed, and what to do. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there; is the service running? Start it with: tokenwright start';
    case 'ENOTFOUND':
      return 'there is no such host';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'its certificate is not trusted; name the certificate to trust with --ca FILE (of the service: tls/cert.pem in its data directory)';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another name';
    case 'EPROTO':
      return 'it does not speak TLS; was it started with --tls off? Then use an http URL';
    default:
      return message === '' ? (code ?? 'the connection failed') : message;
  }
}

/** The error that an answer is. */
export function refusal(status: number, body: string): RefusedError {
  let problem: { type?: string; title?: string; detail?: string; errors?: ProblemDetail[]; findings?: ProblemDetail[] } = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) problem = parsed;
  } catch {
    // Whatever answered is not the admin API: its status is all there is to say.
  }
  const { title = '', detail = '' } = problem;
  // Some details say the title again, and more.
  const parts = detail.toLowerCase().startsWith(title.toLowerCase()) ? [detail] : [title, detail];
  const text = parts.filter((part) => part !== '').join(': ');
  const message = text === '' ? `it answered with status ${status}, which is not how the admin API refuses; is the URL right?` : text;
  return new RefusedError(status, problem.type?.split(':').at(-1) ?? '', message, problem.findings ?? problem.errors ?? []);
}

/** A path from ids, each escaped: `pathOf('profiles', profile, 'clients')`. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

/** A file as text. @throws CommandError */
export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(`cannot read ${what} ${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, { cause });
  }
}
