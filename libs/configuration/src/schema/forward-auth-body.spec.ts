import { describe, expect, test } from '@jest/globals';
import { forwardAuthBody, NO_FORWARD_AUTH } from './forward-auth-body.ts';
import { checkShape } from './shape.ts';

const GOOD = {
  client: 'gateway',
  networks: ['10.1.0.0/16', 'fd00:1::/32', '127.0.0.1/32'],
  certificates: ['A'.repeat(43)],
  requiredScopes: ['read'],
  requiredAudience: 'https://api.example.com',
  acrValues: ['urn:example:second-factor'],
  maxAge: 300,
  claimHeaders: { 'X-Token-Subject': 'sub', Tenant: 'tenant' },
  clientCertificateHeader: 'client-cert',
  resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource',
};

describe('The settings of forward auth', () => {
  test('are taken as they are written', () => {
    expect(checkShape(forwardAuthBody, GOOD)).toEqual({ ok: true, value: GOOD });
  });

  test('need not be written at all: then gateways have credentials of their own', () => {
    expect(checkShape(forwardAuthBody, {})).toEqual({ ok: true, value: NO_FORWARD_AUTH });
    expect(NO_FORWARD_AUTH).toMatchObject({ client: null, networks: [], certificates: [], requiredScopes: [], claimHeaders: {} });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a network that is an address', { networks: ['10.1.2.3'] }, /must be a CIDR range such as/],
    ['a network of a wrong length', { networks: ['10.1.2.3/33'] }, /must be a CIDR range such as/],
    ['a network twice', { networks: ['10.1.0.0/16', '10.1.0.0/16'] }, /is listed twice/],
    ['a thumbprint in hex', { certificates: ['ab:cd'] }, /base64url: 43 characters/],
    ['networks without a client', { client: null }, /gateways that are known by network or certificate ask as a client/],
    ['a header with a space', { claimHeaders: { 'X Subject': 'sub' } }, /must be a header name/],
    ['a header with a line end', { claimHeaders: { 'X\r\nA': 'sub' } }, /must be a header name/],
    ...['Authorization', 'cookie', 'Content-Length', 'X-Accel-Redirect', 'X-Forwarded-For', 'Vary', 'Gateway-Authorization'].map(
      (name): [string, Record<string, unknown>, RegExp] => [
        `the header ${name}`,
        { claimHeaders: { [name]: 'sub' } },
        /a meaning of its own/,
      ],
    ),
    ['a header in two spellings', { claimHeaders: { 'X-A': 'sub', 'x-a': 'aud' } }, /must not name a header twice/],
    ['metadata that is no URL', { resourceMetadata: 'api' }, /URL/],
    ['metadata of another scheme', { resourceMetadata: 'javascript:alert(1)' }, /URL/],
    ['a setting that does not exist', { scopes: ['read'] }, /unknown key "scopes"/],
  ])('refuse %s', (_what, members, message) => {
    const shaped = checkShape(forwardAuthBody, { ...GOOD, ...members });
    expect(shaped.ok).toBe(false);
    expect(shaped.ok ? '' : shaped.problems.map((problem) => problem.message).join('\n')).toMatch(message);
  });
});
