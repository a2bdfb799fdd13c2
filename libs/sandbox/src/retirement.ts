import { bytesOf, type ProcessBounds } from './process-bounds.ts';
import { CLOSED, type SandboxProcess } from './sandbox-process.ts';

/** Milliseconds between two looks at the memory of a busy process. */
const BETWEEN_LOOKS = 250;
/** Milliseconds between two retirements: programs that need so much would else have a new process all the time. */
const BETWEEN_RETIREMENTS = 10_000;

/**
 * A main process that has grown large, with garbage or by a leak of the engine, leaves in good order: the spare takes its
 * place, it answers what it has been sent, and ends. No run is repeated for it, and none is suspected.
 */
export class Retirement {
  readonly #bounds: ProcessBounds;
  #process: SandboxProcess | null = null;
  #lookAt = 0;
  #count = 0;

  constructor(bounds: ProcessBounds) {
    this.#bounds = bounds;
  }

  /** The process that has yet to answer what it was sent, if there is one. */
  get process(): SandboxProcess | null {
    return this.#process;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Whether the main process has grown so large that it should go. */
  isDue(main: SandboxProcess, now: number): boolean {
    if (now < this.#lookAt || this.#process !== null) return false;
    this.#lookAt = now + BETWEEN_LOOKS;
    return main.residentBytes > this.#bounds.comfortableBytes + bytesOf(main.loaded.size);
  }

  begin(process: SandboxProcess, now: number): void {
    process.role = 'retiring';
    this.#process = process;
    this.#count++;
    this.#lookAt = now + BETWEEN_RETIREMENTS;
  }

  /** Ends the process once it has answered everything, or as one that hangs. */
  supervise(now: number, lost: number): void {
    if (this.#process?.isIdle === true) this.#process.end(CLOSED);
    else this.#process?.endIfOverdue(this.#bounds, now, lost);
  }

  /** The process has come to its end, in whatever way. */
  forget(process: SandboxProcess): void {
    if (this.#process === process) this.#process = null;
  }
}
