import { createRequire } from 'node:module';
import type IsolatedVM from 'isolated-vm';

const ivm = createRequire(import.meta.url)('isolated-vm') as typeof IsolatedVM;

/** Places in the shared counters. */
const RUN = 0;
const SLOT = 1;
const STOP = 2;
const LIMIT = 3;
const ASLEEP = 4;

const POLL_MILLISECONDS = 5;

type RegisterReference = IsolatedVM.Reference<(slot: number, isolate: unknown) => void>;
type WatchReference = IsolatedVM.Reference<() => void>;

/**
 * Ends runs that use up their budget, at next to no cost per run: an isolate on a thread of its own looks at a shared counter
 * every few milliseconds and disposes the isolate of a run that it has seen for too long. (isolated-vm's `timeout` option costs
 * a timer and a thread for every call.) After a second without runs it sleeps until the next one.
 *
 * It counts its own polls and not the clock: when the whole process stands still, the run gets its time back.
 */
export class Watchdog {
  readonly #counters = new Int32Array(new SharedArrayBuffer(64));
  readonly #register: RegisterReference;
  readonly #watch: WatchReference;
  #nextSlot = 1;

  constructor() {
    const isolate = new ivm.Isolate({ memoryLimit: 8 });
    const context = isolate.createContextSync();
    const start: IsolatedVM.Reference = context.evalSync(`(${watching.toString()})`, { reference: true });
    const parts = start.applySync(undefined, [new ivm.ExternalCopy(this.#counters.buffer).copyInto(), POLL_MILLISECONDS], {
      result: { reference: true },
    }) as unknown as IsolatedVM.Reference<ReturnType<typeof watching>>;
    this.#register = parts.getSync('register', { reference: true });
    this.#watch = parts.getSync('watch', { reference: true });
    this.#watch.applyIgnored(undefined, []);
  }

  /** Makes an isolate known; answers its slot. */
  add(isolate: IsolatedVM.Isolate): number {
    const slot = this.#nextSlot++;
    this.#whileStopped(() => this.#register.applySync(undefined, [slot, isolate] as never));
    return slot;
  }

  remove(slot: number): void {
    this.#whileStopped(() => this.#register.applySync(undefined, [slot, undefined] as never));
  }

  /** A run begins. */
  enter(slot: number, milliseconds: number): void {
    this.#counters[SLOT] = slot;
    this.#counters[LIMIT] = Math.max(1, Math.ceil(milliseconds / POLL_MILLISECONDS));
    Atomics.add(this.#counters, RUN, 1);
    if (this.#counters[ASLEEP] === 1) {
      Atomics.store(this.#counters, ASLEEP, 0);
      Atomics.notify(this.#counters, RUN);
    }
  }

  /** The run has come back. */
  leave(): void {
    Atomics.add(this.#counters, RUN, 1);
  }

  /** Ends the thread: a process must not exit while it waits. */
  stop(): void {
    Atomics.store(this.#counters, STOP, 1);
    // By two: it stays even or odd, and a watcher about to fall asleep on the old number does not.
    Atomics.add(this.#counters, RUN, 2);
    Atomics.notify(this.#counters, RUN);
    Atomics.notify(this.#counters, STOP);
  }

  /** The watching isolate runs its loop on its thread; only between two loops can it be called. */
  #whileStopped(change: () => void): void {
    this.stop();
    change();
    Atomics.store(this.#counters, STOP, 0);
    this.#watch.applyIgnored(undefined, []);
  }
}

/** Runs in the watching isolate, sent there as text: self-contained. Places as above; an odd run number is a run in progress. */
function watching(buffer: SharedArrayBuffer, poll: number): { register(slot: number, isolate: unknown): void; watch(): void } {
  const counters = new Int32Array(buffer);
  const isolates = new Map<number, { dispose(): void }>();
  return {
    register(slot: number, isolate: unknown): void {
      if (isolate === undefined) isolates.delete(slot);
      else isolates.set(slot, isolate as { dispose(): void });
    },
    watch(): void {
      let last = -1;
      let seen = 0;
      let idle = 0;
      while (Atomics.load(counters, 2) === 0) {
        Atomics.wait(counters, 2, 0, poll);
        const run = Atomics.load(counters, 0);
        if ((run & 1) === 0) {
          idle = run === last ? idle + 1 : 0;
          last = run;
          seen = 0;
          if (idle < 200) continue;
          idle = 0;
          Atomics.store(counters, 4, 1);
          if (Atomics.load(counters, 2) === 0) Atomics.wait(counters, 0, run, 1000);
          Atomics.store(counters, 4, 0);
          continue;
        }
        idle = 0;
        if (run !== last) {
          last = run;
          seen = 0;
        } else if (++seen >= Atomics.load(counters, 3)) {
          seen = 0;
          const isolate = isolates.get(Atomics.load(counters, 1));
          isolates.delete(Atomics.load(counters, 1));
          try {
            if (isolate !== undefined) isolate.dispose();
          } catch (_disposed) {
            // It has ended by itself meanwhile.
          }
        }
      }
    },
  };
}
