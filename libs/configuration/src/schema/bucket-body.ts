import type { z } from 'zod';
import type { Bucket, Origin } from '#libs/oauth';
import { shape } from './shape.ts';
import { description } from './values.ts';

/** A bucket as administrators write it. */
export const bucketBody = shape({ description: description.default('') }).meta({
  description: 'A store of attributes that procedures keep between runs. Its entries are data and no part of the configuration.',
});

export type BucketBody = z.output<typeof bucketBody>;

/** The entity that a body describes. */
export function bucketOf(profile: string, id: string, body: BucketBody, origin: Origin): Bucket {
  return { profile, id, description: body.description, origin };
}
