import { basename, dirname, extname, resolve } from 'node:path';
import {
  DryRunError,
  DEFAULT_LIMITS,
  ProcedureDryRunner,
  type CheckFinding,
  type DryRunAnswer,
  type DryRunReport,
  type DryRunRequest,
  type FlowId,
  type HostServices,
  type ProgramLibrary,
  type Sandbox,
} from '#libs/oauth';
import { ObservedSandbox } from './observed-sandbox.ts';
import { remembering, type Compile } from './compile.ts';
import { flowOf, readProcedure, type ProcedureFile } from './procedure-file.ts';
import type { Ran } from './ran.ts';
import { NOT_RUN, ranOf, seenCall } from './ran-report.ts';
import { readSample, SampleError, type Sample } from './sample.ts';
import { sampleWorld, SAMPLE_PROFILE, type SampleWorld } from './sample-world.ts';
import { shippedSample } from './shipped-samples.ts';
import { TESTING } from './test-files.ts';
import { merged } from './worker/sample-draft.ts';

/** A sample as a test asks for it. */
export interface AskedSample {
  /** The test file: paths are relative to its folder. */
  readonly testFile: string;
  /** Name of a shipped sample; null for the flow's own. */
  readonly base: string | null;
  /** It stands alone: nothing of a shipped sample is beneath it. */
  readonly isWhole?: boolean;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** Runs procedures against samples on the executor and the checks of production; one at a time. */
export class SampleRunner {
  readonly #sandbox: ObservedSandbox;
  readonly #compile: Compile;
  readonly #runner: ProcedureDryRunner;
  #world: SampleWorld | null = null;
  #now = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param services verifies JWTs with key sets that procedures give; nothing else of it is used. Null: tests answer that too */
  constructor(sandbox: Sandbox, compile: Compile, services: HostServices | null = null) {
    this.#sandbox = new ObservedSandbox(sandbox);
    this.#compile = remembering(compile);
    this.#runner = new ProcedureDryRunner(
      this.#sandbox,
      () => this.#staged(),
      () => this.#now,
      DEFAULT_LIMITS.wallMilliseconds,
      services === null ? null : { ...services, verify: (asked) => services.verify({ ...asked, now: this.#now }) },
      // They are the test's own.
      true,
    );
  }

  /** @throws SampleError when the sample or the procedure's file makes no sense */
  run(asked: AskedSample): Promise<Ran> {
    const turn = this.#last.then(() => this.#run(asked));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run({ testFile, base, isWhole = false, changes }: AskedSample): Promise<Ran> {
    const given = readSample(changes);
    const procedure = readProcedure(given.procedure === undefined ? besideOf(testFile) : resolve(dirname(testFile), given.procedure));
    const flow = given.flow ?? knownFlow(procedure);
    const sample = isWhole ? given : readSample(merged(shippedSample(base, flow), changes));
    const libraries = (sample.libraries ?? []).map((path) => readProcedure(resolve(dirname(testFile), path)));
    const compiled = await this.#compileAll(procedure, libraries, flow);
    if ('file' in compiled) return ranOf(procedure, flow, { ...NOT_RUN, findings: compiled.errors }, [], compiled.file);

    this.#now = Math.floor(sample.time ?? Date.now() / 1000);
    this.#world = await sampleWorld(sample);
    this.#sandbox.stage({ now: sample.time ?? Date.now() / 1000, procedure: procedure.name });
    const ended = await this.#rehearse(requestOf(sample, flow, this.#world.client.id, compiled));
    const findings = ended.outcome === 'refused' ? ended.findings : [...compiled.warnings, ...ended.findings];
    return ranOf(
      procedure,
      flow,
      { ...ended, findings },
      this.#sandbox.calls.map((call, i) => seenCall(call, ended.calls[i])),
      procedure.path,
      new Map(libraries.map(({ name, path }) => [name, path])),
    );
  }

  /** Each library as it stands, then the procedure with the names of all of them. */
  async #compileAll(procedure: ProcedureFile, files: readonly ProcedureFile[], flow: FlowId): Promise<CompiledProgram | RefusedFile> {
    const libraries: ProgramLibrary[] = [];
    for (const [index, { source, language, name, path }] of files.entries()) {
      const made = await this.#compile({ source, language, flow: null, libraries: files.slice(0, index) });
      if (!made.ok) return { file: path, errors: made.errors };
      libraries.push({ name, version: 1, source: made.script });
    }
    const { source, language, path } = procedure;
    const made = await this.#compile({ source, language, flow, libraries: files });
    return made.ok ? { ...made, libraries } : { file: path, errors: made.errors };
  }

  async #rehearse(request: DryRunRequest): Promise<DryRunReport> {
    try {
      return await this.#runner.run(request);
    } catch (error) {
      if (!(error instanceof DryRunError)) throw error;
      const place = error.pointer
        .replace(/^\/tokenData/, '/token')
        .slice(1)
        .replaceAll('/', '.');
      throw new SampleError(`the sample does not fit:\n  ${place === '' ? 'the sample' : place}: ${error.message}`, { cause: error });
    }
  }

