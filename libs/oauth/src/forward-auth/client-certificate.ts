import { createHash, X509Certificate } from 'node:crypto';
import type { ForwardAuthSettings } from '../configuration/entities.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';

/**
 * Thumbprint of the certificate that the client showed to the gateway: in `Client-Cert` (RFC 9440), or in `X-SSL-Client-Cert` as PEM,
 * URL-encoded (nginx `$ssl_client_escaped_cert`). Null for none, for what cannot be read, and where the endpoint was not told that its
 * gateways set the header: certificates are no secret, and a client could send the header itself. RFC 8705 section 3.1.
 */
export function forwardedCertificateThumbprint(
  request: OAuthRequest,
  { clientCertificateHeader: name }: ForwardAuthSettings,
): string | null {
  const value = name === null ? undefined : header(request, name);
  if (value === undefined) return null;
  try {
    const certificate = name === 'client-cert' ? bytesOf(value) : decodeURIComponent(value);
    if (certificate.length === 0) return null;
    return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  } catch {
    return null;
  }
}

/** RFC 8941 section 3.3.5. */
function bytesOf(value: string): Buffer {
  return Buffer.from(/^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1] ?? '', 'base64');
}
