/** A host pattern of an HTTP client, taken apart. */
export interface HostPattern {
  /** Lower case, as `URL` writes it: an IPv6 address has its brackets. Of `*.example.com` it is `example.com`. */
  readonly host: string;
  /** Whether hosts below it are meant, at any depth, and not itself. */
  readonly isWildcard: boolean;
  /** Null for the default port of the scheme. */
  readonly port: number | null;
}

/** A host pattern, or in words what is wrong with it. */
export function parseHostPattern(text: string): HostPattern | string {
  const match = /^(\*\.)?(\[[0-9a-f:.]+\]|[^:[\]*]+)(?::([0-9]+))?$/.exec(text);
  const [, wildcard, host = '', portText] = match ?? [];
  if (match === null || /[\s/?#@\\%]/.test(host))
    return 'must be a host such as api.example.com, *.example.com, api.example.com:8443, 10.1.2.3 or [2001:db8::1], without scheme and path';
  const canonical = URL.parse(`https://${host}`)?.hostname;
  if (canonical === undefined || canonical === '' || host.length > 253) return `"${host}" is no host name`;
  if (canonical !== host) return `must be written as "${text.replace(host, canonical)}"`;
  if (host.endsWith('.')) return 'must not end with a dot';
  const isWildcard = wildcard !== undefined;
  if (isWildcard && bitsOf(host.replace(/^\[|\]$/g, '')) !== null) return 'an address has no hosts below it: leave out "*."';
  if (portText === undefined) return { host, isWildcard, port: null };
  const port = Number(portText);
  if (port < 1 || port > 65_535 || String(port) !== portText) return `"${portText}" is no port: it must be 1 to 65535`;
  if (port === 443 || port === 80) return 'leave out the port where it is the default of the scheme';
  return { host, isWildcard, port };
}

/** Ranges that no client may connect to unless it is allowed, of which an allowed one must be a part. RFC 6890. */
const GUARDED: readonly (readonly [address: string, prefix: number])[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
];

/** What is wrong with a CIDR range of addresses that may be connected to all the same; null for nothing. */
export function networkProblem(text: string): string | null {
  const [address = '', prefixText = '', ...rest] = text.split('/');
  const bits = bitsOf(address);
  const prefix = Number(prefixText);
  if (rest.length > 0 || bits === null || !/^(0|[1-9][0-9]{0,2})$/.test(prefixText) || prefix > bits.length)
    return 'must be a CIDR range such as 10.1.0.0/16 or fd00:1::/32';
  if (bits.includes('1', prefix)) return `is not where a range of prefix ${prefixText} starts: the bits after the prefix must be zero`;
  const isGuarded = GUARDED.some(([range, length]) => {
    const guarded = bitsOf(range);
    return guarded?.length === bits.length && prefix >= length && bits.startsWith(guarded.slice(0, length));
  });
  return isGuarded ? null : 'is not within a private, loopback or link-local range; public addresses need no leave';
}

/** An IPv4 or IPv6 address as 32 or 128 zeros and ones; null for anything else. */
function bitsOf(address: string): string | null {
  if (/^[0-9.]+$/.test(address)) {
    // What `URL` writes otherwise is short or octal: readers would disagree about it.
    if (URL.parse(`http://${address}`)?.hostname !== address) return null;
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  // As `URL` writes it: without an IPv4 tail, with the longest run of zeros as `::`.
  const written = /^[0-9A-Fa-f:.]+$/.test(address) ? URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) : undefined;
  if (written === undefined) return null;
  const [first = [], last = []] = written.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}
