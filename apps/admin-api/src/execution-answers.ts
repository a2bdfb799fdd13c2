import { z } from 'zod';
import { EXECUTION_OUTCOMES } from '#libs/executions';
import { ENDPOINT_KINDS } from '#libs/oauth';
import { faultAnswer } from './answers.ts';
import { executionCalls, logLine, usage } from './dry-run-answers.ts';

/** What ran, for the OpenAPI description. A test holds real answers against these. */

const name = z.string().nullable();

export const executionAnswer = z
  .strictObject({
    id: z.string(),
    node: z.string().describe('The node that served it.'),
    at: z.number().describe('Seconds since 1970, with milliseconds.'),
    profile: z.string(),
    endpoint: z.string(),
    kind: z.enum(ENDPOINT_KINDS),
    flow: name.describe('Null, with the next three, where the request ended before it was known.'),
    procedure: name,
    version: z.int().nullable(),
    choice: z
      .enum(['active', 'pinned', 'default'])
      .nullable()
      .describe('Why this version answers: it is the active one, the binding pins it, or nothing is bound.'),
    why: z.string().describe('Why this version ran, or why none did, in words.'),
    client: name.describe(
      'The authenticated client; for a request that was refused, the client whose credentials were wrong, if there is such a client.',
    ),
    requestId: name.describe('`X-Request-Id` of the request.'),
    outcome: z.enum(EXECUTION_OUTCOMES),
    notRun: z
      .enum(['quarantined', 'overloaded', 'late', 'not-loaded', 'closed', 'refused', 'slowed', 'failed-closed'])
      .nullable()
      .describe('Why nothing ran; null where something did.'),
    refusal: z
      .strictObject({ status: z.int(), code: name, description: name })
      .nullable()
      .describe('What the caller was told by a refusal.'),
    fault: faultAnswer.extend({ excerpt: z.array(z.string()).describe('The line of the script, and a mark below the column.') }).nullable(),
    log: z.array(logLine).describe('Everything that the procedure has logged, masked as in the log of the service.'),
    calls: executionCalls,
    milliseconds: z.number().describe('From the beginning of the run to its outcome, waiting included.'),
    usage: usage.nullable().describe('Null where it was not measured: of a busy program, ten runs a second are.'),
  })
  .meta({ id: 'Execution' });

const distribution = z
  .strictObject({ mean: z.number(), p50: z.number(), p95: z.number(), p99: z.number() })
  .nullable()
  .describe('Null without values; the percentiles are right to a quarter or better.');
const at = z.int().describe('When the step began. Seconds since 1970.');

const runCounts = {
  ...{ runs: z.int(), failures: z.int() },
  outcomes: z.record(z.string(), z.int()),
  ...{ milliseconds: distribution, cpuMilliseconds: distribution, heapBytes: distribution },
};
const requestCounts = { requests: z.int(), statuses: z.record(z.string(), z.int()), milliseconds: distribution };

export const statisticsAnswer = z
  .strictObject({
    nodes: z.array(z.string()).describe('The nodes that were counted.'),
    ...{ from: z.int(), to: z.int(), step: z.int() },
    runs: z
      .array(
        z.strictObject({
          ...{ profile: name, endpoint: name, flow: name, procedure: name },
          version: z.int().nullable(),
          total: z.strictObject(runCounts).describe('Of all the time that was asked for.'),
          points: z.array(z.strictObject({ at, ...runCounts })),
        }),
      )
      .describe(
        'By program, flow and endpoint, with points for steps in which something ran. All null for those beyond the ones told apart.',
      ),
    requests: z
      .array(
        z.strictObject({
          ...{ profile: name, endpoint: name },
          kind: z.enum(ENDPOINT_KINDS).nullable(),
          flow: name,
          total: z.strictObject(requestCounts),
          points: z.array(z.strictObject({ at, ...requestCounts })),
        }),
      )
      .describe('By endpoint and flow; `flow` is null where no procedure ran.'),
  })
  .meta({ id: 'Statistics' });

export const overviewAnswer = z
  .strictObject({
    node: z.string(),
    version: z.string(),
    revision: z.int(),
    ...{ ready: z.boolean(), reason: z.string().optional() },
    uptimeSeconds: z.int(),
    entities: z.record(z.string(), z.int()).describe('How many there are of each kind.'),
    sandbox: z.looseObject({ ready: z.boolean(), inFlight: z.int() }).describe('Isolation, processes, counts and quarantined procedures.'),
    lastHour: z.strictObject({ requests: z.int(), serverErrors: z.int(), runs: z.int(), failures: z.int() }),
    failing: z
      .array(
        z.strictObject({
          ...{ profile: z.string(), endpoint: z.string(), flow: z.string(), procedure: z.string(), version: z.int() },
          ...{ runs: z.int(), failures: z.int() },
          lastFailure: z.strictObject({ id: z.string(), at: z.number(), outcome: z.string(), message: z.string() }).nullable(),
        }),
      )
      .describe('What has failed within the last hour, most failures first.'),
    expiringSecrets: z
      .array(z.strictObject({ profile: z.string(), client: z.string(), secret: z.string(), expiresAt: z.int() }))
      .describe('Secrets of enabled clients that end within thirty days or have ended, soonest first.'),
    oldestKeys: z
      .array(z.strictObject({ profile: z.string(), kid: z.string(), algorithm: z.string(), activatedAt: z.int().nullable() }))
      .describe('The keys that sign, longest in use first.'),
    warnings: z.array(z.strictObject({ kind: z.string(), key: z.string(), message: z.string() })),
  })
  .meta({ id: 'Overview' });
