import { z } from 'zod';
import { sampleProblems } from './sample.ts';

/** How the names of sample files end. */
export const SAMPLE_FILE = /\.samples\.json$/;

const members = z.record(z.string(), z.unknown());
const entry = z.strictObject({
  description: z.string().optional(),
  /** Self-contained, as it is kept with a procedure. */
  sample: members,
  expect: members.optional(),
});

/** What a sample file has: samples by their names, as a service keeps them, and what the procedure needs to run in them without one. */
const shape = z.strictObject({
  /** Path, relative to the file; else it is the one beside it. */
  procedure: z.string().min(1).optional(),
  flow: z.string().min(1).optional(),
  libraries: z.array(z.string().min(1)).optional(),
  /** Made up for tests: those of a service stay there. */
  secrets: z.record(z.string(), z.string()).optional(),
  samples: z.record(z.string().min(1), entry),
});
export type SampleFile = z.output<typeof shape>;

/** Reads a sample file. @throws SampleError with all that is wrong */
export function readSampleFile(text: string): SampleFile {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch (error) {
    throw sampleProblems('the file', [(error as SyntaxError).message]);
  }
  const read = shape.safeParse(written, { reportInput: false });
  if (read.success) return read.data;
  throw sampleProblems(
    'the file',
    read.error.issues.map(({ path, message }) => `${path.length === 0 ? 'the file' : path.join('.')}: ${message}`),
  );
}
