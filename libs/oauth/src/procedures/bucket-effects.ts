import { CeilingError } from '../issuance/claims.ts';
import type { Effect } from '../stores.ts';
import type { GuestEffect } from './sandbox.ts';
import { bucketArguments } from './service-arguments.ts';
import { requireBucket, type ProfileServices } from './service-calls.ts';

/** Characters of the attributes of one entry. */
const LARGEST = 65_536;

/** Whether an effect is about a bucket, see `host-calls`. */
export function isBucketEffect({ kind }: GuestEffect): boolean {
  return kind === 'bucket-store' || kind === 'bucket-clear';
}

/**
 * What a run has put into buckets and taken out of them, to be committed with the rest.
 *
 * @throws CeilingError when the profile has no such bucket, or it cannot hold this
 */
export function bucketEffects(recorded: readonly GuestEffect[], profile: ProfileServices): readonly Effect[] {
  return recorded.filter(isBucketEffect).map(({ kind, payload }): Effect => {
    const [names = '', attributes = ''] = payload.split('\n');
    const entry = bucketArguments(names);
    requireBucket(profile, entry.bucket);
    if (kind === 'bucket-clear') return { effect: 'bucket-clear', profile: profile.id, ...entry };
    if (!attributes.startsWith('{') || attributes.length > LARGEST)
      throw new CeilingError(`the attributes of a bucket must be an object of at most ${LARGEST} characters as JSON`);
    return { effect: 'bucket-store', profile: profile.id, ...entry, attributes };
  });
}

/** The same for a report to a person. */
export function bucketDetail(effect: Effect): { readonly kind: string; readonly detail: unknown } {
  if (effect.effect !== 'bucket-store' && effect.effect !== 'bucket-clear') return { kind: effect.effect, detail: null };
  const { bucket, subject, purpose } = effect;
  const attributes = effect.effect === 'bucket-store' ? { attributes: JSON.parse(effect.attributes) as unknown } : {};
  return { kind: effect.effect, detail: { bucket, subject, purpose, ...attributes } };
}
