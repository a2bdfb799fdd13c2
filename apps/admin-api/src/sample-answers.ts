import { z } from 'zod';
import { ENDPOINT_KINDS } from '#libs/oauth';
import { findingAnswer, jsonObject, testsAnswer } from './answers.ts';
import { dryRunAnswer } from './dry-run-answers.ts';

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

const sides = 'as a text of several lines, as far as the expectation speaks of it; null where the sentence says all.';
export const sampleRunAnswer = z
  .strictObject({
    name: z.string(),
    state: testsAnswer.shape.samples.element.shape.state,
    problems: z.array(z.string()).describe('What does not hold; or why it could not run.'),
    differences: z
      .array(
        z.strictObject({
          what: z.string().describe('Such as `the response`.'),
          problem: z.string().describe('All of it in a sentence.'),
          expected: z.string().nullable().describe(`What was expected, ${sides}`),
          actual: z.string().nullable().describe(`What came, ${sides}`),
        }),
      )
      .describe('What does not hold, to be compared.'),
    report: dryRunAnswer.nullable().describe('Null where it could not run.'),
  })
  .meta({ id: 'SampleRun' });

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