  #staged(): SampleWorld {
    if (this.#world === null) throw new Error('no sample is staged');
    return this.#world;
  }
}

/** What runs. */
export interface CompiledProgram {
  readonly script: string;
  readonly warnings: readonly CheckFinding[];
  readonly libraries: readonly ProgramLibrary[];
}

interface RefusedFile {
  readonly file: string;
  readonly errors: readonly CheckFinding[];
}

/** The file a test is for: `name.js` or `name.ts` beside `name.test.js` or `name.samples.json`. */
export function besideOf(testFile: string): string {
  const stem = basename(testFile).replace(TESTING, '');
  for (const ending of [...(extname(testFile) === '.ts' ? ['.ts', '.js'] : ['.js', '.ts'])]) {
    const path = resolve(dirname(testFile), `${stem}${ending}`);
    if (isThere(path)) return path;
  }
  throw new SampleError(
    `there is neither ${stem}.js nor ${stem}.ts beside ${basename(testFile)}; say which procedure is meant: run({ procedure: './name.js' })`,
  );
}

function isThere(path: string): boolean {
  try {
    readProcedure(path);
    return true;
  } catch (error) {
    if (error instanceof SampleError) return false;
    throw error;
  }
}

function knownFlow(procedure: ProcedureFile): FlowId {
  const flow = flowOf(procedure);
  if (flow !== null) return flow;
  throw new SampleError(
    `it does not say which flow ${procedure.path} is for: put it into a folder with the name of the flow, write "Flow: oauth-introspect" into its first comment, or run({ flow: 'oauth-introspect' })`,
  );
}

/** The client acts for itself. */
const WITHOUT_PERSON: readonly FlowId[] = ['oauth-token-client-credentials'];

export function requestOf(sample: Sample, flow: FlowId, client: string, { script, libraries }: CompiledProgram): DryRunRequest {
  const { scopes, metadata, form, headers, query, clientIpAddress } = sample;
  if (WITHOUT_PERSON.includes(flow) && (sample.token !== undefined || sample.user !== undefined))
    throw new SampleError(`flow ${flow} has neither a user nor a presented token; leave out "user" and "token"`);
  const token = tokenData(sample);
  return {
    profile: SAMPLE_PROFILE,
    flow,
    program: { source: script, libraries },
    client,
    ...(scopes === undefined ? {} : { scopes }),
    ...(token === undefined ? {} : { tokenData: token }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(form === undefined ? {} : { form }),
    answers: answersOf(sample),
    request: {
      ...(headers === undefined ? {} : { headers }),
      ...(query === undefined ? {} : { query }),
      ...(clientIpAddress === undefined ? {} : { clientIpAddress }),
    },
  };
}

/** Answers of services, and of buckets, whose attributes a sample has apart. */
function answersOf({ answers = {}, buckets = {} }: Sample): readonly DryRunAnswer[] {
  const given = Object.entries(answers).flatMap(([call, answer]) =>
    Array.isArray(answer) ? (answer as unknown[]).map((one) => ({ call, answer: one })) : [{ call, answer }],
  );
  const kept = Object.entries(buckets).flatMap(([bucket, purposes]) =>
    Object.entries(purposes).map(([purpose, answer]) => ({ call: `bucket-get ${bucket} ${purpose}`, answer })),
  );
  return [...given, ...kept];
}

/** The user's subject and claims with the token's own members over them. */
function tokenData({ user, token }: Sample): DryRunRequest['tokenData'] {
  if (token === null) return null;
  if (user === undefined) return token;
  const { subject, ...claims } = typeof user === 'string' ? { subject: user } : user;
  return { sub: subject, ...claims, ...token };
}
