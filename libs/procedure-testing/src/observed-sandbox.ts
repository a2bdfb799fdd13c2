import type { CheckOutcome, HostAnswer, HostCall, Invocation, Outcome, Program, Sandbox, SandboxStatus } from '#libs/oauth';

/** What a test says about its run that a dry run has no word for. */
export interface Staging {
  /** Seconds since 1970 at which `Date` stands still. */
  readonly now: number;
  /** How faults name the procedure. */
  readonly procedure: string;
}

/** What services are asked for; other calls are the prelude's own, and nothing that a test would look for. */
const SERVICES: ReadonlySet<string> = new Set(['http', 'verify-jwt', 'cache-get', 'cache-set', 'secret', 'bucket-get']);

/**
 * The sandbox, with the clock of a test, numbers of `Math.random` that are the same in every run, and an eye on what the
 * procedure asks the host for. Everything else is the sandbox's own.
 */
export class ObservedSandbox implements Sandbox {
  readonly #sandbox: Sandbox;
  #staging: Staging | null = null;
  #calls: { readonly call: HostCall; readonly answer: HostAnswer }[] = [];

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Sets the scene of the next run; forgets what was seen of the last one. */
  stage(staging: Staging): void {
    this.#staging = staging;
    this.#calls = [];
  }

  /** What the present run asked services for, in order. */
  get calls(): readonly { readonly call: HostCall; readonly answer: HostAnswer }[] {
    return this.#calls;
  }

  check(program: Program): Promise<CheckOutcome> {
    return this.#sandbox.check(this.#named(program));
  }

  load(program: Program, options?: { readonly apart?: boolean }): void {
    this.#sandbox.load(this.#named(program), options);
  }

  unload(key: string): void {
    this.#sandbox.unload(key);
  }

  run(invocation: Invocation): Promise<Outcome> {
    const now = this.#staging === null ? invocation.now : this.#staging.now * 1000;
    return this.#sandbox.run({ ...invocation, now, seed: 1, answer: (call) => this.#answer(invocation, call) });
  }

  status(): SandboxStatus {
    return this.#sandbox.status();
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  #named(program: Program): Program {
    return this.#staging === null ? program : { ...program, procedure: this.#staging.procedure };
  }

  async #answer(invocation: Invocation, call: HostCall): Promise<HostAnswer> {
    const answer = await invocation.answer(call);
    if (SERVICES.has(call.kind)) this.#calls.push({ call, answer });
    return answer;
  }
}
