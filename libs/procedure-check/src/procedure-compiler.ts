import type { CheckFinding, ProcedureLanguage } from '#libs/oauth';
import { CheckingProcess, type Failure } from './checking-process.ts';
import { FairQueue } from './fair-queue.ts';
import type { CheckReply, CheckRequest, UsedLibrary } from './messages.ts';

/** A text to compile. */
export interface CompiledText {
  /** As uploaded. */
  readonly source: string;
  readonly language: ProcedureLanguage;
  /** The procedure's; null for a library. */
  readonly flow: string | null;
  /** Libraries whose names it sees, in the order in which they are evaluated. */
  readonly libraries?: readonly UsedLibrary[];
  /** Who wants it: the texts of one author do not keep those of others waiting. Left out for the service itself. */
  readonly author?: string;
}

export type CompileOutcome =
  /** `script` is what runs: the source with its types blanked, so that every position stays; for JavaScript the source itself. */
  | { readonly ok: true; readonly script: string; readonly warnings: readonly CheckFinding[] }
  /** At least one. `unavailable` is worth another attempt after a while; anything else is the source's fault. */
  | { readonly ok: false; readonly errors: readonly CheckFinding[] };

export interface CompilerOptions {
  /** Of one source. Default 262,144. */
  readonly sourceBytes?: number;
  /** For one text, on the clock. Default 15,000. */
  readonly checkMilliseconds?: number;
  /** Of the checking process. Default 512. */
  readonly heapMegabytes?: number;
  /** Texts of one author and language that may wait; further ones are `unavailable`. Default 20. */
  readonly waiting?: number;
  /** How long JavaScript waits, whose check is advice only. Default 15,000. */
  readonly patienceMilliseconds?: number;
  /** How long a process that has nothing to do is kept warm. Default two minutes. */
  readonly idleMilliseconds?: number;
}

interface Task {
  readonly text: CompiledText;
  readonly resolve: (outcome: CompileOutcome) => void;
  /** Ends the waiting. */
  patience: NodeJS.Timeout | undefined;
}

/** Most libraries of a text, and how many times the limit of one source all sources together may have. As the sandbox has it. */
const MOST_LIBRARIES = 16;
const MOST_SOURCES = 4;

/**
 * Makes of a source what the sandbox can run, and checks its types. Both happen in a process of its own, with a bounded heap
 * and no access to anything but the types of procedures: sources are hostile, and the type system of TypeScript is a
 * programming language. The process is started when it is first needed, checks one text at a time, stays warm for a while,
 * and is killed and replaced when a text takes too long or too much.
 *
 * What is wrong with types of JavaScript is advice: a JavaScript source compiles even where its types could not be checked, so
 * nothing that others send makes it unavailable. Texts take turns by author and language, by the time that theirs have taken.
 */
export class ProcedureCompiler {
  readonly #limits: Required<CompilerOptions>;
  readonly #queue: FairQueue<Task>;
  #process: CheckingProcess | null = null;
  #isBusy = false;
  #isClosed = false;
  #idle: NodeJS.Timeout | undefined;

  constructor({
    sourceBytes = 262_144,
    checkMilliseconds = 15_000,
    heapMegabytes = 512,
    waiting = 20,
    patienceMilliseconds = 15_000,
    idleMilliseconds = 120_000,
  }: CompilerOptions = {}) {
    this.#limits = { sourceBytes, checkMilliseconds, heapMegabytes, waiting, patienceMilliseconds, idleMilliseconds };
    this.#queue = new FairQueue(waiting);
  }

