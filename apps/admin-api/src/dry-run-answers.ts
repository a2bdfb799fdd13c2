import { z } from 'zod';
import { faultAnswer, findingAnswer, jsonObject, seconds } from './answers.ts';

/** What a dry run answers. */

export const usage = z.strictObject({
  wallMilliseconds: z.number().describe('Of the last run, on the clock.'),
  cpuMilliseconds: z.number().describe('Processor time of all runs.'),
  heapBytes: z.number(),
  runs: z.int().describe('One, and one more for each call of a service that had to be waited for.'),
});
export const logLine = z.strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error']), message: z.string() });

export const executionCalls = z
  .array(z.strictObject({ kind: z.string(), target: z.string(), milliseconds: z.int(), outcome: z.string() }))
  .describe('The services that the procedure called, in order.');

const dryRunContext = z.strictObject({
  profile: z.string(),
  endpoint: z.string(),
  client: z.strictObject({
    id: z.string(),
    name: z.string(),
    isSample: z.boolean().describe('Whether it is made up.'),
    scopes: z.array(z.string()),
    properties: jsonObject,
  }),
  account: z.strictObject({ id: z.string(), username: z.string(), attributes: jsonObject }).nullable(),
  token: z
    .strictObject({
      status: z
        .enum(['active', 'expired', 'revoked', 'hidden', 'unknown'])
        .describe("`hidden`: active, and none of the client's business."),
      id: z.string().nullable(),
      purpose: z.string().nullable(),
      form: z.string().nullable(),
      clientId: z.string().nullable(),
      data: jsonObject.nullable(),
      expiresAt: seconds.nullable(),
    })
    .nullable()
    .describe('What was found of the token that was given; never its value.'),
});

export const dryRunAnswer = z
  .strictObject({
    outcome: z.enum(['answered', 'rejected', 'fault', 'refused']),
    answer: z.strictObject({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
    fault: faultAnswer
      .extend({ excerpt: z.array(z.string()).describe('The line in which it failed, with a mark below the column.') })
      .nullable(),
    findings: z.array(findingAnswer),
    issued: z.array(z.strictObject({ header: jsonObject, claims: jsonObject })),
    effects: z.array(z.strictObject({ kind: z.string(), detail: z.unknown() })),
    log: z.array(logLine),
    calls: executionCalls,
    usage: usage.nullable(),
    context: dryRunContext.nullable().describe('What it was tried in; null for a text that did not pass the check.'),
    muted: z
      .array(z.strictObject({ kind: z.enum(['signature', 'store', 'call', 'secret']), what: z.string() }))
      .describe(
        'What would have had an effect: signed with a key of no use, not stored, a service that was not asked, a label in place of a secret.',
      ),
    limits: z.record(z.string(), z.number()).describe('Of a run: processor time, heap, calls, effects, log, response.'),
    milliseconds: z.int().describe('All of it, on the clock, waiting for other dry runs included.'),
  })
  .meta({ id: 'DryRunReport' });
