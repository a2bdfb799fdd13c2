import { HostServiceError } from '#libs/oauth';

/** What frames a message or concerns the connection is this service's business: a procedure could smuggle a second request with it. */
const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
]);

/** What may follow a redirect to another host: anything else could be a credential. */
const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent']);

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,100}$/;
/** No line breaks and no other control characters. RFC 9110 section 5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LONGEST_VALUE = 8192;
const MOST = 50;

/**
 * The headers that a procedure gave, with names in lower case.
 *
 * @param taken the header that the client's own credentials fill, in lower case
 * @throws HostServiceError that names the header and never its value
 */
export function checkedHeaders(given: Readonly<Record<string, string>>, taken: string | null): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [givenName, value] of Object.entries(given)) {
    const name = givenName.toLowerCase();
    if (!NAME.test(name)) throw new HostServiceError('refused', 'a request header has a name that HTTP does not allow');
    if (OURS.has(name)) throw new HostServiceError('refused', `the request header ${name} is set by the service and not by procedures`);
    if (name === taken)
      throw new HostServiceError(
        'refused',
        `the request header ${name} is set by the credentials of the HTTP client and not by procedures`,
      );
    if (value.length > LONGEST_VALUE || !VALUE.test(value))
      throw new HostServiceError(
        'refused',
        `the value of the request header ${name} has line breaks or characters that HTTP does not allow, or more than ${LONGEST_VALUE}`,
      );
    if (headers.has(name)) throw new HostServiceError('refused', `the request header ${name} is given twice`);
    headers.set(name, value);
  }
  if (headers.size > MOST) throw new HostServiceError('refused', `a request may have at most ${MOST} headers`);
  return headers;
}

/** What remains of them once a redirect has led to another origin. */
export function harmlessHeaders(headers: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...headers].filter(([name]) => HARMLESS.has(name)));
}
