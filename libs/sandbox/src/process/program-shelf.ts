import type { CheckFinding, CheckOutcome } from '#libs/oauth';
import { CHECKED_PROGRAM, type AcceptedAnalysis, type ProcessConfiguration, type ProgramText } from '../frames.ts';
import { ProgramIsolate, ProgramRefused } from './program-isolate.ts';
import type { Watchdog } from './watchdog.ts';

/** A loaded program, with its isolate while it has one. */
interface Entry {
  program: ProgramText;
  isolate: ProgramIsolate | null;
  /** Why it cannot run, as the reply to each of its runs. */
  refusal: string | null;
}

/** The programs this process knows. Isolates are built at load while there is room, again after a failure, and dropped least recently used first. */
export class ProgramShelf {
  readonly #configuration: ProcessConfiguration;
  readonly #watchdog: Watchdog | null;
  readonly #entries = new Map<number, Entry>();
  /** Numbers of the programs with an isolate, least recently used first. */
  readonly #built = new Map<number, true>();
  #latest = 0;

  constructor(configuration: ProcessConfiguration, watchdog: Watchdog | null) {
    this.#configuration = configuration;
    this.#watchdog = watchdog;
  }

  /** @returns what the analysis found, unless the program was refused or there is no room for its isolate yet */
  load(number: number, program: ProgramText): AcceptedAnalysis | null {
    this.unload(number);
    this.#entries.set(number, { program, isolate: null, refusal: null });
    if (this.#built.size >= this.#configuration.isolates) return null;
    const isolate = this.take(number);
    return typeof isolate === 'string' ? null : isolate.accepted;
  }

  /** Everything a check finds without running the program; one that passes stays, for its trial, until the next is checked. */
  check(program: ProgramText): CheckOutcome {
    this.unload(CHECKED_PROGRAM);
    this.#makeRoom();
    try {
      const isolate = ProgramIsolate.build(program, this.#configuration);
      this.#entries.set(CHECKED_PROGRAM, { program, isolate, refusal: null });
      this.#built.set(CHECKED_PROGRAM, true);
      return { ok: true, warnings: isolate.warnings };
    } catch (error) {
      if (error instanceof ProgramRefused) return { ok: false, errors: error.findings };
      throw error;
    }
  }

  unload(number: number): void {
    this.drop(number);
    this.#entries.delete(number);
  }

  /** The isolate of a program, or the reply that stands for it. */
  take(number: number): ProgramIsolate | string {
    const entry = this.#entries.get(number);
    if (entry === undefined) return 'Xthe program is not loaded';
    if (entry.isolate !== null) {
      if (this.#latest !== number) {
        this.#built.delete(number);
        this.#built.set(number, true);
        this.#latest = number;
      }
      return entry.isolate;
    }
    if (entry.refusal !== null) return entry.refusal;
    this.#makeRoom();
    try {
      entry.isolate = ProgramIsolate.build(entry.program, this.#configuration);
    } catch (error) {
      if (!(error instanceof ProgramRefused)) return `X${error instanceof Error ? error.message : String(error)}`;
      entry.refusal = `Fs${placeOf(error.findings[0], entry.program)}\u0001\u0001${error.message}`;
      return entry.refusal;
    }
    entry.program = { ...entry.program, accepted: entry.isolate.accepted };
    if (this.#watchdog !== null) entry.isolate.slot = this.#watchdog.add(entry.isolate.isolate);
    this.#built.set(number, true);
    this.#latest = number;
    return entry.isolate;
  }

  #makeRoom(): void {
    for (const oldest of this.#built.keys()) {
      if (this.#built.size < this.#configuration.isolates) break;
      this.drop(oldest);
    }
  }

  /** After a failure: nothing of that isolate is used again. */
  drop(number: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined || entry.isolate === null) return;
    this.#watchdog?.remove(entry.isolate.slot);
    entry.isolate.dispose();
    entry.isolate = null;
    this.#built.delete(number);
  }
}

/** As positions are written in replies; empty where the finding has none. */
function placeOf(finding: CheckFinding | undefined, { libraries }: ProgramText): string {
  if (finding?.line === undefined) return '';
  const library = libraries.findIndex((one) => one.name === finding.library) + 1;
  return `${finding.line}:${finding.column ?? 1}${library === 0 ? '' : `:${library}`}`;
}
