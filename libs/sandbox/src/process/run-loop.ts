import { BATCH, PROGRESS_ID, type ProcessConfiguration } from '../frames.ts';
import type { Connection, Frame } from './connection.ts';
import { endingOf, type Ending, type ProgramIsolate } from './program-isolate.ts';
import type { ProgramShelf } from './program-shelf.ts';
import type { Watchdog } from './watchdog.ts';

/** Batches only pay for programs that answer quickly; a slow one would use up the budget of the others. */
const BATCH_MILLISECONDS_PER_RUN = 1;

/** However busy the machine: this many times its budget on the clock is enough for a verdict. */
const MOST_PATIENT = 20;

/** Runs frames of programs, neighbours of the same program together in one call of the isolate. */
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

  /** How many of the frames from `from` on can go together. */
  extent(frames: readonly Frame[], from: number): number {
    const { kind, program } = frames[from] as Frame;
    if (this.#watchdog === null || this.#slow.has(program)) return 1;
    let to = from + 1;
    while (to < frames.length && to - from < BATCH && frames[to]?.program === program && frames[to]?.kind === kind) to++;
    return to - from;
  }

  run(frames: readonly Frame[], from: number, count: number): void {
    const first = frames[from] as Frame;
    if (count === 1) {
      this.#connection.reply(first.id, this.#single(first));
      return;
    }
    const isolate = this.#shelf.take(first.program);
    if (typeof isolate === 'string') {
      for (let index = from; index < from + count; index++) this.#connection.reply((frames[index] as Frame).id, isolate);
      return;
    }
    let text = '';
    let lengths = '';
    let spent = 0;
    for (let index = from; index < from + count; index++) {
      const frame = frames[index] as Frame;
      text += frame.text;
      lengths += `${index === from ? '' : ','}${frame.text.length}`;
      if (frame.spent > spent) spent = frame.spent;
    }
    const started = Date.now();
    const replies = spent < this.#configuration.cpuMilliseconds ? this.#guarded(isolate, first.program, text, lengths, spent) : null;
    if (typeof replies !== 'string') {
      // One of them spoilt it. Singly, each with a budget of its own; the service must not take the second attempt for a hang.
      this.#connection.reply(PROGRESS_ID, '');
      this.#connection.flush();
      for (let index = from; index < from + count; index++) {
        const frame = frames[index] as Frame;
        this.#connection.reply(frame.id, this.#single(frame));
      }
      return;
    }
    if (Date.now() - started > BATCH_MILLISECONDS_PER_RUN * count) this.#slow.add(first.program);
    const end = replies.indexOf('\u0000');
    const sizes = replies.slice(0, end).split(',');
    let at = end + 1;
    for (let index = 0; index < count; index++) {
      const size = Number(sizes[index]);
      this.#connection.reply((frames[from + index] as Frame).id, replies.slice(at, at + size));
      at += size;
    }
  }

  /** The same with what it used put before the reply. */
  measure(frame: Frame): void {
    const isolate = this.#shelf.take(frame.program);
    const heapBefore = typeof isolate === 'string' ? 0 : isolate.usedHeap();
    const started = process.hrtime.bigint();
    const reply = this.#single(frame);
    const wall = Number(process.hrtime.bigint() - started) / 1000;
    const heap = typeof isolate === 'string' || isolate.isolate.isDisposed ? 0 : Math.max(0, isolate.usedHeap() - heapBefore);
    this.#connection.reply(frame.id, `U${Math.round(wall)},${heap}\u0001${reply}`);
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
    if (frame.spent >= this.#configuration.cpuMilliseconds) return 'T';
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
      return endingOf(error);
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
    const budget = this.#configuration.cpuMilliseconds - frame.spent;
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
        ending = endingOf(error);
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
