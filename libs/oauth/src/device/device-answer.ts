import type { DeviceAuthorizationSettings } from '../configuration/endpoint-settings.ts';
import type { OAuthError } from '../errors.ts';

/** What the answer says beside the device code. */
export interface DeviceAnswer {
  readonly settings: DeviceAuthorizationSettings;
  /** Where people enter codes. */
  readonly verificationUri: string;
  readonly userCode: string;
}

/**
 * The answer to a device: what the procedure returned, and the members of RFC 8628 section 3.2.
 *
 * @param deviceCode that the procedure has issued
 * @param fault makes the error for a procedure that has issued none
 * @returns JSON text
 */
export function deviceAnswer(
  response: string,
  deviceCode: string | undefined,
  { settings, verificationUri, userCode }: DeviceAnswer,
  fault: (message: string) => OAuthError,
): string {
  if (deviceCode === undefined) throw fault('the procedure must issue a device code by deviceCodeNonceIssuer');
  return JSON.stringify({
    ...(JSON.parse(response) as Record<string, unknown>),
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
    expires_in: settings.codeLifetime,
    interval: settings.pollInterval,
  });
}
