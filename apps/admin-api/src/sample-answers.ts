import { z } from 'zod';
import { ENDPOINT_KINDS } from '#libs/oauth';
import { findingAnswer, jsonObject, testsAnswer } from './answers.ts';

/** What is answered about samples, and about what an activation would change. */

export const sampleAnswer = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    sample: jsonObject.describe('As tests of procedures write it.'),
    expect: jsonObject,
  })
  .meta({ id: 'ProcedureSample' });

export const samplesAnswer = z.strictObject({ items: z.array(sampleAnswer), next: z.null() }).meta({ id: 'ProcedureSamples' });

export const activationAnswer = z
  .strictObject({
    procedure: z.string(),
    flow: z.string(),
    version: z.int(),
    active: z.int().nullable(),
    against: z.string().describe('What it is compared with: `mine@2`, or `default`.'),
    diff: z.string().describe('Unified; empty when they are equal.'),
    findings: z.array(findingAnswer).describe('What the check says of its types.'),
    tests: testsAnswer.nullable(),
    affected: z
      .array(
        z.strictObject({
          profile: z.string(),
          endpoint: z.string(),
          kind: z.enum(ENDPOINT_KINDS),
          flow: z.string(),
          clients: z.int().describe('Enabled clients of the configuration that may use it.'),
        }),
      )
      .describe('Bindings that pin no version: they answer with it once it is active.'),
    pinned: z.array(z.strictObject({ profile: z.string(), endpoint: z.string(), flow: z.string(), version: z.int() })),
  })
  .meta({ id: 'Activation' });
