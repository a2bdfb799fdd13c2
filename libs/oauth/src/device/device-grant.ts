import type { PersonGrant, StoredGrant } from '../authorize/code-grant.ts';
import type { NewPolledAuthorization } from '../polled-authorization-store.ts';

/** The `grant_type` parameter. RFC 8628 section 3.4. */
export const DEVICE_CODE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/** Kind of the stored grant that a device code becomes once a person has allowed it. */
export const DEVICE_CODE = 'device_code';

/** What a client asks for, before anybody has decided. */
export interface DeviceRequest {
  readonly scopes: readonly string[];
  /** RFC 8707 section 2. */
  readonly resources: readonly string[];
}

/** What is stored until somebody has decided: the request, and the data that the procedure has given the device code. */
export interface StoredDeviceRequest {
  readonly request: DeviceRequest;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a device code that a procedure issues stands for. */
export interface DeviceCodeTerms {
  readonly request: DeviceRequest;
  /** All of what is stored but for the code itself. */
  readonly polled: Omit<NewPolledAuthorization, 'hash' | 'data'>;
}

/** Reads what was stored. */
export function storedDeviceRequest({ data }: Pick<NewPolledAuthorization, 'data'>): StoredDeviceRequest {
  return JSON.parse(data) as StoredDeviceRequest;
}

/** The data of the grant, once a person has allowed what was asked for, or part of it. */
export function allowedDeviceGrant({ data }: StoredDeviceRequest, grant: PersonGrant): string {
  return JSON.stringify({ grant, data } satisfies StoredGrant);
}