  /** Never throws for what is wrong with the text. */
  compile(text: CompiledText): Promise<CompileOutcome> {
    const tooLarge = this.#tooLarge(text);
    if (tooLarge !== null) return Promise.resolve(refused('too-large', tooLarge));
    if (this.#isClosed) return Promise.resolve(refused('unavailable', 'the service is being closed'));
    return this.#turn(text);
  }

  #turn(text: CompiledText): Promise<CompileOutcome> {
    const tooMany = () => unchecked({ failure: 'unavailable', detail: TOO_MANY }, text, this.#limits);
    return new Promise((resolve) => {
      const task: Task = { text, resolve, patience: undefined };
      const giveUp = this.#queue.add(laneOf(text), task);
      if (giveUp === null) {
        resolve(tooMany());
        return;
      }
      if (text.language === 'javascript')
        task.patience = setTimeout(() => {
          giveUp();
          resolve(tooMany());
        }, this.#limits.patienceMilliseconds);
      void this.#work();
    });
  }

  /** Ends the process; what still waits is answered as `unavailable`. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    for (const { resolve, patience } of this.#queue.drain()) {
      clearTimeout(patience);
      resolve(refused('unavailable', 'the service is being closed'));
    }
    this.#process?.end();
  }

  #tooLarge({ source, libraries = [] }: CompiledText): string | null {
    const { sourceBytes } = this.#limits;
    const bytes = Buffer.byteLength(source);
    if (bytes > sourceBytes) return `the source has ${bytes} bytes, the limit is ${sourceBytes}`;
    if (libraries.length > MOST_LIBRARIES) return `a procedure may use ${MOST_LIBRARIES} libraries; join some of them`;
    const all = libraries.reduce((sum, library) => sum + Buffer.byteLength(library.source), bytes);
    if (libraries.length === 0 || all <= MOST_SOURCES * sourceBytes) return null;
    return `the source and its libraries have ${all} bytes together, the limit is ${MOST_SOURCES * sourceBytes}; use fewer libraries`;
  }

  /** One text after the other, until none waits. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    clearTimeout(this.#idle);
    for (let next = this.#queue.next(); next !== undefined; next = this.#queue.next()) {
      const { lane, item } = next;
      clearTimeout(item.patience);
      const began = performance.now();
      item.resolve(await this.#check(item.text));
      this.#queue.took(lane, performance.now() - began);
    }
    this.#isBusy = false;
    this.#idle = setTimeout(() => this.#process?.end(), this.#limits.idleMilliseconds).unref();
  }

  async #check(text: CompiledText): Promise<CompileOutcome> {
    const { source, language, flow, libraries = [] } = text;
    const used = libraries.map(({ name, language, source }) => ({ name, language, source }));
    const answer = await this.#ask({ source, language, flow, libraries: used, milliseconds: this.#limits.checkMilliseconds });
    if ('failure' in answer) return unchecked(answer, text, this.#limits);
    return outcomeOf(answer);
  }

  async #ask(request: CheckRequest): Promise<CheckReply | Failure> {
    try {
      if (this.#process?.isAlive !== true) this.#process = CheckingProcess.start(this.#limits.heapMegabytes);
      return await this.#process.ask(request);
    } catch (error) {
      // The system has no process to give, or the installation is not complete.
      return { failure: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
    } finally {
      if (this.#isClosed) this.#process?.end();
    }
  }
}

const TOO_MANY = 'too many sources are being checked; try again in a moment';

function laneOf({ author, language }: CompiledText): string {
  return `${language} ${author ?? ''}`;
}

function outcomeOf({ script, errors, warnings }: CheckReply): CompileOutcome {
  if (script !== null && errors.length === 0) return { ok: true, script, warnings };
  return errors.length > 0 ? { ok: false, errors } : refused('syntax', 'the types of the source cannot be removed');
}

/** The process did not answer. That is no reason to refuse JavaScript, which runs as it is. */
function unchecked(failed: Failure, { language, source }: CompiledText, limits: Required<CompilerOptions>): CompileOutcome {
  const finding = findingOf(failed, limits);
  return language === 'javascript' ? { ok: true, script: source, warnings: [finding] } : { ok: false, errors: [finding] };
}

function findingOf({ failure, detail }: Failure, limits: Required<CompilerOptions>): CheckFinding {
  const mend = 'write simpler types, or check the source in an editor and upload JavaScript';
  switch (failure) {
    case 'time':
      return { code: 'too-costly', message: `checking the types takes more than ${limits.checkMilliseconds} ms; ${mend}` };
    case 'memory':
      return { code: 'too-costly', message: `checking the types takes more than ${limits.heapMegabytes} MB of memory; ${mend}` };
    case 'unavailable':
      return { code: 'unavailable', message: `the types could not be checked: ${detail}` };
  }
}

function refused(code: string, message: string): CompileOutcome {
  return { ok: false, errors: [{ code, message }] };
}
