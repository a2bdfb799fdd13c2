import { z } from 'zod';
import { DEFAULT_BACKCHANNEL_AUTHENTICATION } from '#libs/oauth';
import { shape } from './shape.ts';

const { lifetime, maximumLifetime, interval } = DEFAULT_BACKCHANNEL_AUTHENTICATION;
const LONGEST_WAIT = 86_400;

/** How authentication requests wait for their people. OpenID Connect CIBA section 7.3. */
export const backchannelAuthenticationBody = shape({
  lifetime: z
    .int()
    .min(10)
    .max(LONGEST_WAIT)
    .default(lifetime)
    .meta({ description: 'Seconds that a request waits for its person when the client does not say, by `requested_expiry`.' }),
  maximumLifetime: z
    .int()
    .min(10)
    .max(LONGEST_WAIT)
    .default(maximumLifetime)
    .meta({ description: 'Seconds that a request waits at most, whatever the client asks for.' }),
  signInWithin: z
    .int()
    .min(10)
    .max(LONGEST_WAIT)
    .nullable()
    .default(null)
    .meta({ description: 'Who approves on the pages and has signed in longer ago than these seconds signs in again; null for nobody.' }),
  interval: z.int().min(1).max(60).default(interval).meta({ description: 'Seconds that a client waits between two polls.' }),
})
  .superRefine((settings, context) => {
    if (settings.lifetime > settings.maximumLifetime)
      context.addIssue({ code: 'custom', path: ['lifetime'], message: `must be at most maximumLifetime (${settings.maximumLifetime})` });
  })
  .meta({ description: 'Of endpoints of kind `oauth-backchannel-authentication`. OpenID Connect CIBA.' });

/** How a client has people authenticated by the backchannel. */
export const backchannelClientBody = shape({
  signedRequestsOnly: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether its authentication requests must be signed, by its own keys. OpenID Connect CIBA section 7.1.1.' }),
}).meta({ description: 'How it has people authenticated by the backchannel. OpenID Connect CIBA.' });
