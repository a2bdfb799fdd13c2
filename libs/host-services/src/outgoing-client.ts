import { Agent, request as send, type Dispatcher } from 'undici';
import { HostServiceError, type OpenedHttpClient, type OutgoingRequest, type OutgoingResponse, checkedUrl } from '#libs/oauth';
import { AddressRules } from './addresses.ts';
import { guardedConnector, type Resolve, type TlsMaterial } from './guarded-connection.ts';
import { explained } from './outgoing-failure.ts';
import { credentialHeader, type CredentialHeader } from './credential-header.ts';
import { checkedHeaders, harmlessHeaders } from './request-headers.ts';
import { ACCEPTED_ENCODINGS, readBody, textOf } from './response-body.ts';
import { SharedLookups } from './shared-lookups.ts';
import { Turns } from './turns.ts';

/** Of one client at a time: what more come are refused at once, so that a slow server costs no more than these. */
const IN_FLIGHT = { most: 128, ofCaller: 96 };
/** Requests of one caller that are sent at a time, fewer than there are connections: its slow server leaves some to others. */
const MOST_SENT_OF_CALLER = 32;
const MOST_CONNECTIONS = 48;
const MOST_ORIGINS = 64;
const LONGEST_URL = 8192;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a request is on its way through redirects. */
interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | null;
  /** A redirect has led away from where the request was to go: from there on nothing secret is sent along. */
  readonly strayed: boolean;
  /** What is answered counts as what the host of the URL says: no redirect leads to another. */
  readonly bound: boolean;
}

/**
 * One HTTP client of a profile, with its rules, credentials and connections. Connections are kept and used again; a request
 * is sent once and never repeated.
 */
export class OutgoingClient {
  readonly #own: Agent;
  /** For hosts that a redirect led to: it has no client certificate. */
  readonly #others: Agent;
  readonly #credentials: CredentialHeader | null;
  readonly #turns = new Turns(IN_FLIGHT, MOST_SENT_OF_CALLER);

  constructor(
    readonly settings: OpenedHttpClient,
    resolve: Resolve,
  ) {
    this.#credentials = credentialHeader(settings.credentials);
    const { caCertificates: ca, clientCertificate: cert, clientKey: key } = settings.tls;
    const tls: TlsMaterial = { ca, cert, key };
    const rules = new AddressRules(settings.allowedNetworks);
    const lookups = new SharedLookups(resolve);
    const agent = (material: TlsMaterial) =>
      new Agent({
        connect: guardedConnector(
          rules,
          material,
          (hostname) => lookups.of(hostname, settings.timeoutMilliseconds),
          settings.timeoutMilliseconds,
        ),
        connections: MOST_CONNECTIONS,
        maxOrigins: MOST_ORIGINS,
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 10_000,
        keepAliveMaxTimeout: 60_000,
        maxHeaderSize: 16_384,
        // One clock for the whole call, below.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
    this.#own = agent(tls);
    this.#others = tls.cert === null ? this.#own : agent({ ...tls, cert: null, key: null });
  }

  /**
   * @param anonymous without credentials and client certificate, and with redirects within the origin alone
   * @throws HostServiceError
   */
  async request(request: OutgoingRequest, anonymous = false): Promise<OutgoingResponse> {
    const { settings } = this;
    if (!METHODS.has(request.method))
      throw new HostServiceError('refused', `the method must be one of ${[...METHODS].join(', ')}, in capitals`);
    if (request.url.length > LONGEST_URL) throw new HostServiceError('refused', `a URL may have at most ${LONGEST_URL} characters`);
    const url = checkedUrl(settings, request.url);
    const headers = checkedHeaders(request.headers, anonymous ? null : (this.#credentials?.name ?? null));
    const milliseconds = Math.min(settings.timeoutMilliseconds, Math.floor(request.timeout));
    if (!(milliseconds > 0)) throw new HostServiceError('timeout', 'there is no time left for the request');
    const signal = AbortSignal.timeout(milliseconds);
    const first: Hop = { url, method: request.method, headers, body: request.body, strayed: anonymous, bound: anonymous };
    try {
      return await this.#turns.run(request.caller, signal, () => this.#follow(first, signal));
    } catch (error) {
      throw explained(error, { client: settings.id, host: url.host, milliseconds, isLate: signal.aborted });
    }
  }

  async close(): Promise<void> {
    await this.#own.destroy();
    if (this.#others !== this.#own) await this.#others.destroy();
  }

  /** Lets what is under way end by its own timeout. */
  async retire(): Promise<void> {
    await this.#own.close();
    if (this.#others !== this.#own) await this.#others.close();
  }

  async #follow(first: Hop, signal: AbortSignal): Promise<OutgoingResponse> {
    const { maximumRedirects, maximumResponseBytes } = this.settings;
    let hop = first;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(hop, signal);
      const location = headerOf(response, 'location');
      if (maximumRedirects === 0 || location === undefined || !REDIRECTS.has(response.statusCode)) {
        const hasBody = hop.method !== 'HEAD' && response.statusCode !== 204 && response.statusCode !== 304;
        const bytes = await readBody(response.body, hasBody ? headerOf(response, 'content-encoding') : undefined, maximumResponseBytes);
        return { statusCode: response.statusCode, headers: headersOf(response), body: textOf(bytes, headerOf(response, 'content-type')) };
      }
      await response.body.dump({ limit: 65_536, signal });
      if (redirects >= maximumRedirects)
        throw new HostServiceError('broken', `the server redirects more often than the maximumRedirects ${maximumRedirects}`);
      hop = this.#next(hop, response.statusCode, location);
    }
  }

  async #send(hop: Hop, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string> = { 'accept-encoding': ACCEPTED_ENCODINGS, ...Object.fromEntries(hop.headers) };
    if (!hop.strayed && this.#credentials !== null) headers[this.#credentials.name] = this.#credentials.value;
    return send(hop.url, {
      dispatcher: hop.strayed ? this.#others : this.#own,
      method: hop.method,
      headers,
      body: hop.body,
      signal,
    });
  }

  /** Checked like the first; to another origin nothing goes along that could be secret. RFC 9110 section 15.4. */
  #next(hop: Hop, status: number, location: string): Hop {
    const url = checkedUrl(this.settings, location, hop.url);
    if (hop.url.protocol === 'https:' && url.protocol === 'http:')
      throw new HostServiceError(
        'refused',
        `the server redirects from https to http, to ${url.host}: whoever listens there could answer for it`,
      );
    if (hop.bound && url.origin !== hop.url.origin)
      throw new HostServiceError(
        'refused',
        `the server redirects to ${url.host}, which does not speak for it: name that host in the request`,
      );
    const strayed = hop.strayed || url.origin !== hop.url.origin;
    const becomesGet = status === 303 ? hop.method !== 'HEAD' : (status === 301 || status === 302) && hop.method === 'POST';
    const body = becomesGet ? null : hop.body;
    if (strayed && body !== null)
      throw new HostServiceError('refused', `the server redirects a request with a body to ${url.host}: name that host in the request`);
    const headers = strayed ? harmlessHeaders(hop.headers) : new Map(hop.headers);
    if (body === null) headers.delete('content-type');
    return { url, method: becomesGet ? 'GET' : hop.method, headers, body, strayed, bound: hop.bound };
  }
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function headersOf(response: Dispatcher.ResponseData): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(response.headers)) {
    const value = headerOf(response, name);
    if (value !== undefined) Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return headers;
}
