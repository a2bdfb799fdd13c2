/** A request to an API, as far as its token concerns it. */
export interface TokenRequest {
  readonly method: string;
  /** Path and query as they came in. */
  readonly url: string;
  /** Names in lower case. A list is a header that was sent more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Members of the body, where it is a form (`application/x-www-form-urlencoded`) that has been read. */
  readonly form?: Readonly<Record<string, unknown>> | undefined;
  /** The certificate that the client has shown on this connection, DER. */
  readonly certificate?: Uint8Array | undefined;
  /** Address of who made the connection: the client, or a proxy. */
  readonly peerAddress?: string | undefined;
  /** Scheme and host of the URL as this server sees it, such as `https://api.example.com`: for `publicUrl: 'from-request'`. */
  readonly origin?: string | undefined;
}

/** The value of a header; null for none, `repeated` when it was sent more than once. */
export function headerOf({ headers }: TokenRequest, name: string): string | { readonly repeated: true } | null {
  const value = headers[name];
  if (typeof value === 'string') return value;
  if (value === undefined || value.length === 0) return null;
  return value.length === 1 ? (value[0] ?? null) : { repeated: true };
}
