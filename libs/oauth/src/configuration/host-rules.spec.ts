import { describe, expect, test } from '@jest/globals';
import { checkedUrl, mayReach, type HostRules } from './host-rules.ts';

const aClient = (members: Partial<HostRules>): HostRules => ({
  id: 'partner',
  allowedHosts: ['api.example'],
  allowHttp: false,
  ...members,
});

const rules = aClient({
  allowHttp: false,
  allowedHosts: ['api.example', '*.cdn.example', 'other.example:8443', '10.1.2.3', '[2001:db8::1]'],
});
const reach = (url: string, client = rules) => mayReach(client, new URL(url));

describe('hosts that a client may reach', () => {
  test.each([
    'https://api.example/x',
    'https://API.Example:443/',
    'https://a.cdn.example/',
    'https://a.b.cdn.example/',
    'https://other.example:8443/',
    'https://10.1.2.3/',
    'https://[2001:db8:0::1]/',
  ])('are those named, whole, below a wildcard, or with a port: %s', (url) => {
    expect(reach(url)).toBe(true);
  });

  test.each([
    'https://api.example:8443/',
    'https://api.example./',
    'https://api.example.evil/',
    'https://evilapi.example/',
    'https://x.api.example/',
    'https://cdn.example/',
    'https://evilcdn.example/',
    'https://other.example/',
    'https://[::ffff:10.1.2.3]/',
    'https://api.example@evil.example/',
    'https://user@api.example/',
    'https://:password@api.example/',
    'http://api.example/',
    'ftp://api.example/',
    'file:///etc/passwd',
    'https://evil.example/?https://api.example/',
    'https://evil.example#@api.example/',
    'https://evil.example\\@api.example/',
  ])('are no others: %s', (url) => {
    expect(reach(url)).toBe(false);
  });

  test('are what an odd notation of an address stands for, and nothing by its looks', () => {
    const loopback = aClient({ allowedHosts: ['*.0.0.1', 'api.example'] });
    for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '0x7f000001', '127.0.0.1'])
      expect(reach(`http://${host}/`, loopback)).toBe(false);
    expect(reach('https://0x0a.1.2.3/')).toBe(true);
  });

  test('are none when none is named', () => {
    expect(reach('https://api.example/', aClient({ allowedHosts: [] }))).toBe(false);
  });

  test('a refusal names the setting in the way, and no credentials', () => {
    expect(() => checkedUrl(rules, 'http://api.example/')).toThrow(/allowHttp/);
    expect(() => checkedUrl(rules, 'https://evil.example/')).toThrow(
      'evil.example is not among the allowedHosts of the HTTP client "partner"',
    );
    expect(() => checkedUrl(rules, 'https://user:hush@api.example/')).toThrow(/^(?!.*hush)/);
    expect(() => checkedUrl(rules, 'api.example')).toThrow(/is not a URL/);
  });
});
