import { describe, expect, test } from '@jest/globals';
import { AddressRules } from './addresses.ts';

const none = new AddressRules([]);

describe('addresses that a client may connect to', () => {
  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.1.1', '223.255.255.255', '2606:4700::1111', '2a00:1450::1', '2001:4860::8888'])(
    'are public ones: %s',
    (address) => {
      expect(none.allows(address)).toBe(true);
    },
  );

  test.each([
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['link-local, with metadata services', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ['unique-local', 'fc00::1', 'fd00:ec2::254'],
    ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
    ['multicast and broadcast', '224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1'],
    [
      'reserved and documentation',
      '240.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '2001:db8::1',
      '3fff::1',
      '100::1',
    ],
    ['IPv4-mapped and -compatible', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1'],
    ['of NAT64', '64:ff9b::8.8.8.8', '64:ff9b::7f00:1', '64:ff9b:1::1'],
    ['tunnels that name an IPv4 address', '2002:7f00:1::', '2001:0:4136:e378::1'],
    ['site-local', 'fec0::1'],
  ])('are never %s ones unless a network allows them (RFC 6890)', (_what, ...addresses) => {
    for (const address of addresses) expect({ address, allowed: none.allows(address) }).toEqual({ address, allowed: false });
  });

  test.each(['', 'localhost', '127.1', '0x7f000001', '2130706433', '017700000001', '127.0.0.1:80', '[::1]', '1.2.3.4.5'])(
    'are nothing that is not written as an address: %s',
    (text) => {
      expect(new AddressRules(['0.0.0.0/0', '::/0']).allows(text)).toBe(false);
    },
  );

  test('are those of the networks that the operator named, and no neighbours', () => {
    const rules = new AddressRules(['10.1.0.0/16', 'fd00:1::/32', '127.0.0.1']);
    expect(['10.1.255.255', 'fd00:1::9', '127.0.0.1', '8.8.8.8'].every((address) => rules.allows(address))).toBe(true);
    expect(['10.2.0.1', 'fd00:2::1', '127.0.0.2', '169.254.169.254'].some((address) => rules.allows(address))).toBe(false);
  });

  test.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/x', '10.0.0.0/8/8', 'private', '/8'])(
    'a network that is none is refused: %s',
    (network) => {
      expect(() => new AddressRules([network])).toThrow(/is no address range/);
    },
  );
});
