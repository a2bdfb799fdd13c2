import { HostServiceError } from '#libs/oauth';

/**
 * Who of the callers of one client may send: each only so many requests at a time, the others of the same caller wait for
 * them. A caller whose server is slow so takes neither all the connections nor all the places.
 */
export class Turns {
  #inFlight = 0;
  readonly #callers = new Map<string, Caller>();

  /**
   * @param inFlight sent and waiting together, of all callers and of one
   * @param sent of one caller at a time
   */
  constructor(
    private readonly inFlight: { readonly most: number; readonly ofCaller: number },
    private readonly sent: number,
  ) {}

  /**
   * @param signal ends the waiting; the work has to heed it itself
   * @throws HostServiceError `busy` at once when there are too many; the reason of the signal; what the work throws
   */
  async run<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const caller = this.#callers.get(name) ?? { inFlight: 0, sent: 0, waiting: new Set() };
    if (this.#inFlight >= this.inFlight.most)
      throw new HostServiceError('busy', `${this.inFlight.most} requests of the HTTP client are under way already`);
    if (caller.inFlight >= this.inFlight.ofCaller)
      throw new HostServiceError('busy', `${this.inFlight.ofCaller} requests of this procedure by the HTTP client are under way already`);
    this.#callers.set(name, caller);
    caller.inFlight++;
    this.#inFlight++;
    try {
      if (caller.sent >= this.sent) await turn(caller, signal);
      else caller.sent++;
      try {
        return await work();
      } finally {
        this.#passOn(caller);
      }
    } finally {
      this.#inFlight--;
      if (--caller.inFlight === 0) this.#callers.delete(name);
    }
  }

  /** The place goes to the one that has waited longest, without being free in between. */
  #passOn(caller: Caller): void {
    const [next] = caller.waiting;
    if (next === undefined) caller.sent--;
    else next();
  }
}

interface Caller {
  inFlight: number;
  sent: number;
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
}

function turn({ waiting }: Caller, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => {
      waiting.delete(begin);
      reject(signal.reason as Error);
    };
    const begin = () => {
      waiting.delete(begin);
      signal.removeEventListener('abort', ended);
      resolve();
    };
    waiting.add(begin);
    signal.addEventListener('abort', ended, { once: true });
  });
}
