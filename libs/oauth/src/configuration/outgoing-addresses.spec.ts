import { describe, expect, test } from '@jest/globals';
import { networkProblem, parseHostPattern } from './outgoing-addresses.ts';

describe('host patterns of HTTP clients', () => {
  test.each([
    ['api.example.com', { host: 'api.example.com', isWildcard: false, port: null }],
    ['*.example.com', { host: 'example.com', isWildcard: true, port: null }],
    ['*.example.com:8443', { host: 'example.com', isWildcard: true, port: 8443 }],
    ['localhost:3000', { host: 'localhost', isWildcard: false, port: 3000 }],
    ['10.1.2.3', { host: '10.1.2.3', isWildcard: false, port: null }],
    ['[2001:db8::1]:8443', { host: '[2001:db8::1]', isWildcard: false, port: 8443 }],
    ['under_score.example.com', { host: 'under_score.example.com', isWildcard: false, port: null }],
  ])('%s is one', (text, pattern) => {
    expect(parseHostPattern(text)).toEqual(pattern);
  });

  test.each([
    ['API.example.com', 'must be written as "api.example.com"'],
    ['*.Bücher.example:8443', 'must be written as "*.xn--bcher-kva.example:8443"'],
    ['0x7f.1', 'must be written as "127.0.0.1"'],
    ['[2001:db8:0::1]', 'must be written as "[2001:db8::1]"'],
    ['api.example.com:443', 'leave out the port where it is the default of the scheme'],
    ['api.example.com:08443', '"08443" is no port: it must be 1 to 65535'],
    ['api.example.com:70000', '"70000" is no port: it must be 1 to 65535'],
    ['*.10.1.2.3', 'an address has no hosts below it: leave out "*."'],
    ['*.[::1]', 'an address has no hosts below it: leave out "*."'],
    ['api.example.com.', 'must not end with a dot'],
    ['1.2.3.4.5', '"1.2.3.4.5" is no host name'],
  ])('%s is none, and is told apart', (text, message) => {
    expect(parseHostPattern(text)).toBe(message);
  });

  test.each([
    '',
    '*',
    '*.*',
    'a*.example.com',
    'https://api.example.com',
    'api.example.com/v1',
    'me@api.example.com',
    'a b',
    '[::1',
    '::1',
    'x%2e',
  ])('"%s" is none', (text) => {
    expect(parseHostPattern(text)).toMatch(/^must be a host such as api\.example\.com/);
  });
});

describe('ranges that HTTP clients may be allowed to connect to (RFC 6890)', () => {
  test.each([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '127.0.0.1/32',
    '169.254.169.254/32',
    '100.64.0.0/10',
    '192.168.7.0/24',
    '::1/128',
    'fd00:1::/32',
    'FE80::/64',
    'fc00::/7',
  ])('%s may be', (range) => {
    expect(networkProblem(range)).toBeNull();
  });

  test.each(['8.8.8.0/24', '0.0.0.0/0', '10.0.0.0/7', '172.32.0.0/16', '::/0', '2001:db8::/32', 'fc00::/6', '::ffff:10.0.0.0/104'])(
    '%s may not: public addresses need no leave, and a wider range would open more than was meant',
    (range) => {
      expect(networkProblem(range)).toBe('is not within a private, loopback or link-local range; public addresses need no leave');
    },
  );

  test.each(['10.1.0.0/8', '192.168.7.1/24', 'fd00:1::1/32'])('%s does not start where its range does', (range) => {
    expect(networkProblem(range)).toMatch(/the bits after the prefix must be zero/);
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/08',
    'fe80::1%eth0/64',
    'fd00::/129',
    'host/8',
    '10.0.0.0.0/8',
  ])('"%s" is no range', (range) => {
    expect(networkProblem(range)).toBe('must be a CIDR range such as 10.1.0.0/16 or fd00:1::/32');
  });
});
