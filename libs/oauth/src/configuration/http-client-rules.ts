import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { HttpClient, HttpCredentials } from './http-client-settings.ts';
import { networkProblem, parseHostPattern } from './outgoing-addresses.ts';

/** From and to, both included; milliseconds, bytes, and hops. */
export const HTTP_CLIENT_LIMITS = {
  timeoutMilliseconds: { minimum: 1, maximum: 60_000, usual: 5000 },
  maximumResponseBytes: { minimum: 1, maximum: 4_194_304, usual: 262_144 },
  maximumRedirects: { minimum: 0, maximum: 5, usual: 0 },
} as const;

/** Host patterns of one client, and ranges. */
export const MOST_ALLOWED_ADDRESSES = 100;
/** Characters of a PEM text. */
export const LARGEST_PEM = 65_536;
/** Characters of a secret or credential. */
export const LARGEST_SECRET = 65_536;

/** Something wrong in an HTTP client: pointer within the entity and message. */
export type HttpClientProblem = readonly [pointer: string, message: string];

/** Everything that can be said to be wrong with an HTTP client while its values are sealed. */
export function httpClientProblems(client: HttpClient): readonly HttpClientProblem[] {
  const { allowedHosts, allowedNetworks, credentials, tls } = client;
  const problems: HttpClientProblem[] = [];
  const report = (pointer: string, message: string | null) => {
    if (message !== null) problems.push([pointer, message]);
  };
  allowedHosts.forEach((host, i) => report(`/allowedHosts/${i}`, hostProblem(host)));
  allowedNetworks.forEach((network, i) => report(`/allowedNetworks/${i}`, networkProblem(network)));
  for (const member of ['allowedHosts', 'allowedNetworks'] as const)
    if (client[member].length > MOST_ALLOWED_ADDRESSES) report(`/${member}`, `must have at most ${MOST_ALLOWED_ADDRESSES} elements`);
  for (const [member, { minimum, maximum }] of Object.entries(HTTP_CLIENT_LIMITS)) {
    const value = client[member as keyof typeof HTTP_CLIENT_LIMITS];
    if (!Number.isSafeInteger(value) || value < minimum || value > maximum)
      report(`/${member}`, `must be a whole number from ${minimum} to ${maximum}`);
  }
  if (credentials?.kind === 'basic') report('/credentials/username', usernameProblem(credentials.username));
  if (credentials?.kind === 'header') report('/credentials/name', headerNameProblem(credentials.name));
  if (tls.caCertificates !== null) report('/tls/caCertificates', certificatesProblem(tls.caCertificates));
  if (tls.clientCertificate !== null) report('/tls/clientCertificate', certificatesProblem(tls.clientCertificate));
  if (tls.clientCertificate !== null && tls.sealedClientKey === null)
    report('/tls/clientCertificate', 'needs its private key: give "clientKey" too');
  if (tls.clientCertificate === null && tls.sealedClientKey !== null)
    report('/tls/clientKey', 'needs its certificate: give "clientCertificate" too');
  return problems;
}

/** What is wrong with a host pattern; null for nothing. */
export function hostProblem(text: string): string | null {
  const pattern = parseHostPattern(text);
  return typeof pattern === 'string' ? pattern : null;
}

/** A user name in Basic authentication ends at the first colon. RFC 7617 section 2. */
export function usernameProblem(username: string): string | null {
  // eslint-disable-next-line no-control-regex -- naming them is how they are refused
  return /^[^:\u0000-\u001f\u007f]{1,256}$/.test(username) ? null : 'must have 1 to 256 characters without colon and control characters';
}

/** Headers that are the business of the connection or the call itself. */
const TAKEN_HEADERS =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-(length|type|encoding)|expect|cookie)$/i;

export function headerNameProblem(name: string): string | null {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name)) return 'must be the name of a header, such as X-Api-Key. RFC 9110 section 5.1';
  return TAKEN_HEADERS.test(name) ? `"${name}" is a header of the connection or the call itself` : null;
}

/** What is wrong with a password, bearer token or header value before it is sealed; null for nothing. Says nothing of the value. */
export function credentialProblem(kind: HttpCredentials['kind'], value: string): string | null {
  if (kind === 'bearer') return /^[A-Za-z0-9._~+/-]{1,65536}=*$/.test(value) ? null : 'must be a bearer token. RFC 6750 section 2.1';
  if (kind === 'header')
    return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) && value.length <= 8192
      ? null
      : 'must have 1 to 8192 printable ASCII characters without space at the ends';
  // eslint-disable-next-line no-control-regex -- naming them is how they are refused
  return /^[^\u0000-\u001f\u007f]{1,4096}$/.test(value) ? null : 'must have 1 to 4096 characters without control characters';
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g;

/** What is wrong with certificates in PEM, one after the other; null for nothing. */
export function certificatesProblem(pem: string): string | null {
  if (pem.length > LARGEST_PEM) return `must have at most ${LARGEST_PEM} characters`;
  const blocks = [...pem.matchAll(PEM_BLOCK)];
  if (blocks.some(([, label]) => label?.includes('PRIVATE KEY') === true)) return 'holds a private key; only certificates belong here';
  if (blocks.length === 0 || blocks.some(([, label]) => label !== 'CERTIFICATE'))
    return 'must be certificates in PEM (-----BEGIN CERTIFICATE-----)';
  // Before and between them PEM may have lines for people, but no block that is cut short.
  if (pem.replaceAll(PEM_BLOCK, '').includes('-----')) return 'has a PEM block that does not end as it began';
  for (const [i, [block]] of blocks.entries()) if (!isCertificate(block)) return `certificate ${i + 1} of ${blocks.length} cannot be read`;
  return null;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/**
 * What is wrong with the private key of a client certificate before it is sealed; null for nothing. Says nothing of the key.
 *
 * @param certificate PEM, the client's own first; null when it is not known
 */
export function clientKeyProblem(key: string, certificate: string | null): string | null {
  if (key.length > LARGEST_PEM) return `must have at most ${LARGEST_PEM} characters`;
  try {
    const parsed = createPrivateKey(key);
    if (certificate === null || certificatesProblem(certificate) !== null) return null;
    return new X509Certificate(certificate).checkPrivateKey(parsed) ? null : 'is not the private key of the client certificate';
  } catch {
    return 'must be a private key in PEM (PKCS #8 or SEC 1) without a passphrase';
  }
}
