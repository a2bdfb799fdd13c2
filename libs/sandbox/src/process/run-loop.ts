import { idAfter, PROGRESS_ID, type ProcessConfiguration } from '../frames.ts';
import type { Connection, Frame } from './connection.ts';
import type { Ending, ProgramIsolate } from './program-isolate.ts';
import type { ProgramShelf } from './program-shelf.ts';
import type { Watchdog } from './watchdog.ts';

/** Batches only pay for programs that answer quickly; a slow one would use up the budget of the others. */
const BATCH_MILLISECONDS_PER_RUN = 1;

/** However busy the machine: this many times its budget on the clock is enough for a verdict. */
const MOST_PATIENT = 20;

/** Runs the frames of programs. */
export class RunLoop {
  readonly #configuration: ProcessConfiguration;
  readonly #connection: Connection;
  readonly #shelf: ProgramShelf;
  readonly #watchdog: Watchdog | null;
  readonly #slow = new Set<number>();

  constructor(configuration: ProcessConfiguration, connection: Connection, shelf: ProgramShelf, watchdog: Watchdog | null) {
    this.#configuration = configuration;
    this.#connection = connection;
    this.#shelf = shelf;
    this.#watchdog = watchdog;
  }

  run(frame: Frame): void {
    this.#connection.reply(frame.id, this.#single(frame));
  }

  /** Several runs of one program in one call of its isolate, unless it is known to be slow. */
  batch(frame: Frame): void {
    const { id, program, text } = frame;
    const start = text.indexOf('\u0000') + 1;
    const lengths = text.slice(0, start - 1);
    const each = lengths.split(',');
    const isolate = this.#watchdog === null || this.#slow.has(program) ? null : this.#shelf.take(program);
    if (isolate !== null && typeof isolate !== 'string') {
      const started = Date.now();
      const replies = this.#guarded(isolate, program, text.slice(start), lengths, 0);
      if (typeof replies === 'string') {
        if (Date.now() - started > BATCH_MILLISECONDS_PER_RUN * each.length) this.#slow.add(program);
        this.#connection.reply(id, `B${replies}`, each.length);
        return;
      }
      // One of them spoilt it: singly, each with a budget of its own. The service must not take the second attempt for a hang.
      this.#connection.reply(PROGRESS_ID, '');
      this.#connection.flush();
    }
    let at = start;
    for (let index = 0; index < each.length; index++) {
      const next = at + Number(each[index]);
      this.run({ ...frame, id: idAfter(id, index), text: text.slice(at, next) });
      at = next;
    }
  }

  /** The same with what it used put before the reply. */
  measure(frame: Frame): void {
    const isolate = this.#shelf.take(frame.program);
    const heapBefore = typeof isolate === 'string' ? 0 : isolate.usedHeap();
    const spentBefore = typeof isolate === 'string' ? 0n : isolate.isolate.cpuTime;
    const started = process.hrtime.bigint();
    const reply = this.#single(frame);
    const wall = Number(process.hrtime.bigint() - started) / 1000;
    const isGone = typeof isolate === 'string' || isolate.isolate.isDisposed;
    const heap = isGone ? 0 : Math.max(0, isolate.usedHeap() - heapBefore);
    const spent = isGone ? 0 : Number(isolate.isolate.cpuTime - spentBefore) / 1000;
    this.#connection.reply(frame.id, `U${Math.round(wall)},${heap},${Math.round(spent)}\u0001${reply}`);
  }

  /** The top level of the program checked last. In diagnostic processes only. */
  trial(frame: Frame): void {
    const reply = this.#diagnosed(frame, (isolate, timeout) => isolate.trial(timeout));
    this.#connection.reply(frame.id, typeof reply === 'string' ? reply : wordsOf(reply));
    this.#shelf.unload(frame.program);
  }

  #single(frame: Frame): string {
    const isolate = this.#shelf.take(frame.program);
    if (typeof isolate === 'string') return isolate;
    // Counted on the clock, which is no verdict yet: the diagnostic process takes no notice of it.
    if (this.#watchdog !== null && frame.spent >= this.#configuration.cpuMilliseconds) return 'T';
    const started = this.#slow.has(frame.program) ? Date.now() : 0;
    const reply =
      this.#watchdog === null
        ? this.#diagnosed(frame, (isolate, timeout) => isolate.invoke(frame.text, '', timeout))
        : this.#guarded(isolate, frame.program, frame.text, '', frame.spent);
    if (typeof reply === 'string') {
      if (started !== 0 && Date.now() - started < BATCH_MILLISECONDS_PER_RUN) this.#slow.delete(frame.program);
      return reply;
    }
    return wordsOf(reply);
  }

  #guarded(isolate: ProgramIsolate, program: number, text: string, lengths: string, spent: number): string | Ending {
    const watchdog = this.#watchdog as Watchdog;
    watchdog.enter(isolate.slot, this.#configuration.cpuMilliseconds - spent);
    try {
      return isolate.invoke(text, lengths, 0);
    } catch (error) {
      return isolate.endingOf(error);
    } finally {
      watchdog.leave();
      if (isolate.isolate.isDisposed) this.#shelf.drop(program);
    }
  }

  /**
   * Singly, with the `timeout` option, which knows the interrupted line. The option counts wall time; a run that got less
   * than its share of the processor is tried again with more, so that a busy machine makes no verdict.
   */
  #diagnosed(frame: Frame, attempt: (isolate: ProgramIsolate, timeout: number) => string): string | Ending {
    // All of it: what suspended runs have done is done again in this one.
    const budget = this.#configuration.cpuMilliseconds;
    for (let timeout = budget; ;) {
      const isolate = this.#shelf.take(frame.program);
      if (typeof isolate === 'string') return isolate;
      // Building an isolate is not the run's own work: the service counts from here.
      this.#connection.reply(PROGRESS_ID, '');
      this.#connection.flush();
      const before = process.cpuUsage();
      let ending: Ending;
      try {
        return attempt(isolate, timeout);
      } catch (error) {
        ending = isolate.endingOf(error);
      }
      const { user, system } = process.cpuUsage(before);
      const used = (user + system) / 1000;
      this.#shelf.drop(frame.program);
      if (ending.kind !== 'timeout' || used >= 0.8 * budget || timeout >= MOST_PATIENT * budget) return ending;
      // As much as its share of the processor asks for, and no more: the service's patience has an end.
      timeout = Math.ceil(
        Math.min(MOST_PATIENT * budget, 3 * timeout, Math.max(1.5 * timeout, (1.2 * budget * timeout) / Math.max(1, used))),
      );
    }
  }
}

function wordsOf(ending: Ending): string {
  return ending.kind === 'timeout' ? `T${ending.positions}` : `${ending.kind === 'memory' ? 'M' : 'X'}${ending.message}`;
}
