import { BlockList, isIP } from 'node:net';
import { HostServiceError } from '#libs/oauth';

/** Nothing that a public service would listen on: private, loopback, link-local, shared, documentation, multicast, reserved. RFC 6890. */
const REFUSED_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within global unicast: protocol assignments with Teredo, documentation, 6to4, whose addresses can name an IPv4 address inside. */
const REFUSED_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const refusedIpv4 = listOf(REFUSED_IPV4, 'ipv4');
const refusedIpv6 = listOf(REFUSED_IPV6, 'ipv6');
/** All public addresses are in here; IPv4-mapped ones and those of NAT64 are not. RFC 4291 section 2.4. */
const globalUnicast = listOf([['2000::', 3]], 'ipv6');

/** Which addresses a client may connect to: public ones, and those of the networks that its operator named. */
export class AddressRules {
  readonly #allowed = new BlockList();

  /** @param networks CIDR ranges or single addresses; @throws HostServiceError for anything else */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix, ...rest] = network.split('/');
      const version = isIP(address);
      const longest = version === 4 ? 32 : 128;
      const length = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
      if (version === 0 || rest.length > 0 || length < 0 || length > longest)
        throw new HostServiceError('refused', `"${network}" among the allowed networks is no address range: write it as 10.1.0.0/16`);
      this.#allowed.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
    }
  }

  /** @param address an IP address without brackets; anything else is not allowed */
  allows(address: string): boolean {
    const plain = address.replace(/%.*$/, '');
    const version = isIP(plain);
    if (version === 0) return false;
    if (this.#allowed.check(plain, version === 4 ? 'ipv4' : 'ipv6')) return true;
    return version === 4 ? !refusedIpv4.check(plain, 'ipv4') : globalUnicast.check(plain, 'ipv6') && !refusedIpv6.check(plain, 'ipv6');
  }
}

function listOf(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}
