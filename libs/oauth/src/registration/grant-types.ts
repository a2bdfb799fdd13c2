import type { RegisteredCapability } from '../configuration/registration-settings.ts';

/** What a client asks for by `grant_types`, by what it may then do. RFC 7591 section 2. */
export const GRANT_TYPES_OF_CAPABILITIES: Readonly<Record<RegisteredCapability, readonly string[]>> = {
  'authorization-code': ['authorization_code'],
  'device-authorization': ['urn:ietf:params:oauth:grant-type:device_code'],
  'client-credentials': ['client_credentials'],
  'refresh-token': ['refresh_token'],
  'token-exchange': ['urn:ietf:params:oauth:grant-type:token-exchange'],
  assertion: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
};

/** What a template may name. */
export const REGISTERED_CAPABILITIES = Object.keys(GRANT_TYPES_OF_CAPABILITIES) as readonly RegisteredCapability[];

/** The capabilities that grant types stand for; those that are not known stand for none. */
export function capabilitiesOf(grantTypes: readonly unknown[]): readonly RegisteredCapability[] {
  return REGISTERED_CAPABILITIES.filter((capability) => GRANT_TYPES_OF_CAPABILITIES[capability].some((type) => grantTypes.includes(type)));
}
