import { z } from 'zod';
import { LARGEST_SECRET, type Origin, type Secret } from '#libs/oauth';
import { shape } from './shape.ts';

/** A secret as plain text: a password, a token, a key in PEM. */
export const secretText = z
  .string()
  .min(1)
  .max(LARGEST_SECRET)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .meta({
    description: 'The value itself, 1 to 65536 characters; it is sealed before it is stored and never shown again.',
    writeOnly: true,
  });

/** A secret as administrators write it. */
export const secretBody = shape({ value: secretText }).meta({
  description: 'A value that procedures may read by name when their version was given it.',
});

export type SecretBody = z.output<typeof secretBody>;

/** The entity, with the value sealed. Times are seconds since 1970. */
export function secretOf(
  profile: string,
  id: string,
  sealedValue: string,
  times: { readonly createdAt: number; readonly updatedAt: number },
  origin: Origin,
): Secret {
  return { profile, id, sealedValue, createdAt: times.createdAt, updatedAt: times.updatedAt, origin };
}
