/** What contexts give access to beside tokens: web services and buckets. */

/** A request to a web service. Any map will do. */
interface WebServiceRequest {
  /** `GET` unless told, for `request`. */
  method?: string;
  /** Resolved against the client's URI. */
  path?: string;
  /** Of a name with several values each is sent; without a value none is. */
  query?: object | null;
  headers?: object | null;
  /**
   * Text is sent as it is; anything else as a form where the header `Content-Type` says `application/x-www-form-urlencoded`,
   * else as JSON.
   */
  body?: unknown;
  /** Milliseconds, at most what the HTTP client allows. */
  timeout?: number | null;
}

/** Options of a request, as an object or as a map with the same names, or only the path. */
type WebServiceOptions = WebServiceRequest | JavaMapMethods | Map<string, unknown> | string | null;

/** The answer of a web service, of any status. */
type WebServiceResponse = JavaMap & {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: JavaMap;
  /** As text. */
  readonly body: string;
};

/**
 * A web service by an HTTP client that the operator has configured: hosts, TLS, credentials and limits are the client's.
 * Calls wait for the answer. They throw when there is none: a host that is not allowed, no connection, a timeout, an answer
 * too large. A request is not undone when the procedure fails.
 */
interface WebServiceClient {
  get(options?: WebServiceOptions): WebServiceResponse;
  post(options?: WebServiceOptions): WebServiceResponse;
  request(options?: WebServiceOptions): WebServiceResponse;
}

/** Attributes that procedures of the profile keep between runs, by subject and purpose. */
type Bucket = WithGetters<{ readonly id: string }> & {
  /** A copy of what is stored, what this run has stored included; empty when nothing is. */
  getAttributes(subject: string, purpose: string): JavaMap;
  /** Takes the place of what is stored, when the procedure succeeds. At most 65,536 characters as JSON. Gives a copy. */
  storeAttributes(subject: string, purpose: string, attributes: object): JavaMap;
  /** When the procedure succeeds. Answers whether there was something to clear. */
  clearBucket(subject: string, purpose: string): boolean;
};
