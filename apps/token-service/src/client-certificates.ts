import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';
import { certificateInHeader, certificatesProblem, type ClientAuthenticationMethod, type ClientCertificate } from '#libs/oauth';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Extended key usages that let a certificate speak for a client. RFC 5280 section 4.2.1.12. */
const CLIENT_USAGES: readonly string[] = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates that clients show: in the TLS handshake with this node, or to a trusted proxy that tells them in a header. It is
 * one or the other, as the node is told: a header is never believed beside a handshake, nor from anybody but the proxy.
 */
export class ClientCertificates {
  readonly #authorities: readonly X509Certificate[];
  readonly #proxies = new BlockList();

  /** @throws StartError when the authorities cannot be read */
  constructor(private readonly settings: Pick<Settings, 'tls' | 'trustProxy' | 'proxyClientCertificate' | 'clientAuthorities'>) {
    this.#authorities = settings.clientAuthorities === null ? [] : readAuthorities(settings.clientAuthorities);
    for (const entry of settings.trustProxy) {
      const [address = '', prefix = ''] = entry.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (prefix === '') this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(prefix), family);
    }
  }

  /** What clients can authenticate by, here. */
  get methods(): readonly ClientAuthenticationMethod[] {
    if (!this.settings.tls.asksForCertificates && this.settings.proxyClientCertificate === null) return [];
    return this.#authorities.length === 0 ? ['self_signed_tls_client_auth'] : ['tls_client_auth', 'self_signed_tls_client_auth'];
  }

  /** For the listener. Any certificate is taken: what it is good for is found out when it is used. */
  get tlsOptions(): { readonly requestCert?: boolean; readonly rejectUnauthorized?: boolean; readonly ca?: readonly string[] } {
    if (!this.settings.tls.asksForCertificates) return {};
    const ca = this.#authorities.map((authority) => authority.toString());
    return { requestCert: true, rejectUnauthorized: false, ...(ca.length === 0 ? {} : { ca }) };
  }

  /** The client's certificate; null for none. */
  of(request: IncomingMessage): ClientCertificate | null {
    return this.settings.tls.asksForCertificates ? this.#shown(request) : this.#told(request);
  }

  #shown({ socket }: IncomingMessage): ClientCertificate | null {
    if (!(socket instanceof TLSSocket)) return null;
    const certificate = socket.getPeerX509Certificate();
    // Without authorities of its own the listener has tried those of the platform, which anybody can be certified by.
    return certificate === undefined ? null : { certificate, isTrusted: this.#authorities.length > 0 && socket.authorized };
  }

  #told({ socket, headers }: IncomingMessage): ClientCertificate | null {
    const { proxyClientCertificate: name } = this.settings;
    const address = socket.remoteAddress ?? '';
    if (name === null || isIP(address) === 0 || !this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return null;
    const value = headers[name];
    const certificate = certificateInHeader(name, typeof value === 'string' ? value : undefined);
    // Proxies pass on what nobody has verified, too, if they are told to.
    return certificate === null
      ? null
      : { certificate, isTrusted: this.#authorities.some((authority) => isIssued(certificate, authority)) };
  }
}

/** A proxy tells no intermediate certificates, so that an authority must have issued the certificate itself. RFC 5280 section 6. */
function isIssued(certificate: X509Certificate, authority: X509Certificate): boolean {
  const usages = certificate.keyUsage as readonly string[] | undefined;
  return (
    authority.ca &&
    [certificate, authority].every(isInForce) &&
    (usages === undefined || usages.some((usage) => CLIENT_USAGES.includes(usage))) &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey)
  );
}

function isInForce({ validFromDate, validToDate }: X509Certificate): boolean {
  const now = Date.now();
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}

function readAuthorities(file: string): readonly X509Certificate[] {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StartError(`cannot read the authorities of clients: ${(cause as Error).message}`, { cause });
  }
  const problem = certificatesProblem(pem);
  if (problem !== null) throw new StartError(`${file}, the authorities of clients, ${problem}`);
  const authorities = (pem.match(PEM_BLOCK) ?? []).map((block) => new X509Certificate(block));
  const other = authorities.findIndex(({ ca }) => !ca);
  if (other >= 0) throw new StartError(`${file}, the authorities of clients: certificate ${other + 1} is not one of an authority`);
  return authorities;
}
