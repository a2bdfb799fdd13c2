import { fork, type ChildProcess } from 'node:child_process';
import { realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { proceduresFolder } from './declarations.ts';
import { READY, type CheckReply, type CheckRequest, type SentReply } from './messages.ts';

/** Why a request has no reply. */
export interface Failure {
  readonly failure: 'time' | 'memory' | 'unavailable';
  readonly detail: string;
}

/** Reading the compiler and the types, on a busy machine. */
const START_MILLISECONDS = 60_000;
/** The process gives up by itself first, where it can, and stays warm. */
const GRACE_MILLISECONDS = 500;

const here = path.dirname(fileURLToPath(import.meta.url));

/**
 * A process that strips and checks types. It may read the compiler, the types of procedures and its own code; it has no
 * environment. Asked one thing at a time; ended with SIGKILL only.
 */
export class CheckingProcess {
  readonly #child: ChildProcess;
  #reason = 'it has ended';
  #isAlive = true;
  #isReady = false;
  /** Of the request under way. */
  #settle: ((answer: CheckReply | Failure) => void) | null = null;
  #becameReady: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: unknown) => this.#received(message));
    child.on('error', (error) => this.#ended({ failure: 'unavailable', detail: error.message }));
    child.on('exit', (code, signal) => this.#ended(this.#exit(code, signal)));
    this.#rest();
  }

  static start(heapMegabytes: number): CheckingProcess {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const readable = [here, packageFolder('typescript'), proceduresFolder(), ...manifestsAbove(here)];
    const child = fork(path.join(here, 'process', `main${extension}`), [proceduresFolder()], {
      execArgv: [
        `--max-old-space-size=${heapMegabytes}`,
        '--disable-sigusr1',
        '--no-warnings',
        '--permission',
        ...readable.map((one) => `--allow-fs-read=${one}`),
      ],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    if (child.pid !== undefined) giveWay(child.pid);
    return new CheckingProcess(child);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** One at a time. A process that fails to answer is dead afterwards. */
  async ask(request: CheckRequest): Promise<CheckReply | Failure> {
    this.#child.ref();
    this.#child.channel?.ref();
    try {
      const started = await this.#within<null>(START_MILLISECONDS, (settle) => {
        if (this.#isReady) settle(null);
        else this.#becameReady = () => settle(null);
      });
      if (started !== null) {
        if (started.failure === 'time') return { failure: 'unavailable', detail: 'the process that does it does not start' };
        return { ...started, failure: 'unavailable' };
      }
      const answer = await this.#within<CheckReply>(request.milliseconds + GRACE_MILLISECONDS, () => {
        this.#child.send(request, (error) => {
          if (error !== null) this.#ended({ failure: 'unavailable', detail: error.message });
        });
      });
      return answer;
    } finally {
      this.#rest();
    }
  }

  end(): void {
    this.#isAlive = false;
    this.#child.kill('SIGKILL');
  }

  async #within<T>(milliseconds: number, begin: (settle: (answer: T) => void) => void): Promise<T | Failure> {
    if (!this.#isAlive) return { failure: 'unavailable', detail: this.#reason };
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T | Failure>((resolve) => {
        this.#settle = resolve as (answer: CheckReply | Failure) => void;
        timer = setTimeout(() => {
          this.end();
          resolve({ failure: 'time', detail: `no answer within ${milliseconds} ms` });
        }, milliseconds);
        begin(resolve);
      });
    } finally {
      clearTimeout(timer);
      this.#settle = null;
    }
  }

  #received(message: unknown): void {
    if (message === READY) {
      this.#isReady = true;
      this.#becameReady();
      return;
    }
    const { reply, isHeavy } = message as SentReply;
    if (isHeavy) this.end();
    this.#settle?.(reply);
  }

  #ended(failure: Failure): void {
    this.#isAlive = false;
    this.#reason = failure.detail;
    this.#settle?.(failure);
  }

  /** A heap that is full ends the process by a trap or an abort. The kernel, short of memory, kills; we do so only after we have answered. */
  #exit(code: number | null, signal: NodeJS.Signals | null): Failure {
    const outOfMemory = code === 134 || code === 133 || ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL'].includes(signal ?? '');
    return { failure: outOfMemory && this.#isReady ? 'memory' : 'unavailable', detail: `its process ended with ${signal ?? code}` };
  }

  /** Nobody's exit waits for a process that has nothing to do. */
  #rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

/** Short of processor or memory, requests come before checks. Hints, no walls. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Not everywhere is it allowed, and the process may have ended already.
  }
}

function packageFolder(name: string): string {
  return realpathSync(path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)));
}

/** Node looks for the package a file belongs to in every folder above it. */
function manifestsAbove(folder: string): string[] {
  const found: string[] = [];
  for (let current = folder; ; current = path.dirname(current)) {
    found.push(path.join(current, 'package.json'));
    if (path.dirname(current) === current) return found;
  }
}
