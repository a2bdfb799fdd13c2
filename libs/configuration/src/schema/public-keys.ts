import { z } from 'zod';
import { shape } from './shape.ts';

const jwk = z.record(z.string().max(64), z.unknown()).meta({ description: 'A public key. RFC 7517.' });

/**
 * Public keys of others as a JWK Set, RFC 7517 section 5; null for none.
 *
 * @param description whose they are, and what for
 */
export function publicKeys(description: string) {
  return shape({ keys: z.array(jwk).min(1).max(16) })
    .nullable()
    .default(null)
    .meta({ description });
}

/** Where somebody publishes such a set instead; null for nowhere. */
export function publicKeysUri(example: string) {
  return z
    .url({ protocol: /^https?$/ })
    .max(512)
    .nullable()
    .default(null)
    .meta({
      description: 'Where it publishes its public keys instead; an HTTP client of the profile must allow the host.',
      examples: [example],
    });
}
