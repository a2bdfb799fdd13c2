import { beforeAll, describe, expect, test } from '@jest/globals';
import { FakeService, ISSUER } from './testing/fake-service.ts';
import type { TokenValidatorOptions } from './settings.ts';
import { createTokenValidator } from './token-validator.ts';

let service: FakeService;
beforeAll(async () => {
  service = await FakeService.open();
});

describe('options', () => {
  test.each<[Partial<Record<keyof TokenValidatorOptions, unknown>>, RegExp]>([
    [{ issuer: 'http://as.example' }, /issuer must be an https URL/],
    [{ issuer: `${ISSUER}?a=b` }, /issuer must be an https URL without query/],
    [{ issuer: undefined }, /issuer must be/],
    [{ audience: undefined }, /audience must be a string, a list of strings, or null/],
    [{ audience: [] }, /audience must be/],
    [{ clientSecret: undefined }, /clientId and clientSecret belong together/],
    [{ clientSecret: '' }, /must not be empty/],
    [{ clientId: undefined, clientSecret: undefined, introspectJwts: true }, /introspection needs clientId/],
    [{ clientId: undefined, clientSecret: undefined, introspection: 'jwt' }, /introspection needs clientId/],
    [{ clientId: undefined, clientSecret: undefined, revocationEvents: true }, /revocationEvents needs clientId/],
    [{ revocationLagWithFeed: -1 }, /revocationLagWithFeed must be a number of seconds/],
    [{ introspection: 'xml' }, /introspection must be/],
    [{ introspectionEndpoint: 'http://as.example/i' }, /introspectionEndpoint must be an https URL/],
    [{ revocationLag: -1 }, /revocationLag must be a number of seconds/],
    [{ revocationLag: Infinity }, /revocationLag must be/],
    [{ staleIfError: '5' }, /staleIfError must be/],
    [{ cacheSize: 0 }, /cacheSize must be an integer/],
    [{ scopes: { all: 'read' } }, /scopes.all must be a list of scopes/],
    [{ scopes: { any: ['read write'] } }, /scopes.any must be a list of scopes, each without spaces/],
    [{ acceptFrom: [] }, /acceptFrom must name/],
    [{ acceptFrom: ['cookie'] }, /acceptFrom must name/],
    [{ realm: 'a\r\nb' }, /printable ASCII/],
    [{ resourceMetadata: 'https://ä.example' }, /printable ASCII/],
    [{ publicUrl: 'api.example' }, /publicUrl must be a URL/],
    [{ certificateProxies: ['proxy.example'] }, /no address and no CIDR range/],
    [{ certificateProxies: ['10.0.0.0/99'] }, /no address and no CIDR range/],
  ])('%j is refused at once', (options, message) => {
    expect(() => createTokenValidator({ ...service.options(), ...options } as TokenValidatorOptions)).toThrow(message);
  });

  test.each(['http://localhost:8443/~', 'http://127.0.0.1:1/~', 'http://[::1]:1'])('TLS is not needed on this machine: %s', (issuer) => {
    expect(() => createTokenValidator(service.options({ issuer }))).not.toThrow();
  });

  test('nor elsewhere for who insists', () => {
    expect(() => createTokenValidator(service.options({ issuer: 'http://as.internal', allowHttp: true }))).not.toThrow();
  });
});
