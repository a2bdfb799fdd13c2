import { z } from 'zod';
import { FLOWS, type FlowId } from '#libs/oauth';

const texts = z.record(z.string(), z.string());
const members = z.record(z.string(), z.unknown());
const names = z.array(z.string().min(1));
const seconds = z.int().positive();
const form = z.enum(['opaque', 'jwt', 'wrapped-opaque']);

const client = z.strictObject({
  id: z.string().min(1).optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  /** Free keys and values. */
  properties: members.optional(),
  scopes: names.optional(),
  audiences: names.optional(),
  accessTokenFormat: form.optional(),
  accessTokenLifetime: seconds.optional(),
});

const profile = z.strictObject({
  issuer: z.url().optional(),
  /** Names, or names with settings such as `{ read: { lifetime: 60 } }`. */
  scopes: z.union([names, z.record(z.string(), z.strictObject({ lifetime: seconds.optional() }))]).optional(),
  allowedAudiences: names.nullable().optional(),
  accessTokenLifetime: seconds.optional(),
  maximumTokenLifetime: seconds.optional(),
  accessTokenFormat: form.optional(),
  /** Kinds of tokens that can be issued; all, unless it says less. */
  tokenIssuers: z.array(form).optional(),
});

const time = z.union([z.number().nonnegative(), z.string(), z.date()]).transform((value, context) => {
  const seconds = typeof value === 'number' ? value : new Date(value).getTime() / 1000;
  if (Number.isFinite(seconds)) return seconds;
  context.addIssue({ code: 'custom', message: 'must be seconds since 1970, a Date or a text such as 2026-07-01T09:00:00Z' });
  return z.NEVER;
});

/** Members of a sample as tests write them; `procedures/types/testing.d.ts` says the same to editors. */
const shape = z.strictObject({
  procedure: z.string().min(1).optional(),
  libraries: z.array(z.string().min(1)).optional(),
  flow: z.enum(FLOWS.map(({ id }) => id) as [FlowId, ...FlowId[]]).optional(),
  client: client.optional(),
  user: z.union([z.string().min(1), z.looseObject({ subject: z.string().min(1) })]).optional(),
  scopes: names.optional(),
  token: members.nullable().optional(),
  /** Of a client that registers. */
  metadata: members.optional(),
  form: texts.optional(),
  query: texts.optional(),
  headers: texts.optional(),
  clientIpAddress: z.string().min(1).optional(),
  time: time.optional(),
  profile: profile.optional(),
  /** Their hosts, or what else is said of them. */
  httpClients: z
    .record(z.string(), z.union([z.string(), z.strictObject({ host: z.string().min(1), allowTokens: z.boolean().optional() })]))
    .optional(),
  buckets: z.record(z.string().min(1), z.record(z.string().min(1), members)).optional(),
  secrets: texts.optional(),
  answers: members.optional(),
});

/** A sample that is kept with its procedure: that says which one, of which flow, and with which libraries; secrets are labels. */
export const storedSampleShape = shape.omit({ procedure: true, libraries: true, flow: true, secrets: true });

/** What a procedure is run against. Times are seconds since 1970, lifetimes seconds. */
export type Sample = z.output<typeof shape>;

/** A sample makes no sense; the message is for the author of the test. */
export class SampleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SampleError';
  }
}

/** Checks what a test has written. @throws SampleError naming each member that is wrong */
export function readSample(written: unknown): Sample {
  const read = shape.safeParse(written, { reportInput: false });
  if (read.success) return read.data;
  throw sampleProblems(
    'the sample',
    read.error.issues.map(({ path, message }) => `${path.length === 0 ? 'the sample' : path.join('.')}: ${message}`),
  );
}

/** Everything that is wrong with something, a line each. */
export function sampleProblems(what: string, problems: readonly string[]): SampleError {
  return new SampleError(`${what} does not fit:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}
