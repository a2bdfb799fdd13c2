import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RegisteredClient } from '../client/registered-client.ts';
import type { IntrospectionFormat } from '../configuration/client-settings.ts';
import { gatewayOf, profileOf } from '../testing/service-builder.ts';
import { acceptedFormats, chooseFormat } from './introspection-format.ts';

const caller = (
  formats: readonly IntrospectionFormat[] | null = null,
  encryption: null | { alg: string; enc: string; jwk: object } = null,
) => new RegisteredClient(gatewayOf('gateway', { formats, encryption: encryption as never }), profileOf());
const JWT = 'application/jwt';
const SIGNED = 'application/token-introspection+jwt';

describe('the format of an introspection (PROTOCOL 1; RFC 9110 section 12.5.1)', () => {
  test.each<[string | undefined, IntrospectionFormat]>([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['text/html', 'json'],
    ['application/json', 'json'],
    [JWT, 'jwt'],
    ['Application/JWT', 'jwt'],
    [SIGNED, 'signed'],
    ['application/jwt; charset=utf-8', 'jwt'],
    // By q, then in the order written.
    [`${JWT};q=0.5, application/json;q=0.9`, 'json'],
    [`${JWT};q=0.9, application/json;q=0.5`, 'jwt'],
    [`application/json, ${JWT}`, 'json'],
    [`${JWT}, application/json`, 'jwt'],
    [`${SIGNED};q=0.4 , ${JWT} ; q=0.7`, 'jwt'],
    [`${JWT};Q=0.1,${SIGNED};q=0.2`, 'signed'],
    // What a browser sends through an auth_request gateway.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8', 'json'],
    // A wildcard means JSON, in its place.
    [`*/*, ${JWT};q=0.9`, 'json'],
    [`${JWT}, */*;q=0.1`, 'jwt'],
    // Refused by q=0, or by a q that is none.
    [`${JWT};q=0`, 'json'],
    [`${JWT};q=0.000`, 'json'],
    [`${JWT};q=2`, 'json'],
    [`${JWT};q=-1`, 'json'],
    [`${JWT};q=high`, 'json'],
    [`${JWT};q=`, 'json'],
    ['application/jwtx', 'json'],
    ['constructor, __proto__, toString', 'json'],
    [',,;;,q=1', 'json'],
  ])('%s gives %s', (accept, format) => {
    expect(chooseFormat(accept, caller())).toBe(format);
  });

  test('a format that the client may not have is passed over for the next, and JSON in the end', () => {
    expect(chooseFormat(JWT, caller(['json']))).toBe('json');
    expect(chooseFormat(`${JWT}, ${SIGNED}`, caller(['json', 'signed']))).toBe('signed');
    expect(chooseFormat(`${SIGNED}, application/json;q=0.5, ${JWT};q=0.4`, caller(['json', 'jwt']))).toBe('json');
  });

  test('a client that wants its answers encrypted gets nothing else (PROTOCOL 1; RFC 9701 section 6)', () => {
    const encrypted = caller(null, { alg: 'ECDH-ES', enc: 'A128GCM', jwk: {} });
    for (const accept of [undefined, 'application/json', JWT, '*/*', SIGNED]) expect(chooseFormat(accept, encrypted)).toBe('signed');
  });

  test('whatever is sent, a format that is allowed comes out, and the same one again', () => {
    const piece = fc.oneof(
      fc.constantFrom(JWT, SIGNED, 'application/json', '*/*', ',', ';', 'q=', '=', '0.5', '1', '0', ' '),
      fc.string({ maxLength: 6 }),
    );
    const onlyJson = caller(['json']);
    const all = caller();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const accept = pieces.join('');
        expect(chooseFormat(accept, onlyJson)).toBe('json');
        const format = chooseFormat(accept, all);
        expect(['json', 'jwt', 'signed']).toContain(format);
        if (format !== 'json') expect(accept.toLowerCase()).toContain(format === 'jwt' ? JWT : SIGNED);
        expect(chooseFormat(accept, all)).toBe(format);
      }),
      { numRuns: 500 },
    );
  });

  test('what was parsed is remembered in bounds, and forgetting changes nothing', () => {
    for (let i = 0; i < 1000; i++) acceptedFormats(`application/x-${i}, ${JWT}`);
    expect(acceptedFormats(`application/x-0, ${JWT}`)).toEqual(['jwt']);
    expect(acceptedFormats(`application/x-0, ${JWT}`)).toBe(acceptedFormats(`application/x-0, ${JWT}`));
  });
});
