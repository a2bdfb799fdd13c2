import { hash, X509Certificate } from 'node:crypto';

/** A certificate that a client showed: to this node, or to a proxy that this node believes. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  /** Whether one of the authorities stands behind it that this node's operator has named. */
  readonly isTrusted: boolean;
}

/**
 * The certificate in a header that somebody who ended the TLS connection has set: `Client-Cert` (RFC 9440), or `X-SSL-Client-Cert`
 * as PEM, URL-encoded (nginx `$ssl_client_escaped_cert`). Null for none, and for what cannot be read.
 */
export function certificateInHeader(name: 'client-cert' | 'x-ssl-client-cert', value: string | undefined): X509Certificate | null {
  if (value === undefined) return null;
  try {
    const encoded = name === 'client-cert' ? bytesOf(value) : decodeURIComponent(value);
    return encoded.length === 0 ? null : new X509Certificate(encoded);
  } catch {
    return null;
  }
}

/** As in `x5t#S256`. RFC 8705 section 3.1. */
export function certificateThumbprint(certificate: X509Certificate): string {
  return hash('sha256', certificate.raw, 'base64url');
}

/** RFC 8941 section 3.3.5. */
function bytesOf(value: string): Buffer {
  return Buffer.from(/^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1] ?? '', 'base64');
}
