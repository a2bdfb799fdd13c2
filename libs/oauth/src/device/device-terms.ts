import type { RegisteredClient } from '../client/registered-client.ts';
import type { DeviceAuthorizationSettings } from '../configuration/endpoint-settings.ts';
import type { RedeemedGrant } from '../token/grant-type.ts';
import { DEVICE_CODE, type DeviceRequest } from './device-grant.ts';
import type { UserCode } from './user-code.ts';

/** Who asks, and what is needed to poll. */
export interface DeviceAsking {
  readonly client: RegisteredClient;
  readonly profile: string;
  readonly issuer: string;
  readonly settings: DeviceAuthorizationSettings;
  readonly userCode: UserCode;
  /** The key that the client has to prove when it polls; null for none. */
  readonly boundTo: string | null;
  readonly now: number;
}

/** What a procedure may issue for a device that has asked: a code to poll with, and nothing that opens anything by itself. */
export function deviceTerms(request: DeviceRequest, asking: DeviceAsking): RedeemedGrant {
  const { client, profile, issuer, settings, userCode, boundTo, now } = asking;
  const expiresAt = now + settings.codeLifetime;
  return {
    // Nobody has decided yet: all that is known is the client.
    ...{ subject: client.id, scopes: request.scopes, delegation: null, refreshScopes: null, idToken: null, code: null },
    deviceCode: {
      request,
      polled: {
        ...{ profile, kind: DEVICE_CODE, clientId: client.id, userCode: userCode.hash, subject: null, boundTo },
        ...{ createdAt: now, expiresAt, interval: settings.pollInterval },
      },
    },
    presented: {},
    defaults: {
      delegation: null,
      accessToken: null,
      deviceCode: {
        ...{ iss: issuer, aud: client.id, scope: request.scopes.join(' '), iat: now, nbf: now, exp: expiresAt, purpose: DEVICE_CODE },
      },
      response: {},
    },
    subjectAttributes: {},
    contextAttributes: {},
    claim: null,
    rotated: null,
  };
}
