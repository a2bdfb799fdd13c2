import { createHash, X509Certificate } from 'node:crypto';
import { header, type OAuthRequest } from '../transport/exchange.ts';

/**
 * Thumbprint of the certificate that the client showed to the gateway: in `Client-Cert` (RFC 9440), or in `X-SSL-Client-Cert` as PEM,
 * URL-encoded (nginx `$ssl_client_escaped_cert`). Null for none and for what cannot be read. RFC 8705 section 3.1.
 */
export function forwardedCertificateThumbprint(request: OAuthRequest): string | null {
  const encoded = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(header(request, 'client-cert') ?? '')?.[1];
  const escaped = header(request, 'x-ssl-client-cert');
  try {
    const certificate = encoded !== undefined ? Buffer.from(encoded, 'base64') : escaped === undefined ? null : decodeURIComponent(escaped);
    if (certificate === null || certificate.length === 0) return null;
    return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  } catch {
    return null;
  }
}
