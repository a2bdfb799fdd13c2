import { describe, expect, test } from '@jest/globals';
import { PLAIN_DEVICE_AUTHORIZATION, deviceAuthorizationBody } from './device-authorization-body.ts';
import { endpointBody, endpointOf } from './endpoint-body.ts';

describe('settings of device authorization', () => {
  test('give the person ten minutes, and the device five seconds between two polls (RFC 8628 section 3.2)', () => {
    expect(PLAIN_DEVICE_AUTHORIZATION).toEqual({ codeLifetime: 600, pollInterval: 5 });
  });

  test.each([
    { codeLifetime: 59 },
    { codeLifetime: 1801 },
    { pollInterval: 0 },
    { pollInterval: 61 },
    { pollInterval: 1.5 },
    { interval: 5 },
  ])('refuse %j', (body) => {
    expect(deviceAuthorizationBody.safeParse(body).success).toBe(false);
  });

  test('go with endpoints of their kind only', () => {
    const body = (members: object) => endpointBody.parse({ path: '/device', ...members });
    expect(endpointOf('p', 'oauth-device-authorization', body({}), 'file', true).deviceAuthorization).toEqual(PLAIN_DEVICE_AUTHORIZATION);
    expect(endpointOf('p', 'oauth-token', body({}), 'file', true).deviceAuthorization).toBeNull();
    expect(() => endpointOf('p', 'oauth-token', body({ deviceAuthorization: {} }), 'file', true)).toThrow(
      'goes with endpoints of kind "oauth-device-authorization" only',
    );
  });
});
