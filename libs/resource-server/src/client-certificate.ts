import { createHash, X509Certificate } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { headerOf, type TokenRequest } from './token-request.ts';

/** Networks as addresses or CIDR ranges. @throws TypeError for anything else */
export function networksOf(ranges: readonly string[]): BlockList {
  const networks = new BlockList();
  for (const range of ranges) {
    const [address = '', length] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      if (length === undefined) networks.addAddress(address, family);
      else networks.addSubnet(address, Number(length), family);
    } catch (cause) {
      throw new TypeError(`trustedProxies has "${range}", which is no address and no CIDR range`, { cause });
    }
  }
  return networks;
}

/**
 * SHA-256 thumbprint of the client's certificate, as in `cnf["x5t#S256"]`: of the connection, or, where proxies end TLS, of what
 * they say in `Client-Cert` (RFC 9440). Null for none. RFC 8705 section 3.1.
 *
 * @param proxies who may speak for the client; null when nobody may
 */
export function certificateThumbprint(request: TokenRequest, proxies: BlockList | null): string | null {
  if (proxies === null) return request.certificate === undefined ? null : thumbprint(request.certificate);
  const { peerAddress } = request;
  if (peerAddress === undefined || !proxies.check(plain(peerAddress), isIPv6(plain(peerAddress)) ? 'ipv6' : 'ipv4')) return null;
  const value = headerOf(request, 'client-cert');
  const encoded = typeof value === 'string' ? /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1] : undefined;
  if (encoded === undefined) return null;
  try {
    return thumbprint(new X509Certificate(Buffer.from(encoded, 'base64')).raw);
  } catch {
    // No certificate: the token's binding is not met, which says it all.
    return null;
  }
}

function thumbprint(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('base64url');
}

/** IPv4 as it is, where a socket for both families shows it as IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
