import { describe, expect, test } from '@jest/globals';
import { clientOf, gatewayOf, profileOf } from '../testing/service-builder.ts';
import { RegisteredClient } from './registered-client.ts';

const registered = (...parts: Parameters<typeof clientOf>) => new RegisteredClient(clientOf(...parts), profileOf());

describe('defaults of a client', () => {
  test('one whose only capability is introspection may see any token in every format (PROTOCOL 1)', () => {
    const client = new RegisteredClient(gatewayOf('g'), profileOf());
    expect(client.policy).toBe('any');
    expect([...client.formats]).toEqual(['json', 'jwt', 'signed']);
  });

  test('every other client sees its own tokens only, as JSON (PROTOCOL 1)', () => {
    for (const capabilities of [['introspection', 'client-credentials'], ['client-credentials'], []] as const) {
      const client = registered('c', { capabilities: [...capabilities] });
      expect(client.policy).toBe('own');
      expect([...client.formats]).toEqual(['json']);
    }
  });

  test('its own settings win', () => {
    const client = new RegisteredClient(gatewayOf('g', { policy: 'own', formats: ['jwt'] }), profileOf());
    expect(client.policy).toBe('own');
    expect([...client.formats]).toEqual(['jwt']);
  });

  test('aud is its audiences, a string when single, else its id (PROTOCOL 3)', () => {
    expect(registered('c').audience).toBe('c');
    expect(registered('c', { audiences: ['https://api'] }).audience).toBe('https://api');
    expect(registered('c', { audiences: ['https://api', 'b'] }).audience).toEqual(['https://api', 'b']);
  });

  test("lifetime and format are the profile's unless the client has its own, and never above the profile's maximum", () => {
    expect(registered('c')).toMatchObject({ accessTokenLifetime: 300, accessTokenFormat: 'opaque' });
    expect(registered('c', { accessTokenLifetime: 10, accessTokenFormat: 'jwt' })).toMatchObject({
      accessTokenLifetime: 10,
      accessTokenFormat: 'jwt',
    });
    expect(registered('c', { accessTokenLifetime: 1e9 }).accessTokenLifetime).toBe(3600);
  });
});

test('what procedures see of a client has no secret in it (PROCEDURE_API 5)', () => {
  const client = registered('c', { properties: { beta: 'true' }, audiences: ['a'] });
  expect(JSON.parse(client.viewText)).toEqual({
    ...{ id: 'c', name: 'c', description: '', properties: { beta: 'true' }, audiences: ['a'] },
    ...{
      accessTokenTimeToLive: 300,
      idTokenTimeToLive: 600,
      delegationTimeToLive: 604_800,
      scopes: ['read', 'write'],
      capabilities: ['client-credentials'],
    },
  });
  expect(client.viewText).not.toContain('sha256$');
});
