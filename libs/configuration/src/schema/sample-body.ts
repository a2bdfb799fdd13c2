import { z } from 'zod';
import { MOST_SAMPLES, type ProcedureSample } from '#libs/oauth';
import { shape } from './shape.ts';
import { description } from './values.ts';

const members = z.record(z.string(), z.unknown());

/** Name of a sample: words, as people call it. */
export const sampleName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^/\p{Cc}]+$/u, 'must have no slash and no control characters')
  .meta({ description: 'Name of the sample, unique among those of the procedure.' });

/** Samples of a procedure by their names. What they hold is looked at when they run: a file may be of a newer version. */
export const sampleEntries = z
  .record(sampleName, shape({ description: description.default(''), sample: members, expect: members.default({}) }))
  .refine((entries) => Object.keys(entries).length <= MOST_SAMPLES, `may have ${MOST_SAMPLES} samples at most`)
  .meta({ description: 'Contexts to try its versions in, by name, and what is expected there.' });

/** The samples that entries describe, by name. */
export function samplesOf(entries: z.output<typeof sampleEntries>): readonly ProcedureSample[] {
  return Object.entries(entries)
    .map(([name, entry]) => ({ name, ...entry }))
    .sort(byName);
}

/** The order in which a procedure has its samples. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
