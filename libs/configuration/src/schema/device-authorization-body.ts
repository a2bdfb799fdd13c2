import { z } from 'zod';
import type { DeviceAuthorizationSettings } from '#libs/oauth';
import { shape } from './shape.ts';

/** How long a client waits for a person to allow it, on a device that has no browser. */
export const deviceAuthorizationBody = shape({
  codeLifetime: z
    .int()
    .min(60)
    .max(1800)
    .default(600)
    .meta({ description: 'Seconds in which the person has to enter the code and to decide. RFC 8628 section 3.2 (`expires_in`).' }),
  pollInterval: z
    .int()
    .min(1)
    .max(60)
    .default(5)
    .meta({ description: 'Seconds that the client waits between two polls. RFC 8628 section 3.2 (`interval`).' }),
}).meta({ description: 'Of endpoints of kind `oauth-device-authorization`, where devices without a browser ask for a code.' });

/** An endpoint of which nothing is said. */
export const PLAIN_DEVICE_AUTHORIZATION: DeviceAuthorizationSettings = deviceAuthorizationBody.parse({});
