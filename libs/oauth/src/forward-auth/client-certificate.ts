import type { ForwardAuthSettings } from '../configuration/endpoint-settings.ts';
import { certificateInHeader, certificateThumbprint } from '../transport/client-certificate.ts';
import { header, type OAuthRequest } from '../transport/exchange.ts';

/**
 * Thumbprint of the certificate that the client showed to the gateway. Null for none, for what cannot be read, and where the endpoint
 * was not told that its gateways set the header: certificates are no secret, and a client could send the header itself.
 * RFC 8705 section 3.1.
 */
export function forwardedCertificateThumbprint(
  request: OAuthRequest,
  { clientCertificateHeader: name }: ForwardAuthSettings,
): string | null {
  const certificate = name === null ? null : certificateInHeader(name, header(request, name));
  return certificate === null ? null : certificateThumbprint(certificate);
}
